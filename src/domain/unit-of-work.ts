import type { Effect } from './effect';
import type { AppId, CallId, ChannelId, Instant } from './ids';
import type { Call } from './call/call';
import type { Stamp } from './input';
import type { OutsideReport } from './outside/claiming';
import type { Notification } from './notification';
import type { RuleFault } from './queue/fitting';
import type { Settings } from './settings';
import { IDS_OF_ONE_TIME, timedId } from './timed-id';
import type { Aggregates, Change, Kind, World } from './world';

/** What one input came to. */
export type Outcome<Answer> = {
  readonly changes: readonly Change[];
  readonly effects: readonly Effect[];
  readonly notifications: readonly Notification[];
  /** Rules of conditions that failed on an agent. */
  readonly faults: readonly RuleFault[];
  /** Calls to the outside that a rule was against, and that were made all the same. */
  readonly reports: readonly OutsideReport[];
  readonly answer: Answer;
};

/** A rule's view of the world: reads look through, writes wait here until the input is through. */
export class UnitOfWork {
  readonly trunks: Staged<'trunks'>;
  readonly extensions: Staged<'extensions'>;
  readonly formerAccounts: Staged<'formerAccounts'>;
  readonly agents: Staged<'agents'>;
  readonly conditions: Staged<'conditions'>;
  readonly plans: Staged<'plans'>;
  readonly queueTasks: Staged<'queueTasks'>;
  readonly calls: Staged<'calls'>;
  readonly conversations: Staged<'conversations'>;
  readonly outsideUse: Staged<'outsideUse'>;
  /** All of these collections, in the order in which their changes are applied. */
  private readonly collections: Pick<Staged<Kind>, 'changes'>[] = [];
  private readonly claims = new Set<AppId>();
  private readonly effects: Effect[] = [];
  private readonly notifications: Notification[] = [];
  private readonly faults: RuleFault[] = [];
  private readonly reports: OutsideReport[] = [];
  private readonly ends = new Map<CallId, Instant>();
  private idsMade = 0;

  constructor(
    readonly world: World,
    private readonly stamp: Stamp,
  ) {
    this.trunks = this.register('trunks', world.trunks);
    this.extensions = this.register('extensions', world.extensions);
    this.formerAccounts = this.register('formerAccounts', world.formerAccounts);
    this.agents = this.register('agents', world.agents);
    this.conditions = this.register('conditions', world.conditions);
    this.plans = this.register('plans', world.plans);
    this.queueTasks = this.register('queueTasks', world.queueTasks);
    this.calls = this.register('calls', world.calls);
    this.conversations = this.register('conversations', world.conversations);
    this.outsideUse = this.register('outsideUse', world.outsideUse);
  }

  get at(): Instant {
    return this.stamp.at;
  }

  get settings(): Settings {
    return this.world.settings;
  }

  /** The call that this channel carries, if it is one of ours. */
  callOn(channelId: ChannelId): Call | undefined {
    const callId: CallId | undefined = this.world.callOnChannel.get(channelId);
    return callId === undefined ? undefined : this.calls.get(callId);
  }

  /** A leg is gone, and has been since then, as far as that can be known. */
  goneSince(callId: CallId, at: Instant): void {
    this.ends.set(callId, at);
  }

  /** Until when a leg was where it is no longer: now, or when it ended unseen. */
  thereUntil(callId: CallId): Instant {
    return this.ends.get(callId) ?? this.at;
  }

  do(effect: Effect): void {
    this.effects.push(effect);
  }

  notify(notification: Notification): void {
    this.notifications.push(notification);
  }

  /** Its clients ask for calls to the outside by this input. */
  claim(app: AppId): void {
    this.claims.add(app);
  }

  isClaimed(app: AppId): boolean {
    return this.claims.has(app);
  }

  report(report: OutsideReport): void {
    this.reports.push(report);
  }

  /** A rule that an operator wrote has failed: somebody should know, and nothing else happens. */
  readonly tellFault = (fault: RuleFault): void => void this.faults.push(fault);

  /**
   * Derived from the stamp, so the same input makes the same ids. What it makes beyond those of one time has a later one, and
   * is as unique by its seed.
   */
  newId<Id extends string>(): Id {
    const made = this.idsMade++;
    return timedId(this.at + Math.floor(made / IDS_OF_ONE_TIME), made % IDS_OF_ONE_TIME, this.stamp.seed);
  }

  /** A whole number from 0, by chance. */
  numberBelow(limit: number): number {
    return Math.floor(this.stamp.random * limit);
  }

  outcome<Answer>(answer: Answer): Outcome<Answer> {
    const changes = this.collections.flatMap((each) => each.changes());
    const { effects, notifications, faults, reports } = this;
    return { changes, effects, notifications, faults, reports, answer };
  }

  private register<Of extends Kind>(kind: Of, world: Collection<Of>): Staged<Of> {
    const staged = new Staged<Of>(kind, world);
    this.collections.push(staged);
    return staged;
  }
}

type Collection<Of extends Kind> = ReadonlyMap<Aggregates[Of]['id'], Aggregates[Of]>;

/** One collection of the world with the writes of this unit of work laid over it. */
class Staged<Of extends Kind, Item extends Aggregates[Of] = Aggregates[Of]> {
  private readonly changed = new Map<Item['id'], { readonly value: Item; readonly live: boolean }>();

  constructor(
    private readonly kind: Of,
    private readonly world: ReadonlyMap<Item['id'], Item>,
  ) {}

  get(id: Item['id']): Item | undefined {
    const mine = this.changed.get(id);
    if (mine === undefined) return this.world.get(id);
    return mine.live ? mine.value : undefined;
  }

  /** For what must be there. If it is not, a rule of ours is wrong. */
  need(id: Item['id']): Item {
    const item = this.get(id);
    if (item === undefined) throw new Error(`${this.kind}: no ${id}`);
    return item;
  }

  *all(): Iterable<Item> {
    for (const id of new Set([...this.world.keys(), ...this.changed.keys()])) {
      const item = this.get(id);
      if (item !== undefined) yield item;
    }
  }

  /** Those that are live and were written since the input came in: what the indexes of the world do not know of yet. */
  *staged(): Iterable<Item> {
    for (const { value, live } of this.changed.values()) if (live) yield value;
  }

  /** All that were written since the input came in, those that have left the world included. */
  *written(): Iterable<Item> {
    for (const { value } of this.changed.values()) yield value;
  }

  isStaged(id: Item['id']): boolean {
    return this.changed.has(id);
  }

  put(value: Item): void {
    this.changed.set(value.id, { value: deepFreeze(value), live: true });
  }

  /** Takes it out of the world. */
  retire(value: Item): void {
    this.changed.set(value.id, { value: deepFreeze(value), live: false });
  }

  changes(): readonly Change[] {
    return [...this.changed.values()].map((each) => ({ kind: this.kind, ...each }) as unknown as Change);
  }
}

/** Stops at what is frozen already, so it costs only what is new. */
function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
