import type { Agent } from '../../src/domain/agent/agent';
import type { Call } from '../../src/domain/call/call';
import { memberOn, type Conversation } from '../../src/domain/conversation/conversation';
import type { Effect } from '../../src/domain/effect';
import type { AgentName, BridgeId, CallId, ChannelId, ConversationId } from '../../src/domain/ids';
import type { Answer, Arrival, CommandType, Input, InputType } from '../../src/domain/input';
import { isEvent, type Notification } from '../../src/domain/notification';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { RefusalReason } from '../../src/domain/refusal';
import type { Outcome } from '../../src/domain/unit-of-work';
import { apply, type World } from '../../src/domain/world';
import { ended, handedOn, legOf, refusal, told } from './happenings';
import { seen, without } from './phone-system-views';
import { brokenInvariants } from './world-invariants';
import { aChannelId, after, anArrival, atTheirPhones, aWorld, only, TRUNK, when } from './worlds';

const days: Day[] = [];

/** Agents at their phones on a day that is watched to its end. */
export function aDay(...agents: readonly Partial<Agent>[]): Day {
  return aDayIn(aWorld(atTheirPhones(...agents)));
}

export function aDayIn(world: World): Day {
  const day = new Day(world);
  days.push(day);
  return day;
}

/** The end of every day that a test began: for its `afterEach`. */
export function everybodyHangsUp(): void {
  for (const day of days.splice(0)) day.end();
}

/** A world, and an Asterisk that does what it is asked at once. Both are looked at after whatever happens. */
export class Day {
  private notifications: readonly Notification[] = [];
  private seconds = 0;
  private readonly channels = new Map<ChannelId, 'alive' | 'hung up'>();
  private readonly seats = new Map<ChannelId, BridgeId | null>();
  private readonly bridges = new Map<BridgeId, 'open' | 'closed'>();
  private readonly callers = new Set<ChannelId>();

  constructor(readonly world: World) {}

  take<Type extends InputType>(input: Input<Type>): Outcome<Answer<Type>> {
    const outcome = when(this.world, input, after(this.seconds));
    if (input.type === 'leg-ended') this.forgetChannel((input as Input<'leg-ended'>).channelId);
    for (const effect of outcome.effects) this.carryOut(effect);
    this.notifications = [...this.notifications, ...outcome.notifications];
    const broken = brokenInvariants(this.world, after(this.seconds).at);
    if (broken.length > 0) throw new Error(`after ${input.type}: ${broken.join('; ')}`);
    for (const { bridgeId } of this.world.conversations.values()) this.expectOpen(bridgeId);
    return outcome;
  }

  /** One after the other; what they tell, in short. */
  events(...inputs: readonly Input[]): readonly string[] {
    return inputs.flatMap((input) => told(this.take(input).notifications));
  }

  /** All events since the last `forget`, in short. */
  get told(): readonly string[] {
    return told(this.notifications);
  }

  /** The same, whole. */
  get toldInFull(): readonly Notification[] {
    return this.notifications.filter(({ event }) => isEvent(event));
  }

  forget(): this {
    this.notifications = [];
    return this;
  }

  /** Why it is refused; nothing is half done then. */
  refusal(command: Input<CommandType>): RefusalReason {
    const before = this.contents();
    const reason = refusal(this.world, command, after(this.seconds));
    expect(this.contents()).toEqual(before);
    return reason;
  }

  private contents(): readonly unknown[] {
    const { agents, calls, conversations, extensions, queueTasks } = this.world;
    return [agents, calls, conversations, extensions, queueTasks].map((each) => [...each.values()]);
  }

  loseTrunk(): void {
    apply(this.world, [{ kind: 'trunks', value: { id: TRUNK, present: false }, live: true }]);
  }

  pass(seconds: number): this {
    this.seconds += seconds;
    return this;
  }

  caller(changes: Partial<Arrival> = {}): Call {
    const arrival = anArrival(changes);
    this.channels.set(arrival.channelId, 'alive');
    this.callers.add(arrival.channelId);
    this.take(arrival);
    return this.world.calls.get(this.world.callOnChannel.get(arrival.channelId)!)!;
  }

  /** Its phone hands on what it talks in: another channel sits where it sat. What that tells, in short. */
  handOn({ channelId }: Pick<Call, 'channelId'>, by: ChannelId = aChannelId()): readonly string[] {
    this.channels.set(by, 'alive');
    this.seats.set(by, this.seats.get(channelId) ?? null);
    this.seats.set(channelId, null);
    this.callers.delete(channelId); // Its party goes on, on the other one.
    return this.events(handedOn({ channelId }, by));
  }

  leg(name: AgentName): Call {
    return legOf(this.world, name);
  }

  /** The number that is called. */
  number(): Call {
    return only(
      [...this.world.calls.values()].filter(
        ({ party, stage }) => party.kind === 'outside' && stage.at === 'ringing',
      ),
    );
  }

  /** What a coach is heard by. */
  ear(): Call {
    return only([...this.world.calls.values()].filter(({ party }) => party.kind === 'ear'));
  }

  task(): QueueTask {
    return only(this.world.queueTasks.values());
  }

  conversation(): Conversation {
    return only(this.world.conversations.values());
  }

  /** What each who is in it may hear and say, by the agent's name or the number. */
  modes({ id }: { readonly id: ConversationId }): Readonly<Record<string, number>> {
    const { members } = this.world.conversations.get(id)!;
    return Object.fromEntries(
      members.flatMap(({ party, mode, until }) =>
        until === null ? [[party.kind === 'agent' ? party.name : (party.telnumber ?? ''), mode] as const] : [],
      ),
    );
  }

  /** Where a leg sits and what it hears there: `talks`, `listens`, or what is played to it, `whispers` in its own bridge. */
  audio({ id }: { readonly id: CallId }): string {
    const { placement, whisper, memberOf } = this.world.calls.get(id)!;
    if (placement === null) return 'nothing';
    const { bridgeId, speaks, hears } = placement;
    if (hears.from !== 'bridge') return hears.from === 'sound' ? hears.sound : hears.from;
    if (bridgeId === whisper?.bridgeId) return 'whispers';
    const isIn = memberOf.some((each) => {
      const conversation = this.world.conversations.get(each)!;
      return conversation.bridgeId === bridgeId && memberOn(conversation, id) !== undefined;
    });
    return isIn ? (speaks ? 'talks' : 'listens') : 'elsewhere';
  }

  states(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.world.agents.values()].map(({ name, state }) => [name, state]));
  }

  /** Those whom we hung up are gone. What that tells, in short. */
  settle(): readonly string[] {
    const events: string[] = [];
    for (;;) {
      const [channelId] = [...this.channels].find(([, state]) => state === 'hung up') ?? [];
      if (channelId === undefined) return events;
      events.push(...this.events(ended({ channelId })));
    }
  }

  /** It ends, which nobody reports: Asterisk is looked at. What that tells, in short. */
  lose({ channelId }: Pick<Call, 'channelId'>): readonly string[] {
    this.forgetChannel(channelId);
    return this.events({ ...seen(this.world), ...without(this.world, channelId) });
  }

  /** Nobody is in a call, waits, or rings, and Asterisk has nothing of it. */
  expectNothingLeft(): void {
    const { calls, queueTasks, conversations, agents } = this.world;
    expect([calls.size, queueTasks.size, conversations.size, this.channels.size]).toEqual([0, 0, 0, 0]);
    expect([...this.bridges.values()].filter((state) => state === 'open')).toEqual([]);
    for (const { state, callId } of agents.values()) {
      expect(['fetching', 'talking']).not.toContain(state);
      expect(callId).toBeNull();
    }
  }

  /** Everybody hangs up, one after the other. */
  end(order: 'in order' | 'the last first' = 'in order'): void {
    for (;;) {
      const channelId = [...this.channels.keys()].at(order === 'in order' ? 0 : -1);
      if (channelId === undefined) break;
      this.take(ended({ channelId }));
    }
    this.expectNothingLeft();
  }

  private carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'dial':
      case 'snoop':
        if (this.channels.has(effect.channelId)) throw new Error(`${effect.channelId} is called twice`);
        this.channels.set(effect.channelId, 'alive');
        return;
      case 'place': {
        const { bridgeId } = effect.placement;
        if (bridgeId !== null) this.expectOpen(bridgeId);
        if (this.channels.has(effect.channelId)) this.seats.set(effect.channelId, bridgeId);
        return;
      }
      case 'hang-up':
        if (this.callers.has(effect.channelId)) throw new Error(`the caller ${effect.channelId} is hung up`);
        if (this.channels.has(effect.channelId)) this.channels.set(effect.channelId, 'hung up');
        this.seats.delete(effect.channelId);
        return;
      case 'release':
        return this.forgetChannel(effect.channelId);
      case 'open-bridge':
        if (this.bridges.has(effect.bridgeId)) throw new Error(`${effect.bridgeId} is opened twice`);
        this.bridges.set(effect.bridgeId, 'open');
        return;
      case 'close-bridge':
        this.expectOpen(effect.bridgeId);
        if ([...this.seats.values()].includes(effect.bridgeId))
          throw new Error(`somebody sits in ${effect.bridgeId}`);
        this.bridges.set(effect.bridgeId, 'closed');
        return;
      case 'play-under':
      case 'announce':
        return this.expectOpen(effect.bridgeId);
      case 'receive':
      case 'limit':
      case 'provision':
      case 'unprovision':
        return;
    }
  }

  private expectOpen(bridgeId: BridgeId): void {
    if (this.bridges.get(bridgeId) !== 'open') throw new Error(`there is no bridge ${bridgeId}`);
  }

  private forgetChannel(channelId: ChannelId): void {
    this.channels.delete(channelId);
    this.seats.delete(channelId);
  }
}
