import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../../phone-farm/eventually';
import type { PostgresServer } from '../../postgres/postgres-server';
import { quantile } from '../measuring/figures';
import type { Absence } from './call-story';
import { check, type Checked } from './recovery-check';
import { RecoveryLoad, within } from './recovery-load';
import { type RecoveryScene } from './recovery-scene';

const AGENTS = 50;
const CALLS_PER_SECOND = 10;
/** From one blow to the next, once it has been got over. */
const PAUSE_MS = { from: 500, to: 3_500 };
const CUT_MS = 4_000;
const SERVICE_AWAY_MS = 1_500;
const STORE_AWAY_MS = 10_000;
const NOTICE_MS = 5_000;
const ENABLED_MS = 30_000;
const CALM_MS = 3_000;

/** Milliseconds: median and longest. */
export type Times = { readonly count: number; readonly p50: number; readonly max: number };
export type Part = { readonly blows: number; readonly readyMs: Times } & Checked;

export function timesOf(times: readonly number[]): Times {
  if (times.length === 0) return { count: 0, p50: 0, max: 0 };
  return { count: times.length, p50: Math.round(quantile(times, 0.5)), max: Math.round(Math.max(...times)) };
}

export const users = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(first + index));

export async function withLoad(
  scene: RecoveryScene,
  perSecond = CALLS_PER_SECOND,
  agents = AGENTS,
): Promise<RecoveryLoad> {
  const names = await scene.provideAgents(users(100_001, agents));
  const load = new RecoveryLoad(scene, names, perSecond);
  load.start();
  await wait(CALM_MS);
  return load;
}

/** Calls go on while `strike` does its harm again and again; it answers how long the service then took to be ready. */
async function blowsUnderLoad(
  scene: RecoveryScene,
  what: string,
  blows: number,
  strike: (blow: number) => Promise<number>,
): Promise<Part> {
  const load = await withLoad(scene);
  const absences: Absence[] = [];
  const times: number[] = [];
  for (let blow = 1; blow <= blows; blow++) {
    await wait(within(PAUSE_MS));
    const from = performance.now();
    times.push(await strike(blow));
    absences.push({ from, to: performance.now() });
    progress(what, blow, blows, times);
  }
  await wait(CALM_MS);
  await load.stop();
  return { blows, readyMs: timesOf(times), ...(await check(scene, load, absences)) };
}

/** The service is killed at any moment under load, and started again at once or a moment later. */
export async function killService(scene: RecoveryScene, kills: number): Promise<Part> {
  return await blowsUnderLoad(scene, 'kill', kills, async (kill) => {
    await scene.killService();
    if (kill % 2 === 0) await wait(Math.random() * SERVICE_AWAY_MS);
    const started = performance.now();
    scene.startService();
    return await scene.untilReady(started);
  });
}

/** The network between the service and Asterisk is cut; every other time it stays so for some seconds. */
export async function cutNetwork(scene: RecoveryScene, cuts: number): Promise<Part> {
  const network = scene.network!;
  return await blowsUnderLoad(scene, 'cut', cuts, async (cut) => {
    const isLong = cut % 2 === 0;
    if (isLong) network.refused = /(?:)/;
    network.cut();
    await untilNotReady(scene, 'it is cut off');
    if (isLong) await wait(Math.random() * CUT_MS);
    network.refused = null;
    return await scene.untilReady();
  });
}

/** The database is stopped under load, as by an administrator or by a crash, and is away for ten seconds. */
export async function stopStore(scene: RecoveryScene, stops: number, database: PostgresServer): Promise<Part> {
  return await blowsUnderLoad(scene, 'stop', stops, async (stop) => {
    const from = performance.now();
    await database.interrupt(stop % 2 === 0 ? 'crash' : 'fast');
    await untilNotReady(scene, 'the store is away');
    await wait(Math.max(0, STORE_AWAY_MS - (performance.now() - from)));
    await database.resume();
    return await scene.untilReady();
  });
}

async function untilNotReady({ api }: RecoveryScene, why: string): Promise<void> {
  await eventually(
    async () => !(await api.isReady()),
    NOTICE_MS,
    () => `readyz should say that ${why}`,
  );
}

/** Asterisk is killed under load, and all its calls with it; started again under the same service. */
export async function killAsterisk(scene: RecoveryScene, kills: number): Promise<Part> {
  const load = await withLoad(scene);
  const times: number[] = [];
  const parts: Checked[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    await wait(within(PAUSE_MS));
    const from = performance.now();
    const stopped = load.stop();
    await scene.killAsterisk();
    load.forgetAll();
    await stopped;
    await scene.startAsterisk();
    times.push(await scene.untilReady());
    const to = performance.now();
    progress('Asterisk', kill, kills, times);
    await untilEnabled(scene);
    parts.push(await check(scene, load, [{ from, to }], { reasons: ['dismiss', 'lost'], mayBeRefused: true }));
    if (kill === kills) break;
    load.start();
    await wait(CALM_MS);
  }
  return { blows: kills, readyMs: timesOf(times), ...parts.reduce(added) };
}

/** Asterisk asks every phone whether it is there. */
async function untilEnabled({ api }: RecoveryScene): Promise<void> {
  const areAll = async (): Promise<boolean> => (await api.list('extension')).every(({ enable }) => enable);
  await eventually(areAll, ENABLED_MS, () => 'all phones should be found again');
}

function added(one: Checked, other: Checked): Checked {
  const sum = (name: keyof Checked): number => (one[name] as number) + (other[name] as number);
  const counts = (Object.keys(one) as (keyof Checked)[])
    .filter((name) => name !== 'examples')
    .map((name) => [name, sum(name)]);
  return { ...Object.fromEntries(counts), examples: [...one.examples, ...other.examples] } as Checked;
}

function progress(what: string, done: number, all: number, times: readonly number[]): void {
  if (done % 5 === 0 || done === all) {
    const { p50, max } = timesOf(times);
    console.log(`${what} ${done} of ${all}: ready after ${p50} ms at the median, ${max} at most`);
  }
}
