import type { EventId } from '../domain/ids';
import { CallbackRefused, shownUrl, type Callback, type Callbacks, type EventRecord } from '../ports/events';
import type { CallbackOutcome } from '../ports/metrics';
import type { Chance, Clock, Logger } from '../ports/system';
import { DeliveryOrder, type PendingEvent } from './delivery-order';

/** What a delivery needs of the rest. */
export type DeliverySurroundings = {
  readonly callbacks: Callbacks;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  /**
   * Events that still have to be delivered to the URL, oldest first, after this one; not those of which `settled` was told
   * before. Where it fails, it tells of that itself.
   */
  readonly load: (after: EventId | null, limit: number) => Promise<readonly EventRecord[]>;
  /** `problem`: why it is given up; null: it has arrived. */
  readonly settled: (event: EventRecord, problem: string | null) => void;
  readonly attempted: (outcome: CallbackOutcome, seconds: number) => void;
};

/** How many events are in memory beside those that have failed; the others wait in the store. */
const WINDOW = 2_000;
/** Such a part of them may wait one after the other: less than half of them, with which others are read. */
const NEAR = 0.45;
/** When so many fail at a time, or events that go after them name so many different things, no more are read. */
const MOST_FAILING = 10_000;
const MOST_DEFERRED_KEYS = 100_000;
const AT_ONCE = 32;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** So long an event is tried. */
const PATIENCE_MS = 24 * 3_600_000;
/**
 * After so many failures one after the other the receiver counts as down, and one event at a time tries whether it still
 * is. What an event is refused again tells of the event.
 */
const DOWN_AFTER = 8;
const LOAD_AGAIN_MS = 5_000;

/**
 * The way of events to one callback URL: in order for each agent, queue task and conversation that they name, others side
 * by side, again and again until they arrive or have been tried for a day.
 */
export class CallbackDelivery {
  private readonly order: DeliveryOrder;
  private underWay = 0;
  private failuresInARow = 0;
  private isResting = false;
  /** How often, since the receiver counts as down. */
  private rests = 0;
  /** The last that was read, or told of, in its turn. */
  private lastRead: EventId | null = null;
  /** The store may have more after that one. */
  private isBehind = true;
  private isLoading = false;
  /** Some that are deferred may go. */
  private isFreed = false;
  /** While events are read: what has arrived meanwhile, and what is to be delivered once more. */
  private readonly arrivedMeanwhile = new Set<EventId>();
  private readonly againMeanwhile: EventRecord[] = [];
  /** It could not be read just now, and is not asked again before a while has passed. */
  private isStoreAway = false;
  private isStopped = false;
  private isPumpDue = false;
  private readonly timers = new Set<() => void>();

  constructor(
    private readonly callback: Callback,
    private readonly surroundings: DeliverySurroundings,
    private readonly window = WINDOW,
  ) {
    this.order = new DeliveryOrder(window * NEAR);
  }

  /** Begins with what the store has. */
  start(): void {
    void this.loadMore();
  }

  /** Begins nothing any more, and tells of nothing: what is under way is delivered again by the next who starts. */
  stop(): void {
    this.isStopped = true;
    this.timers.forEach((cancel) => cancel());
  }

  /** Told just now, in order. */
  add(events: readonly EventRecord[]): void {
    const unknown = events.filter(({ id }) => this.isUnread(id));
    // What is not taken now is read in its turn.
    if (this.isLoading || this.inTurn + unknown.length > this.window || !this.mayReadOn) this.isBehind = true;
    if (this.isBehind) return this.pumpSoon();
    unknown.forEach((event) => this.order.take(event));
    this.lastRead = unknown.at(-1)?.id ?? this.lastRead;
    this.pumpSoon();
  }

  /** To be delivered once more; the store has them among those to deliver already. */
  addAgain(events: readonly EventRecord[]): void {
    if (this.isLoading) {
      events.forEach(({ id }) => this.arrivedMeanwhile.delete(id));
      this.againMeanwhile.push(...events);
      return;
    }
    for (const event of events) if (!this.isBehind || !this.isUnread(event.id)) this.order.take(event);
    this.pump();
  }

  /** How many still have to arrive; null: the store has more than is known here. */
  get left(): number | null {
    return this.isBehind || this.isLoading || this.order.hasDeferred ? null : this.order.size;
  }

  private async loadMore(): Promise<void> {
    if (this.isLoading || this.isStoreAway) return;
    this.isLoading = true;
    try {
      while (this.isBehind && !this.isStopped && this.hasRoom()) {
        await this.loadPage();
        this.pump();
      }
    } catch {
      this.isBehind = this.isStoreAway = true;
      this.later(LOAD_AGAIN_MS, () => {
        this.isStoreAway = false;
        void this.loadMore();
      });
    } finally {
      this.isLoading = false;
    }
    const again = this.againMeanwhile.splice(0).filter(({ id }) => !this.arrivedMeanwhile.has(id));
    this.arrivedMeanwhile.clear();
    this.addAgain(again);
  }

  private async loadPage(): Promise<void> {
    this.isBehind = false;
    const limit = this.window - this.inTurn;
    const events = await this.surroundings.load(this.lastRead, limit);
    if (events.length === limit) this.isBehind = true;
    for (const event of events) if (!this.arrivedMeanwhile.has(event.id)) this.order.take(event);
    this.lastRead = events.at(-1)?.id ?? this.lastRead;
  }

  /** If it has none for events that could go, those that cannot make room. */
  private hasRoom(): boolean {
    const isIdle = !this.isDown && this.order.ready.size + this.underWay < AT_ONCE;
    if (this.inTurn > this.window / 2 && isIdle) this.order.deferFar();
    return this.inTurn <= this.window / 2 && this.mayReadOn;
  }

  private get mayReadOn(): boolean {
    const { failingSize, deferredKeys } = this.order;
    return failingSize <= MOST_FAILING && deferredKeys <= MOST_DEFERRED_KEYS;
  }

  private get inTurn(): number {
    return this.order.size - this.order.failingSize;
  }

  private isUnread(id: EventId): boolean {
    return this.lastRead === null || id > this.lastRead;
  }

  /** One that has arrived or is given up. */
  private drop(entry: PendingEvent): void {
    if (this.isLoading) this.arrivedMeanwhile.add(entry.event.id);
    if (this.order.drop(entry)) this.isFreed = true;
  }

  /** But what is being read is read to its end before: else others might never have their turn. */
  private goBackToDeferred(): void {
    if (!this.isFreed || this.isLoading) return;
    this.isFreed = false;
    const first = this.order.takeBackDeferred();
    // Shorter by one digit it stands before.
    if (first !== null && !this.isUnread(first)) this.lastRead = first.slice(0, -1) as EventId;
    this.isBehind = true;
  }

  /** After what was decided with them: a phone that is to ring does not wait for the news of it to be sent. */
  private pumpSoon(): void {
    if (this.isPumpDue) return;
    this.isPumpDue = true;
    this.later(0, () => {
      this.isPumpDue = false;
      this.pump();
    });
  }

  private pump(): void {
    if (this.isStopped || this.isResting) return;
    const atOnce = this.isDown ? 1 : AT_ONCE;
    for (const entry of this.candidates) {
      if (this.underWay >= atOnce) break;
      this.order.ready.delete(entry);
      void this.attempt(entry);
    }
    this.goBackToDeferred();
    if (this.isBehind && !this.isLoading && this.hasRoom()) void this.loadMore();
  }

  /** Whether a receiver is still down is told by one that it has not refused before. */
  private get candidates(): Iterable<PendingEvent> {
    const { ready } = this.order;
    return this.isDown ? [...ready].sort((one, other) => one.failures - other.failures) : ready;
  }

  private async attempt(entry: PendingEvent): Promise<void> {
    const { event } = entry;
    this.underWay++;
    const elapsed = this.surroundings.clock.stopwatch();
    let problem: Error | null = null;
    try {
      await this.surroundings.callbacks.post(this.callback, event);
    } catch (error) {
      problem = error as Error;
    }
    if (this.isStopped) return; // Nobody writes it down any more: it is delivered once more.
    this.underWay--;
    this.surroundings.attempted(problem === null ? 'delivered' : 'failed', elapsed());
    if (problem === null) this.arrived(entry);
    else this.failed(entry, problem);
    this.pump();
  }

  private arrived(entry: PendingEvent): void {
    if (this.isDown) this.surroundings.logger.info('events are delivered again', { url: this.url });
    this.failuresInARow = this.rests = 0;
    this.drop(entry);
    this.surroundings.settled(entry.event, null);
  }

  private failed(entry: PendingEvent, error: Error): void {
    const { logger } = this.surroundings;
    const { url } = this;
    const problem = error.message;
    this.order.failed(entry);
    const tellsOfReceiver = this.isDown || entry.failures === 1 || !(error instanceof CallbackRefused);
    if (tellsOfReceiver && ++this.failuresInARow === DOWN_AFTER)
      logger.warn('events are not delivered, trying again', { url, problem });
    if (!tellsOfReceiver && entry.failures === DOWN_AFTER) {
      const { id, event } = entry.event;
      logger.warn('event refused again and again, those that name the same wait', { url, id, event, problem });
    }
    // Of a receiver that is down, one attempt tells of all. Who waits for an earlier one has its turn after that.
    const judged = this.isDown ? [entry, ...this.order.ready] : [entry];
    const old = judged.filter((each) => this.isOld(each));
    old.forEach((each) => this.giveUp(each, problem));
    if (this.isDown && old.length === 0) this.rest();
    if (!this.order.has(entry.event.id)) return;
    this.later(this.pauseAfter(entry.failures), () => {
      if (!this.order.has(entry.event.id)) return;
      this.order.ready.add(entry);
      this.pump();
    });
  }

  private isOld({ event }: PendingEvent): boolean {
    return this.surroundings.clock.now() - event.at >= PATIENCE_MS;
  }

  private giveUp(entry: PendingEvent, problem: string): void {
    const { logger, settled } = this.surroundings;
    const { id, event } = entry.event;
    logger.warn('event set aside, not delivered for a day', { url: this.url, id, event, problem });
    this.drop(entry);
    settled(entry.event, problem);
  }

  private get url(): string {
    return shownUrl(this.callback.url);
  }

  private get isDown(): boolean {
    return this.failuresInARow >= DOWN_AFTER;
  }

  /** Nothing goes out for a while. */
  private rest(): void {
    if (this.isResting) return;
    this.isResting = true;
    this.later(this.pauseAfter(++this.rests), () => {
      this.isResting = false;
      this.pump();
    });
  }

  private pauseAfter(failures: number): number {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20));
    return pause * (0.5 + this.surroundings.chance.number() / 2);
  }

  private later(milliseconds: number, action: () => void): void {
    if (this.isStopped) return;
    const cancel = this.surroundings.clock.after(milliseconds, () => {
      this.timers.delete(cancel);
      action();
    });
    this.timers.add(cancel);
  }
}
