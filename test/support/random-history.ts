import { MAX_CONVERSATION_SECONDS } from '../../src/domain/conversation/conversation';
import { handle } from '../../src/domain/engine';
import type { Effect } from '../../src/domain/effect';
import type { AgentName, BridgeId, ChannelId, Instant, PhoneNumber } from '../../src/domain/ids';
import type { CommandType, Input, InputType, PhoneSystemView } from '../../src/domain/input';
import { Refusal } from '../../src/domain/refusal';
import type { Outcome } from '../../src/domain/unit-of-work';
import { apply, dueAt, type Change, type DueKind, type World } from '../../src/domain/world';
import { agentTarget, ANN, BOB, CAL, NOTHING, routing, skillTarget } from './happenings';
import { anArrival, APP, atTheirPhones, aWorld, NOW, SETTINGS, TRUNK } from './worlds';
import { brokenInvariants } from './world-invariants';

/** What to try next; the numbers say with whom, out of those who are there when its turn comes. */
export type Step = {
  readonly happens: Happening;
  readonly one: number;
  readonly two: number;
  readonly random: number;
};

const NAMES = [ANN, BOB, CAL] as const;
const SALES = { name: 'sales', enabled: true };
const NUMBERS = ['13700000001', '13700000002'] as PhoneNumber[];
const DUE_KINDS = ['calls', 'queueTasks', 'conversations', 'agents'] as const satisfies readonly DueKind[];

const ENQUEUES = [
  routing([[agentTarget(ANN)]]),
  routing([[agentTarget(BOB, { fetchTimeoutSeconds: 10 })]], {
    reserveState: 'busy/paperwork',
    conversationLevel: 1,
  }),
  routing([[agentTarget(ANN, { queueTimeoutSeconds: 5 })], [agentTarget(BOB)]], { failOverflow: true }),
  routing([[skillTarget('sales')]], { choice: 'all', priority: 5 }),
  routing([[skillTarget('sales', { queueTimeoutSeconds: 20, priority: 3 })]], { choice: 'lru' }),
  routing([[agentTarget(CAL, { queueTimeoutSeconds: 0 })]], { conversationTimeoutSeconds: 30 }),
  routing([[agentTarget(CAL), agentTarget(BOB, { queueTimeoutSeconds: 8 })], [skillTarget('sales')]], {
    choice: 'all',
    failOverflow: true,
  }),
] as const;

/** The engine and a plain Asterisk around it, which does what it is asked at once and forgets nothing. */
export class History {
  readonly world: World;
  private at: Instant = NOW;
  private inputs = 0;
  private random = 0;
  private readonly channels = new Map<ChannelId, 'ringing' | 'up' | 'hung up'>();
  private readonly bridges = new Set<BridgeId>();
  private readonly usedBridges = new Set<BridgeId>();
  private readonly seats = new Map<ChannelId, BridgeId | null>();
  private readonly dialled: ChannelId[] = [];
  private readonly callers = new Set<ChannelId>();
  private readonly released = new Set<ChannelId>();

  constructor() {
    const { agents, extensions } = atTheirPhones(
      { name: ANN, skills: [{ ...SALES, score: 1 }] },
      { name: BOB, skills: [{ ...SALES, score: 1 }] },
      { name: CAL, skills: [{ ...SALES, score: 2 }], state: 'away' },
    );
    this.world = aWorld({ agents, extensions });
  }

  take({ happens, one, two, random }: Step): void {
    this.random = random;
    HAPPENINGS[happens](this, one, two);
  }

  /** Every channel ends, until nothing rings any more. */
  finish(): void {
    do {
      for (const channelId of [...this.channels.keys()]) this.end(channelId);
      this.look(true); // Finds what was lost.
    } while (this.channels.size > 0);
    const left = [
      this.world.calls.size,
      this.world.queueTasks.size,
      this.world.conversations.size,
      this.bridges.size,
    ];
    if (left.some((size) => size > 0)) {
      throw new Error(`left over: calls, tasks, conversations, bridges ${left.join(', ')}`);
    }
    const busy = [...this.world.agents.values()].filter(({ callId }) => callId !== null);
    if (busy.length > 0) throw new Error(`left in a call: ${busy.map(({ name }) => name).join(', ')}`);
  }

  name = (number: number): AgentName => pick(NAMES, number)!;
  call = (number: number) => pick([...this.world.calls.values()], number);
  conversation = (number: number) => pick([...this.world.conversations.values()], number);

  callerComes(one: number, two: number): void {
    const arrival = anArrival({
      channelId: `caller.${this.inputs}` as ChannelId,
      request: { by: 'enqueue', enqueue: pick(ENQUEUES, one)! },
      answer: two % 3 > 0,
      priority: two % 5,
    });
    this.channels.set(arrival.channelId, 'up');
    this.callers.add(arrival.channelId);
    this.fact(arrival);
    if (!this.released.has(arrival.channelId)) this.expectNothingOf(arrival);
  }

  answerPhone(number: number): void {
    const channelId = pick(
      [...this.channels].filter(([, state]) => state === 'ringing'),
      number,
    )?.[0];
    if (channelId === undefined) return this.answerLate(number);
    this.channels.set(channelId, 'up');
    this.fact({ type: 'leg-answered', channelId });
    this.expectNothingOf({ type: 'leg-answered', channelId });
  }

  private answerLate(number: number): void {
    const channelId = pick(this.dialled, number);
    if (channelId !== undefined) this.fact({ type: 'leg-answered', channelId });
  }

  endAny(number: number): void {
    const channelId = pick([...this.channels.keys()], number);
    if (channelId !== undefined) this.end(channelId);
  }

  private end(channelId: ChannelId): void {
    this.forgetChannel(channelId);
    this.fact({ type: 'leg-ended', channelId, cause: 16 });
    this.expectNothingOf({ type: 'leg-ended', channelId, cause: 16 });
  }

  /** It ends, and the report of it is lost. */
  loseChannel(number: number): void {
    const channelId = pick([...this.channels.keys()], number);
    if (channelId !== undefined) this.forgetChannel(channelId);
  }

  loseBridge(number: number): void {
    const bridgeId = pick([...this.bridges], number);
    if (bridgeId === undefined) return;
    this.bridges.delete(bridgeId);
    for (const [channelId, seat] of this.seats) if (seat === bridgeId) this.seats.set(channelId, null);
  }

  /** It is answered, and the report of it is lost. */
  answerUnheard(number: number): void {
    const channelId = pick(
      [...this.channels].filter(([, state]) => state === 'ringing'),
      number,
    )?.[0];
    if (channelId !== undefined) this.channels.set(channelId, 'up');
  }

  private forgetChannel(channelId: ChannelId): void {
    this.channels.delete(channelId);
    this.seats.delete(channelId);
  }

  look(afterGap: boolean): void {
    const { calls, conversations } = this.world;
    const channels = [...this.channels].flatMap(([id, state]) =>
      state === 'hung up' ? [] : [[id, state] as const],
    );
    const dying = [...this.channels].flatMap(([id, state]) => (state === 'hung up' ? [id] : []));
    const view: PhoneSystemView = {
      channels: new Map(channels),
      bridges: new Map([...this.bridges].map((id) => [id, this.seatedIn(id)])),
      accounts: new Map([...this.world.extensionOfUser.keys()].map((user) => [user, 'registered'])),
      trunks: new Set([TRUNK]),
      expected: new Set([
        ...[...calls.values()].map(({ channelId }) => channelId),
        ...[...conversations.values()].map(({ bridgeId }) => bridgeId),
      ]),
      unsettled: new Set(dying),
      afterGap,
    };
    this.fact({ type: 'phone-system-seen', ...view });
  }

  private seatedIn(bridgeId: BridgeId): ChannelId[] {
    return [...this.seats].flatMap(([channelId, seat]) => (seat === bridgeId ? [channelId] : []));
  }

  register(number: number, registered: boolean): void {
    const user = pick([...this.world.extensionOfUser.keys()], number);
    if (user !== undefined) this.fact({ type: 'phone-registered', user, registered });
  }

  /** Time passes, and all that comes to its time in between is told of it, in order. */
  pass(seconds: number): void {
    const until = this.at + seconds * 1000;
    for (;;) {
      const next = this.dues().filter(({ due }) => due <= until);
      const first = next.sort((one, other) => one.due - other.due)[0];
      if (first === undefined) break;
      this.at = Math.max(this.at, first.due) as Instant;
      const { changes } = this.fact({ type: 'due', kind: first.kind, id: first.id });
      if (changes.length === 0) throw new Error(`${first.kind} ${first.id} stays due`);
    }
    this.at = until as Instant;
  }

  private dues(): readonly { readonly kind: DueKind; readonly id: string; readonly due: Instant }[] {
    return DUE_KINDS.flatMap((kind) =>
      [...this.world[kind].values()].flatMap((value) => {
        const due = dueAt({ kind, value, live: true } as Change, SETTINGS);
        return due === null ? [] : [{ kind, id: value.id, due }];
      }),
    );
  }

  ask(command: Input<CommandType>): void {
    const before = Object.values(this.world).map((each) => (each instanceof Map ? [...each.values()] : each));
    try {
      this.run(command);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const now = Object.values(this.world).map((each) => (each instanceof Map ? [...each.values()] : each));
      const isSame = now.flat().every((each, index) => each === before.flat()[index]);
      if (!isSame) throw new Error(`${command.type} was refused and yet changed something`, { cause: error });
    }
  }

  private fact(fact: Input): Outcome<unknown> {
    return this.run(fact);
  }

  /** Told a second time of what happened, it changes nothing. */
  private expectNothingOf(fact: Input): void {
    const { changes, notifications } = this.run(fact);
    if (changes.length + notifications.length > NOTHING.changes.length) {
      throw new Error(`${fact.type} was told twice and counted twice`);
    }
  }

  private run(input: Input): Outcome<unknown> {
    const seed = (++this.inputs).toString(16).padStart(15, '0');
    const stamped = { ...input, at: this.at, seed, random: this.random };
    const outcome = handle<InputType>(this.world, stamped);
    const again = handle<InputType>(this.world, stamped);
    if (JSON.stringify(again) !== JSON.stringify(outcome))
      throw new Error(`${input.type} was decided in two ways`);
    apply(this.world, outcome.changes);
    for (const effect of outcome.effects) this.carryOut(effect);
    const broken = brokenInvariants(this.world, this.at);
    if (broken.length > 0) throw new Error(`after ${JSON.stringify(input)}: ${broken.join('; ')}`);
    return outcome;
  }

  private carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'dial':
        this.dialled.push(effect.channelId);
        this.channels.set(effect.channelId, 'ringing');
        return;
      case 'place':
        return this.place(effect);
      case 'hang-up':
        if (this.callers.has(effect.channelId)) throw new Error(`the caller ${effect.channelId} is hung up`);
        if (this.channels.has(effect.channelId)) this.channels.set(effect.channelId, 'hung up');
        this.seats.delete(effect.channelId);
        return;
      case 'release':
        if (this.released.has(effect.channelId)) throw new Error(`${effect.channelId} is released twice`);
        this.released.add(effect.channelId);
        return this.forgetChannel(effect.channelId);
      case 'open-bridge':
        if (this.usedBridges.has(effect.bridgeId)) throw new Error(`the bridge ${effect.bridgeId} is used again`);
        this.usedBridges.add(effect.bridgeId);
        this.bridges.add(effect.bridgeId);
        return;
      case 'close-bridge':
        if (this.seatedIn(effect.bridgeId).length > 0)
          throw new Error(`${effect.bridgeId} is closed under a channel`);
        this.bridges.delete(effect.bridgeId);
        return;
      case 'limit':
        if (effect.seconds > 2 * MAX_CONVERSATION_SECONDS) throw new Error(`a limit of ${effect.seconds} s`);
        return;
      case 'receive':
      case 'provision':
      case 'unprovision':
        return;
    }
  }

  private place({ channelId, placement: { bridgeId } }: Extract<Effect, { do: 'place' }>): void {
    if (bridgeId !== null && !this.usedBridges.has(bridgeId)) throw new Error(`no bridge ${bridgeId} to sit in`);
    if (this.released.has(channelId)) throw new Error(`${channelId} is placed after its release`);
    if (this.channels.has(channelId)) this.seats.set(channelId, bridgeId);
  }
}

const ofApp = { app: APP } as const;
const STATES = ['idle', 'idle', 'busy/lunch', 'away'] as const;
const mode = (number: number) => pick([1, 2, 3, 4] as const, number)!;

const HAPPENINGS = {
  'a caller comes': (history, one, two) => history.callerComes(one, two),
  'a phone is answered': (history, one) => history.answerPhone(one),
  'a channel ends': (history, one) => history.endAny(one),
  'a channel is lost': (history, one) => history.loseChannel(one),
  'a bridge is lost': (history, one) => history.loseBridge(one),
  'an answer is not heard': (history, one) => history.answerUnheard(one),
  'Asterisk is compared': (history, one) => history.look(one % 2 === 0),
  'a phone registers or not': (history, one, two) => history.register(one, two % 3 > 0),
  'time passes': (history, one) => history.pass(one % 60),
  'much time passes': (history, one) => history.pass(one % 4000),
  'an agent logs in': (history, one, two) => {
    const extension = pick([...history.world.extensions.values()], two)!;
    const skills = [{ ...SALES, score: two % 3 }];
    const state = pick(STATES, one + two)!;
    history.ask({
      ...ofApp,
      type: 'log-in',
      name: history.name(one),
      extensionId: extension.id,
      num: null,
      state,
      skills,
    });
  },
  'an agent logs out': (history, one, two) =>
    history.ask({ ...ofApp, type: 'log-out', name: history.name(one), force: two % 2 === 0 }),
  'an agent says it is there': (history, one) =>
    history.ask({ ...ofApp, type: 'keep-alive', name: history.name(one) }),
  'an agent changes its phone': (history, one, two) => {
    const extension = pick([...history.world.extensions.values()], two)!;
    history.ask({ ...ofApp, type: 'bind-extension', name: history.name(one), extensionId: extension.id });
  },
  'an agent changes its state': (history, one, two) =>
    history.ask({ ...ofApp, type: 'set-state', name: history.name(one), state: pick(STATES, two)! }),
  'an agent changes its mode': (history, one, two) => {
    const conversationId = history.conversation(two)?.id;
    if (conversationId === undefined) return;
    history.ask({ ...ofApp, type: 'set-agent-mode', conversationId, name: history.name(one), mode: mode(two) });
  },
  'a call changes its mode': (history, one, two) => {
    const callId = history.call(one)?.id;
    const conversationId = history.conversation(two)?.id;
    if (callId === undefined || conversationId === undefined) return;
    history.ask({ ...ofApp, type: 'set-call-mode', conversationId, callId, mode: mode(one + two) });
  },
  'a number is invited': (history, one, two) => {
    const conversationId = history.conversation(one)?.id;
    if (conversationId === undefined) return;
    const limits = { ringSeconds: 1 + (two % 50), talkSeconds: 1 + (two % 90) };
    const to = pick(NUMBERS, two)!;
    history.ask({ ...ofApp, type: 'invite-out', conversationId, to, from: null, ...limits, mode: mode(two) });
  },
  'an agent is invited': (history, one, two) => {
    const conversationId = history.conversation(one)?.id;
    if (conversationId === undefined) return;
    const enqueue = pick(ENQUEUES, two)!;
    history.ask({ ...ofApp, type: 'invite-agent', conversationId, enqueue, mode: mode(one) });
  },
  'a conversation is dissolved': (history, one) => {
    const conversationId = history.conversation(one)?.id;
    if (conversationId !== undefined) history.ask({ ...ofApp, type: 'dissolve', conversationId });
  },
} as const satisfies Readonly<Record<string, (history: History, one: number, two: number) => void>>;

export type Happening = keyof typeof HAPPENINGS;
export const ALL_HAPPENINGS = Object.keys(HAPPENINGS) as readonly Happening[];

function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % items.length];
}
