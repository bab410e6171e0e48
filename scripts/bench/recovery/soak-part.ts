import { setTimeout as wait } from 'node:timers/promises';
import { Inspector, type Listeners } from '../measuring/inspector';
import { check, notZero, type Checked } from './recovery-check';
import { untilQuiet } from './recovery-load';
import { withLoad } from './recovery-parts';
import type { RecoveryScene } from './recovery-scene';

const CALLS_PER_SECOND = 5;
const AGENTS = 30;
const SAMPLES = 20;
const SAMPLE_MS = 10_000;
/** Of the whole: code is compiled, buffers and caches fill. */
const WARM_UP_SHARE = 0.3;
const QUIET_MS = 60_000;
const SETTLE_MS = 5_000;
const MOST_GROWTH_PERCENT = 5;
const TIMERS_MORE = 2;
const LISTENERS_MORE = 2;
/** Connections are opened as they are needed; of too many listeners on one of them, Node itself warns. */
const ON_CONNECTIONS = /^(Socket|WebSocket|Receiver|Sender|IncomingMessage|ServerResponse) /;

type Soak = Checked & {
  readonly seconds: number;
  /** Megabytes in use after warming up and at the end, by the straight line through all samples. */
  readonly heapMb: { readonly warm: number; readonly end: number };
  readonly growthPercent: number;
  /** When nobody calls: after the calls of warming up, and after the last. */
  readonly timers: { readonly before: number; readonly after: number };
  /** Beside those on connections. `more`: of which kinds there are more than before, and how many more. */
  readonly listeners: { readonly before: number; readonly after: number; readonly more: Listeners };
};

/** Calls for some time: what stays in memory, and what stays armed, when they are over. `port`: of the service's inspector. */
export async function soak(scene: RecoveryScene, seconds: number, port: number): Promise<Soak> {
  const inspector = await Inspector.connect(port);
  const load = await withLoad(scene, CALLS_PER_SECOND, AGENTS);
  await load.stop();
  await untilQuiet(load, QUIET_MS);
  await wait(SETTLE_MS);
  const before = await leftBehind(inspector);
  load.start();
  const samples: { readonly at: number; readonly bytes: number }[] = [];
  const begin = performance.now();
  const pause = Math.min(SAMPLE_MS, (seconds * 1000) / SAMPLES);
  for (let at = 0; at < seconds * 1000; at = performance.now() - begin) {
    await wait(pause);
    samples.push({ at, bytes: await inspector.heapInUse() });
    if (samples.length % 6 === 0)
      console.log(`after ${Math.round(at / 1000)} s: ${megabytes(samples.at(-1)!.bytes)} MB`);
  }
  await load.stop();
  const checked = await check(scene, load, []);
  await wait(SETTLE_MS);
  const after = await leftBehind(inspector);
  inspector.close();
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const line = straightLine(warm.map(({ at, bytes }) => [at, bytes]));
  const [first, last] = [line(warm[0]!.at), line(warm.at(-1)!.at)];
  return {
    ...checked,
    seconds,
    heapMb: { warm: megabytes(first), end: megabytes(last) },
    growthPercent: Math.round((last / first - 1) * 1000) / 10,
    timers: { before: before.timers, after: after.timers },
    listeners: {
      before: total(before.listeners),
      after: total(after.listeners),
      more: more(before.listeners, after.listeners),
    },
  };
}

const total = (listeners: Listeners): number => Object.values(listeners).reduce((sum, count) => sum + count, 0);

function more(before: Listeners, after: Listeners): Listeners {
  const grown = Object.entries(after).map(([kind, count]) => [kind, count - (before[kind] ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, count]) => count > 0));
}

/** What is not as it has to be. */
export function problemsOf(result: Soak): readonly string[] {
  const { growthPercent, timers, listeners } = result;
  return [
    ...notZero(result),
    ...(growthPercent > MOST_GROWTH_PERCENT ? ['memory grows'] : []),
    ...(timers.after > timers.before + TIMERS_MORE ? ['timers stay'] : []),
    ...(listeners.after > listeners.before + LISTENERS_MORE ? ['listeners stay'] : []),
  ];
}

async function leftBehind(
  inspector: Inspector,
): Promise<{ readonly timers: number; readonly listeners: Listeners }> {
  const timers = (await inspector.resources())['Timeout'] ?? 0;
  const listeners = Object.entries(await inspector.listeners()).filter(([kind]) => !ON_CONNECTIONS.test(kind));
  return { timers, listeners: Object.fromEntries(listeners) };
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
