import { setTimeout as wait } from 'node:timers/promises';
import { Inspector } from './inspector';
import { check, type Checked } from './recovery-check';
import { untilQuiet } from './recovery-load';
import { withLoad } from './recovery-parts';
import type { RecoveryScene } from './recovery-scene';

const CALLS_PER_SECOND = 5;
const AGENTS = 30;
const SAMPLE_MS = 10_000;
/** Of the whole: code is compiled, buffers and caches fill. */
const WARM_UP_SHARE = 0.3;
const QUIET_MS = 60_000;
const SETTLE_MS = 5_000;

export type Soak = Checked & {
  readonly seconds: number;
  /** Megabytes in use after warming up and at the end, by the straight line through all samples. */
  readonly heapMb: { readonly warm: number; readonly end: number };
  readonly growthPercent: number;
  /** Timers of the service when nobody calls: before the first call, and after the last. */
  readonly timers: { readonly before: number; readonly after: number };
};

/** Calls for some time: what stays in memory, and what stays armed, when they are over. `port`: of the service's inspector. */
export async function soak(scene: RecoveryScene, seconds: number, port: number): Promise<Soak> {
  const inspector = await Inspector.connect(port);
  const load = await withLoad(scene, CALLS_PER_SECOND, AGENTS);
  await load.stop();
  await untilQuiet(load, QUIET_MS);
  await wait(SETTLE_MS);
  const before = await timersOf(inspector);
  load.start();
  const samples: { readonly at: number; readonly bytes: number }[] = [];
  const begin = performance.now();
  for (let at = 0; at < seconds * 1000; at = performance.now() - begin) {
    await wait(SAMPLE_MS);
    samples.push({ at, bytes: await inspector.heapInUse() });
    if (samples.length % 6 === 0) console.log(`after ${Math.round(at / 1000)} s: ${megabytes(samples.at(-1)!.bytes)} MB`); // prettier-ignore
  }
  await load.stop();
  const checked = await check(scene, load, []);
  await wait(SETTLE_MS);
  const after = await timersOf(inspector);
  inspector.close();
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const line = straightLine(warm.map(({ at, bytes }) => [at, bytes]));
  const [first, last] = [line(warm[0]!.at), line(warm.at(-1)!.at)];
  return {
    ...checked,
    seconds,
    heapMb: { warm: megabytes(first), end: megabytes(last) },
    growthPercent: Math.round((last / first - 1) * 1000) / 10,
    timers: { before, after },
  };
}

async function timersOf(inspector: Inspector): Promise<number> {
  return (await inspector.resources())['Timeout'] ?? 0;
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e4) / 100;

/** The line with the least squares. */
function straightLine(points: readonly (readonly [x: number, y: number])[]): (x: number) => number {
  const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const spread = mean(points.map(([x]) => (x - meanX) ** 2));
  const slope = spread === 0 ? 0 : mean(points.map(([x, y]) => (x - meanX) * (y - meanY))) / spread;
  return (x) => meanY + slope * (x - meanX);
}
