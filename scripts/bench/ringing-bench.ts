import { cpus, loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { eventually } from '../phone-farm/eventually';
import { nameOf } from './bench-scene';
import { diskTimes, ProcessorWatch, type Shares } from './machine-load';
import { nativeQueue, QUEUES_CONF } from './native-queue';
import { RingingLoad, WAYS, type Distributor, type LoadResult, type Way } from './ringing-load';
import { RingingScene } from './ringing-scene';
import type { Ringing } from './sip-phones';

/**
 * Times on a real Asterisk how long it takes from an agent who becomes free to the INVITE at that agent's phone, while
 * callers wait and others come; next to Asterisk's own queue with the same phones, and to a bare request to Asterisk to
 * ring a phone, in the same seconds.
 *
 * Settings: ROUNDS, SECONDS and RATE (calls a second) of the environment; QUEUE=no leaves Asterisk's own queue out, and
 * AUDIO=no the packets that phones send while they talk.
 */
const TARGET_MS = 50;
const ROUNDS = Number(process.env['ROUNDS'] ?? 1);
const SECONDS = Number(process.env['SECONDS'] ?? 30);
const RATE = Number(process.env['RATE'] ?? 20);
const WITH_AUDIO = process.env['AUDIO'] !== 'no';
const WITH_QUEUE = process.env['QUEUE'] !== 'no';
/** Of each way: at 20 a second, each agent gets a call every three seconds. */
const AGENTS = Math.ceil(1.5 * RATE);
const WAITING = 20;
const AWAY_MS = 10_000;
const BARE_PHONES = 5;
const BARE_PER_SECOND = 5;

const users = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(first + index));
const agents: Readonly<Record<Way, readonly string[]>> = {
  told: users(200_001, AGENTS),
  ended: users(300_001, AGENTS),
};

function ourQueue(scene: RingingScene): Distributor {
  const setState = (user: string, state: string): Promise<unknown> =>
    scene.api.post(`agent/${nameOf(user)}/state`, { state });
  return {
    name: 'Parley',
    call: (way) => scene.call('service', way),
    setFree: (user) => ({ at: performance.now(), done: setState(user, 'idle') }),
    beforeRest: async () => {}, // The plan says what they are after a talk.
    close: async () => {},
  };
}

/** Its last leg may not be gone yet for the service. */
async function sendAway(scene: RingingScene, user: string): Promise<void> {
  const isAway = async (): Promise<boolean> =>
    (await scene.api.request('POST', `agent/${nameOf(user)}/state`, { state: 'away' })).status === 200;
  await eventually(isAway, AWAY_MS, () => `${nameOf(user)} should be away`);
}

/** Rings phones that nobody else rings by a request to Asterisk alone, until it is stopped. */
class BareRinging {
  readonly times: number[] = [];
  failures = 0;
  private readonly asked = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private turn = 0;

  constructor(
    private readonly scene: RingingScene,
    private readonly phones: readonly string[],
  ) {
    this.timer = setInterval(() => this.ring(), 1000 / BARE_PER_SECOND);
  }

  /** Whether it was one of these phones. */
  take({ user, at, call }: Ringing): boolean {
    if (!this.phones.includes(user)) return false;
    const since = this.asked.get(user);
    this.asked.delete(user);
    if (since !== undefined) this.times.push(at - since);
    call.refuse();
    return true;
  }

  stop(): void {
    clearInterval(this.timer);
    this.failures += this.asked.size;
  }

  private ring(): void {
    const user = this.phones[this.turn++ % this.phones.length]!;
    if (this.asked.has(user)) this.failures++;
    this.asked.set(user, performance.now());
    this.scene.originate(user).catch(() => void this.failures++);
  }
}

type Who = 'asterisk' | 'service' | 'phones';

type Round = {
  readonly name: string;
  readonly result: LoadResult;
  readonly bare: readonly number[];
  readonly bareFailures: number;
  readonly cpu: Shares<Who>;
  /** To have a page on the disk for good, milliseconds. */
  readonly disk: { readonly p50: number; readonly p99: number };
  /** Of this process, which holds the phones: how late it was, p99 in milliseconds. */
  readonly late: number;
  readonly load: number;
};

async function runRound(scene: RingingScene, distributor: Distributor, bare: readonly string[]): Promise<Round> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let ringing: BareRinging | undefined;
  const pids = { asterisk: scene.asterisk.pid, service: scene.service.pid, phones: process.pid };
  let watch = new ProcessorWatch<Who>(pids);
  let cpu = watch.shares();
  const disk = diskTimes();
  const load = new RingingLoad(distributor, {
    perSecond: RATE,
    seconds: SECONDS,
    agents,
    waiting: WAITING,
    onBegin: () => {
      ringing = new BareRinging(scene, bare);
      delay.enable();
      watch = new ProcessorWatch(pids);
    },
    onEnd: () => {
      delay.disable();
      ringing?.stop();
      cpu = watch.shares();
    },
  });
  scene.phones.onRing = (each) => void (ringing?.take(each) || load.take(each));
  const result = await load.run();
  return {
    name: distributor.name,
    result,
    bare: ringing?.times ?? [],
    bareFailures: ringing?.failures ?? 0,
    cpu,
    disk: { p50: round(quantile(disk, 0.5)), p99: round(quantile(disk, 0.99)) },
    late: round(delay.percentile(99) / 1e6 - 1), // Its own resolution is a millisecond.
    load: round(loadavg()[0]!),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

type Figure = {
  readonly what: string;
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
};

function figureOf(what: string, times: readonly number[]): Figure {
  const at = (share: number): number => round(quantile(times, share));
  return { what, count: times.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

const WHAT: Readonly<Record<Way, string>> = {
  told: 'set idle over the API → INVITE',
  ended: 'BYE of the last talk → INVITE',
};

function figuresOf({ name, result, bare }: Round): readonly Figure[] {
  const told = name === 'Parley' ? WHAT.told : 'unpaused at the console → INVITE';
  return [
    figureOf(`${name}: ${told}`, result.times.told),
    figureOf(`${name}: ${WHAT.ended}`, result.times.ended),
    figureOf(`beside ${name}: ARI originate → INVITE`, bare),
  ];
}

/** Of each figure over the rounds, the median. */
function medians(rounds: readonly Round[]): readonly Figure[] {
  const all = rounds.map(figuresOf);
  return (all[0] ?? []).map(({ what }, index) => {
    const over = (name: Exclude<keyof Figure, 'what'>): number =>
      round(quantile(all.map((each) => each[index]![name]), 0.5)); // prettier-ignore
    return { what, count: over('count'), p50: over('p50'), p90: over('p90'), p99: over('p99'), max: over('max') };
  });
}

function tell(each: Round): void {
  const { unrung, surprises, lostCallers, refusedCommands, skipped } = each.result;
  const { asterisk, service, phones, others } = each.cpu;
  console.table(figuresOf(each));
  console.log(
    `agents not rung ${unrung}, rung unasked ${surprises}, callers lost ${lostCallers}, commands refused ` +
      `${refusedCommands}, turns skipped ${skipped}, originates failed ${each.bareFailures}\nprocessor: Asterisk ` +
      `${asterisk} %, service ${service} %, phones ${phones} %, others ${others} %; phones late by (p99) ` +
      `${each.late} ms; a page to disk ${each.disk.p50} ms (p99 ${each.disk.p99}); load ${each.load}`,
  );
}

async function main(): Promise<void> {
  console.log(`${cpus().length} × ${cpus()[0]?.model}, load ${loadavg().map(round).join(' ')}`);
  const scene = await RingingScene.start({ 'queues.conf': QUEUES_CONF }, WITH_AUDIO);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void scene.stop().finally(() => process.exit(130)));
  }
  const rounds: Round[] = [];
  try {
    const bare = users(400_001, BARE_PHONES);
    const extensions = await scene.provideLines([...WAYS.flatMap((way) => agents[way]), ...bare]);
    for (const way of WAYS) await scene.logIn(agents[way], extensions, way);
    console.log(`${scene.version}; ${2 * AGENTS} agents, ${2 * WAITING} callers wait, ${RATE} calls a second`);
    const ours = ourQueue(scene);
    const native = WITH_QUEUE ? await nativeQueue(scene, agents) : undefined;
    for (let turn = 1; turn <= ROUNDS; turn++) {
      for (const distributor of native ? [ours, native] : [ours]) {
        console.log(`\nround ${turn}: ${distributor.name}, ${SECONDS} s`);
        rounds.push(await runRound(scene, distributor, bare));
        tell(rounds.at(-1)!);
        await scene.each(agents.ended, (user) => sendAway(scene, user));
      }
    }
    report(scene, rounds);
  } finally {
    await scene.stop();
  }
}

function report(scene: RingingScene, rounds: readonly Round[]): void {
  const of = (name: string): readonly Round[] => rounds.filter((each) => each.name === name);
  const figures = ['Parley', 'app_queue'].flatMap((name) => medians(of(name)));
  console.log(`\nmedians of ${ROUNDS} rounds, milliseconds`);
  console.table(figures);
  const worst = Math.max(...figures.slice(0, WAYS.length).map(({ p99 }) => p99));
  const failures = of('Parley').reduce((sum, { result }) => sum + result.unrung + result.lostCallers, 0);
  console.log(
    JSON.stringify({
      targetMs: TARGET_MS,
      reached: worst <= TARGET_MS && failures === 0,
      callsPerSecond: RATE,
      seconds: SECONDS,
      rounds: ROUNDS,
      audio: WITH_AUDIO,
      asterisk: scene.version,
      node: process.version,
      figures,
      details: rounds.map(({ name, cpu, disk, late, load, result: { times: _times, ...counts } }) => ({
        name,
        cpu,
        disk,
        late,
        load,
        ...counts,
      })),
    }),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
