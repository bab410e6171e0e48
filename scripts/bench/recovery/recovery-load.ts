import { setTimeout as wait } from 'node:timers/promises';
import { nameOf } from '../scene/bench-scene';
import type { Leg, Story } from './call-story';
import { paced } from '../load/paced';
import { FOR_ANYBODY, forAgent, type RecoveryScene } from './recovery-scene';
import type { Moment, PhoneCall, Ringing } from '../load/sip-phones';

/** Of twenty calls, how many are of each kind. */
const MIX = {
  /** For anybody who can. */
  skill: 9,
  /** For one agent. */
  agent: 3,
  /** The caller hangs up before long, whatever comes of it. */
  impatient: 2,
  /** The agent gives it to another one. */
  transfer: 2,
  /** Somebody outside is called in. */
  invite: 2,
  /** An agent calls somebody outside. */
  callOut: 2,
} as const;
type Kind = keyof typeof MIX;
const KINDS = Object.entries(MIX).flatMap(([kind, count]) => Array.from({ length: count }, () => kind as Kind));

/** From the ringing to the answer, and from there to the first hang-up. */
const PICK_UP_MS = { from: 100, to: 600 };
const TALK_MS = { from: 1_000, to: 4_000 };
const IMPATIENT_MS = { from: 0, to: 2_500 };
/** Those who are left after the first hang-up go on for a moment. */
const REST_MS = { from: 200, to: 1_200 };
const COMMAND_MS = { from: 300, to: 1_500 };
/** Who has just hung up calls nobody yet: as long as the service has not heard of it, the call comes from the talk that is over. */
const REST_AFTER_TALK_MS = 1_000;

/** `joinedAt`: it was up for another call before. */
type Part = Pick<Leg, 'who' | 'name'> & { readonly call: PhoneCall; readonly joinedAt?: Moment; leftAt?: Moment };

/** What the phones know of a call that goes on. */
class Act {
  readonly legs: Part[] = [];
  ending: NodeJS.Timeout | undefined;
  /** The call was not taken. */
  isRefused = false;
  /** An agent was asked to do something with it. */
  isSteered = false;

  constructor(
    readonly kind: Kind,
    readonly number: string,
  ) {}

  get up(): readonly PhoneCall[] {
    return this.legs.map(({ call }) => call).filter(({ stage }) => stage === 'up');
  }

  story(): Story {
    const legs = this.legs.map(({ who, name, call: { since, upAt, overAt, overBy }, joinedAt = 0, leftAt }) => ({
      who,
      name,
      since,
      upAt: upAt === undefined ? undefined : Math.max(upAt, joinedAt),
      overAt,
      overBy,
      leftAt,
    }));
    return { kind: this.kind, number: this.number, legs };
  }
}

/** Calls that come at an even pace; every phone that rings is answered, and every talk is ended by one of those in it. */
export class RecoveryLoad {
  private readonly acts: Act[] = [];
  private readonly byNumber = new Map<string, Act>();
  private isOver = false;
  private running: Promise<void> | undefined;
  /** Calls that Asterisk did not take. */
  refused = 0;
  commands = { done: 0, failed: 0 };

  constructor(
    private readonly scene: RecoveryScene,
    private readonly agents: readonly string[],
    private readonly perSecond: number,
  ) {
    scene.phones.onRing = (ringing) => this.ring(ringing);
  }

  /** Calls come until `stop`. */
  start(): void {
    this.isOver = false;
    this.running = paced(
      this.perSecond,
      Infinity,
      () => this.begin(pick(KINDS)),
      () => this.isOver,
    );
  }

  /** No more calls; those that are there go on. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  get live(): number {
    return this.acts.filter(({ legs }) => legs.some(({ call }) => call.stage !== 'over')).length;
  }

  /** All calls since the last time, whose phones are through. */
  takeStories(): readonly Story[] {
    this.byNumber.clear();
    return this.acts.splice(0).map((act) => {
      clearTimeout(act.ending);
      return act.story();
    });
  }

  /** Asterisk is gone, and with it all calls; no phone is told. */
  forgetAll(): void {
    for (const { legs } of this.acts) for (const { call } of legs) call.forget();
  }

  private begin(kind: Kind): void {
    const act = new Act(kind, this.scene.newNumber());
    this.acts.push(act);
    this.byNumber.set(act.number, act);
    if (kind === 'callOut') return void this.callOut(act);
    const to = kind === 'agent' ? forAgent(pick(this.agents)) : FOR_ANYBODY;
    this.scene.callIn(act.number, to).then(
      (call) => {
        act.legs.push({ who: 'caller', name: act.number, call });
        if (kind === 'impatient') setTimeout(() => endIfUp(call), within(IMPATIENT_MS));
        this.proceed(act);
      },
      () => {
        act.isRefused = true;
        this.refused++;
      },
    );
  }

  private ring({ user, call }: Ringing): void {
    const isOutside = user.startsWith('139');
    const act = this.byNumber.get(isOutside ? user : call.shown);
    if (act === undefined) return call.refuse();
    act.legs.push({ who: isOutside ? 'outside' : 'agent', name: isOutside ? user : nameOf(user), call });
    setTimeout(() => {
      call.answer();
      if (call.stage === 'up') this.proceed(act);
    }, within(PICK_UP_MS));
  }

  /** When two are up, it goes its way. */
  private proceed(act: Act): void {
    if (act.up.length < 2 || act.kind === 'impatient') return;
    const isToBeSteered = (act.kind === 'transfer' || act.kind === 'invite') && !act.isSteered;
    if (isToBeSteered) {
      act.isSteered = true;
      setTimeout(() => void this.steer(act), within(COMMAND_MS));
    }
    clearTimeout(act.ending);
    act.ending = setTimeout(() => this.end(act), within(TALK_MS) + (isToBeSteered ? TALK_MS.to : 0));
  }

  /** One of them hangs up; of those who are left, another one. */
  private end(act: Act): void {
    if (act.up.length < 2) return; // Somebody else is to come, or nobody is left: `proceed` or the service goes on.
    pick(act.up).hangUp();
    if (act.up.length >= 2) act.ending = setTimeout(() => this.end(act), within(REST_MS));
  }

  private async steer(act: Act): Promise<void> {
    const agent = act.legs.find(({ who, call }) => who === 'agent' && call.stage === 'up');
    if (agent === undefined) return;
    await this.command(async () => {
      const { conversations } = await this.scene.api.get(`agent/${agent.name}`);
      const [conversation_id] = conversations;
      if (conversation_id === undefined || agent.call.stage !== 'up') throw new Error('the talk is over');
      if (act.kind === 'invite') {
        const to = this.scene.newNumber();
        this.byNumber.set(to, act);
        await this.scene.api.post(`conversation/${conversation_id}/invite_out`, { to, max_answer_seconds: 600 });
        return;
      }
      agent.leftAt = performance.now(); // Whatever the answer is: it may be on record when it is lost.
      const enqueue = '<enqueue><route><skill name="work"/></route></enqueue>';
      await this.scene.api.post(`agent/${agent.name}/xfer_agent`, { conversation_id, enqueue });
    });
  }

  private async callOut(act: Act): Promise<void> {
    const joinedAt = performance.now();
    const busy = new Set(this.partsSince(joinedAt - REST_AFTER_TALK_MS).map(({ name }) => name));
    const free = this.agents.filter((name) => !busy.has(name));
    if (free.length === 0) return;
    const agent = pick(free);
    await this.command(async () => {
      const to = act.number;
      await this.scene.api.post(`agent/${agent}/call_out`, { to, max_answer_seconds: 600 });
      // It may have been rung for another call meanwhile: then it calls from that one.
      const other = this.partsSince(joinedAt).find(({ name }) => name === agent);
      if (other !== undefined && !act.legs.includes(other)) act.legs.push({ ...other, joinedAt });
    });
  }

  /** Those that were not over by then. */
  private partsSince(moment: Moment): readonly Part[] {
    return this.acts.flatMap(({ legs }) => legs.filter(({ call: { overAt = Infinity } }) => overAt > moment));
  }

  /** The service may be away, or the agent taken meanwhile: then nothing comes of it. */
  private async command(action: () => Promise<void>): Promise<void> {
    try {
      await action();
      this.commands.done++;
    } catch {
      this.commands.failed++;
    }
  }
}

/** Resolves when everybody has hung up, or after `limitMs`. */
export async function untilQuiet(load: RecoveryLoad, limitMs: number): Promise<void> {
  const until = performance.now() + limitMs;
  while (load.live > 0 && performance.now() < until) await wait(100);
}

function endIfUp(call: PhoneCall): void {
  if (call.stage === 'up') call.hangUp();
}

/** Anywhere between them. */
export function within({ from, to }: { readonly from: number; readonly to: number }): number {
  return from + Math.random() * (to - from);
}

function pick<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)]!;
}
