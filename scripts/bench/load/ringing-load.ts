import { monitorEventLoopDelay } from 'node:perf_hooks';
import { eventually } from '../../phone-farm/eventually';
import { paced } from './paced';
import type { PhoneCall, Ringing } from './sip-phones';

/** How an agent becomes free: it is `told` to be, or its talk has `ended`. Each way has agents and a queue of its own. */
export const WAYS = ['told', 'ended'] as const;
export type Way = (typeof WAYS)[number];

/** What gives waiting callers to agents. */
export type Distributor = {
  /** The ways that it knows. */
  readonly ways: readonly Way[];
  readonly open?: () => Promise<unknown>;
  /** A caller comes in who waits for the agents of this way. */
  readonly call: (way: Way) => Promise<PhoneCall>;
  /** The agent is free; returns when that was said, on the clock of `performance.now()`. */
  readonly setFree: (user: string, way: Way) => { readonly at: number; readonly done: Promise<unknown> };
  /** Whoever is told when to work is about to end its talk, and must not get the next one by that. */
  readonly beforeRest: (user: string) => Promise<unknown>;
  /** Nobody is to ring any more. */
  readonly close: () => Promise<unknown>;
};

type LoadOptions = {
  /** Agents becoming free, and callers coming in, each second; the same of both for each way. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly agents: Readonly<Record<Way, readonly string[]>>;
  /** Callers who wait at the beginning, and so all the time: the same for each way. */
  readonly waiting: number;
  readonly warmUpSeconds: number;
};

export type Faults = {
  /** Freed, and not rung within the limit. */
  unrung: number;
  /** Rung without having been freed. */
  surprises: number;
  lostCallers: number;
  refusedCommands: number;
  /** Turns at which nobody was there to be freed. */
  skipped: number;
};

export type LoadResult = {
  /** Milliseconds from being free to the INVITE at the phone. */
  readonly times: Readonly<Record<Way, readonly number[]>>;
  readonly faults: Readonly<Record<Way, Readonly<Faults>>>;
  /** Of this process, which holds the phones: how late it was, p99 in milliseconds. */
  readonly late: number;
};

const noFaults = (): Faults => ({ unrung: 0, surprises: 0, lostCallers: 0, refusedCommands: 0, skipped: 0 });

/** How long an agent looks at the phone before taking the call. */
const PICK_UP_MS = 100;
const TALK_MS = 1_500;
const REST_MS = 500;
const UNRUNG_MS = 5_000;
const CLEAR_MS = 20_000;

type Agent = {
  readonly user: string;
  readonly way: Way;
  freedAt: number | undefined;
  isCounted: boolean;
  restsSince: number;
  call: PhoneCall | undefined;
};

/** Waiting callers, agents who become free, callers who come: at an even pace, for some time. */
export class RingingLoad {
  private readonly agents: ReadonlyMap<string, Agent>;
  private readonly resting: Agent[];
  private readonly talking: Agent[] = [];
  private readonly callers = new Set<PhoneCall>();
  private readonly times: Record<Way, number[]> = { told: [], ended: [] };
  private readonly faults: Readonly<Record<Way, Faults>> = { told: noFaults(), ended: noFaults() };
  private isMeasuring = false;
  private isOver = false;

  constructor(
    private readonly distributor: Distributor,
    private readonly options: LoadOptions,
  ) {
    const all = distributor.ways.flatMap((way) => options.agents[way].map((user) => agentOf(user, way)));
    this.agents = new Map(all.map((agent) => [agent.user, agent]));
    this.resting = all.filter(({ way }) => way === 'told');
  }

  async run(): Promise<LoadResult> {
    const { perSecond, seconds, warmUpSeconds, waiting, agents } = this.options;
    const { ways } = this.distributor;
    await this.distributor.open?.();
    const working = ways.includes('ended') ? agents.ended : [];
    await paced(perSecond, waiting + working.length, (turn) => {
      this.placeCall(turn < working.length ? 'ended' : ways[turn % ways.length]!);
    });
    for (const user of working) await this.free(this.agents.get(user)!, 'told');
    await eventually(
      () => this.talking.length === working.length,
      UNRUNG_MS,
      () => `${working.length} agents should talk, ${this.talking.length} do`,
    );
    const warmUp = warmUpSeconds * perSecond;
    const delay = monitorEventLoopDelay({ resolution: 1 });
    await paced(perSecond, warmUp + seconds * perSecond, (turn) => {
      if (turn === warmUp) {
        this.isMeasuring = true;
        delay.enable();
      }
      const way = ways[turn % ways.length]!;
      this.freeNext(way);
      setTimeout(() => this.placeCall(way), (Math.random() * 1000) / perSecond);
    });
    await eventually(
      () => [...this.agents.values()].every(({ freedAt }) => freedAt === undefined),
      UNRUNG_MS,
      () => '',
    ).catch(() => {});
    this.isMeasuring = false;
    delay.disable();
    const unrung = [...this.agents.values()].filter(
      ({ freedAt, isCounted }) => freedAt !== undefined && isCounted,
    );
    for (const { way } of unrung) this.faults[way].unrung++;
    await this.clear();
    return { times: this.times, faults: this.faults, late: delay.percentile(99) / 1e6 - 1 }; // Its own resolution is a millisecond.
  }

  /** A phone rings. */
  take({ user, at, call }: Ringing): void {
    const agent = this.agents.get(user);
    if (agent === undefined || this.isOver) return call.refuse();
    if (agent.freedAt === undefined) this.faults[agent.way].surprises++;
    else if (agent.isCounted) this.times[agent.way].push(at - agent.freedAt);
    agent.freedAt = undefined;
    agent.call = call;
    void call.ended.then(() => this.rest(agent));
    setTimeout(() => this.pickUp(agent, call), PICK_UP_MS);
  }

  private placeCall(way: Way): void {
    this.distributor.call(way).then(
      (call) => {
        this.callers.add(call);
        void call.ended.then(() => this.callers.delete(call));
        if (this.isOver) call.hangUp();
      },
      () => void this.faults[way].lostCallers++,
    );
  }

  private pickUp(agent: Agent, call: PhoneCall): void {
    if (call.stage !== 'ringing') return;
    call.answer();
    if (agent.way === 'ended') this.talking.push(agent);
    else setTimeout(() => void this.endTalk(agent, call), TALK_MS);
  }

  private async endTalk(agent: Agent, call: PhoneCall): Promise<void> {
    if (call.stage !== 'up') return;
    await this.distributor.beforeRest(agent.user);
    if (call.stage === 'up') call.hangUp();
  }

  private rest(agent: Agent): void {
    agent.call = undefined;
    agent.restsSince = performance.now();
    if (agent.way === 'told') this.resting.push(agent);
  }

  private freeNext(way: Way): void {
    const queue = way === 'told' ? this.resting : this.talking;
    const next = queue[0];
    if (next === undefined || (way === 'told' && performance.now() - next.restsSince < REST_MS)) {
      if (this.isMeasuring) this.faults[way].skipped++;
      return;
    }
    queue.shift();
    void this.free(next, way);
  }

  /** Resolves when it is known. */
  private async free(agent: Agent, by: Way): Promise<void> {
    agent.isCounted = this.isMeasuring;
    if (by === 'ended') {
      agent.freedAt = performance.now();
      agent.call?.hangUp();
      return;
    }
    const { at, done } = this.distributor.setFree(agent.user, agent.way);
    agent.freedAt = at;
    await done.catch(() => void this.faults[agent.way].refusedCommands++);
  }

  private async clear(): Promise<void> {
    await this.distributor.close();
    this.isOver = true;
    for (const call of this.callers) call.hangUp();
    const isQuiet = (): boolean =>
      this.callers.size === 0 && [...this.agents.values()].every(({ call }) => call === undefined);
    const open = (): number => [...this.agents.values()].filter(({ call }) => call !== undefined).length;
    await eventually(isQuiet, CLEAR_MS, () => `${open()} phones are still busy`);
  }
}

function agentOf(user: string, way: Way): Agent {
  return { user, way, freedAt: undefined, isCounted: false, restsSince: -Infinity, call: undefined };
}
