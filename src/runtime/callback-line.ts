import type { EventId } from '../domain/ids';
import { shownUrl, type Callback, type Callbacks, type EventRecord } from '../ports/events';
import type { CallbackOutcome } from '../ports/metrics';
import type { Chance, Clock, Logger } from '../ports/system';

/** What a line needs of the rest. */
export type LineSurroundings = {
  readonly callbacks: Callbacks;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  /** Events that still have to be delivered to the URL, oldest first, after this one. Where it fails, it tells of that itself. */
  readonly load: (after: EventId | null, limit: number) => Promise<readonly EventRecord[]>;
  /** `problem`: why it is given up; null: it has arrived. */
  readonly settled: (event: EventRecord, problem: string | null) => void;
  readonly attempted: (outcome: CallbackOutcome, seconds: number) => void;
};

/** How many events are in memory; the others wait in the store. */
const WINDOW = 2_000;
const AT_ONCE = 32;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** So long an event is tried. */
const PATIENCE_MS = 24 * 3_600_000;
/** After so many failures one after the other the receiver counts as down, and one event at a time tries whether it still is. */
const DOWN_AFTER = 8;
const LOAD_AGAIN_MS = 5_000;

type Waiting = {
  readonly event: EventRecord;
  /** What it tells of, and by what it came: it goes after all earlier events that have any of these. */
  readonly keys: readonly string[];
  /** For each of the keys that the one right before it still has to arrive. */
  ahead: number;
  /** Those that are right behind it, once for each key that they share. */
  readonly behind: Waiting[];
  failures: number;
};

/**
 * The way of events to one callback URL: in order for each agent, queue task and conversation that they name, others side
 * by side, again and again until they arrive or have been tried for a day.
 */
export class CallbackLine {
  private readonly waiting = new Map<EventId, Waiting>();
  /** For each key its last event. */
  private readonly last = new Map<string, Waiting>();
  /** Those that may go now, first come first. */
  private readonly ready = new Set<Waiting>();
  private underWay = 0;
  private failuresInARow = 0;
  private isResting = false;
  /** The last that was taken into memory in its turn. */
  private lastTaken: EventId | null = null;
  /** The store may have more after that one. */
  private isBehind = true;
  private isLoading = false;
  /** It could not be read just now, and is not asked again before a while has passed. */
  private isStoreAway = false;
  private isStopped = false;
  private isPumpDue = false;
  private readonly timers = new Set<() => void>();

  constructor(
    private readonly callback: Callback,
    private readonly surroundings: LineSurroundings,
  ) {}

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
    const unknown = events.filter(({ id }) => this.lastTaken === null || id > this.lastTaken);
    // What is not taken now is read in its turn.
    if (this.isLoading || this.waiting.size + unknown.length > WINDOW) this.isBehind = true;
    if (this.isBehind) return;
    unknown.forEach((event) => this.take(event));
    this.lastTaken = unknown.at(-1)?.id ?? this.lastTaken;
    this.pumpSoon();
  }

  /** To be delivered once more; the store has them among those to deliver already. */
  addAgain(events: readonly EventRecord[]): void {
    for (const event of events) {
      const isUnread = this.lastTaken === null || event.id > this.lastTaken;
      const isReadInItsTurn = isUnread && this.isBehind && !this.isLoading;
      if (!isReadInItsTurn && !this.waiting.has(event.id)) this.take(event);
    }
    this.pump();
  }

  /** How many still have to arrive; null: the store has more than is known here. */
  get left(): number | null {
    return this.isBehind || this.isLoading ? null : this.waiting.size;
  }

  private async loadMore(): Promise<void> {
    if (this.isLoading || this.isStoreAway || this.isStopped) return;
    this.isLoading = true;
    try {
      while (this.isBehind && this.waiting.size <= WINDOW / 2) {
        this.isBehind = false;
        const limit = WINDOW - this.waiting.size;
        const events = await this.surroundings.load(this.lastTaken, limit);
        for (const event of events) if (!this.waiting.has(event.id)) this.take(event);
        this.lastTaken = events.at(-1)?.id ?? this.lastTaken;
        if (events.length === limit) this.isBehind = true;
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
    this.pump();
  }

  private take(event: EventRecord): void {
    const entry: Waiting = { event, keys: keysOf(event), ahead: 0, behind: [], failures: 0 };
    this.waiting.set(event.id, entry);
    for (const key of entry.keys) {
      const before = this.last.get(key);
      this.last.set(key, entry);
      if (before === undefined) continue;
      before.behind.push(entry);
      entry.ahead++;
    }
    if (entry.ahead === 0) this.ready.add(entry);
  }

  /** One that nothing is ahead of: who is behind it was never tried. */
  private drop(entry: Waiting): void {
    this.waiting.delete(entry.event.id);
    this.ready.delete(entry);
    for (const key of entry.keys) if (this.last.get(key) === entry) this.last.delete(key);
    for (const next of entry.behind) if (--next.ahead === 0) this.ready.add(next);
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
    for (const entry of this.ready) {
      if (this.underWay >= atOnce) break;
      this.ready.delete(entry);
      void this.attempt(entry);
    }
    if (this.isBehind && this.waiting.size <= WINDOW / 2) void this.loadMore();
  }

  private async attempt(entry: Waiting): Promise<void> {
    const { event } = entry;
    this.underWay++;
    const elapsed = this.surroundings.clock.stopwatch();
    let problem: string | null = null;
    try {
      await this.surroundings.callbacks.post(this.callback, event);
    } catch (error) {
      problem = (error as Error).message;
    }
    if (this.isStopped) return; // Nobody writes it down any more: it is delivered once more.
    this.underWay--;
    this.surroundings.attempted(problem === null ? 'delivered' : 'failed', elapsed());
    if (problem === null) this.arrived(entry);
    else this.failed(entry, problem);
    this.pump();
  }

  private arrived(entry: Waiting): void {
    if (this.isDown) this.surroundings.logger.info('events are delivered again', { url: this.url });
    this.failuresInARow = 0;
    this.drop(entry);
    this.surroundings.settled(entry.event, null);
  }

  private failed(entry: Waiting, problem: string): void {
    const { logger } = this.surroundings;
    const { url } = this;
    entry.failures++;
    this.failuresInARow++;
    if (this.failuresInARow === DOWN_AFTER)
      logger.warn('events are not delivered, trying again', { url, problem });
    // Of a receiver that is down, one attempt tells of all. Who waits for an earlier one has its turn after that.
    const judged = this.isDown ? [entry, ...this.ready] : [entry];
    const old = judged.filter((each) => this.isOld(each));
    old.forEach((each) => this.giveUp(each, problem));
    if (this.isDown && old.length === 0) this.rest();
    if (!this.waiting.has(entry.event.id)) return;
    this.later(this.pauseAfter(entry.failures), () => {
      if (!this.waiting.has(entry.event.id)) return;
      this.ready.add(entry);
      this.pump();
    });
  }

  private isOld({ event }: Waiting): boolean {
    return this.surroundings.clock.now() - event.at >= PATIENCE_MS;
  }

  private giveUp(entry: Waiting, problem: string): void {
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
    this.later(this.pauseAfter(this.failuresInARow - DOWN_AFTER + 1), () => {
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

/** Events of one input have the end of their ids in common, so that these are in order, too. */
const SEED_AT = 17;

function keysOf({ id, agent, task, conversation }: EventRecord): readonly string[] {
  const named = [
    agent && `agent ${agent}`,
    task && `task ${task}`,
    conversation && `conversation ${conversation}`,
  ];
  return [`input ${id.slice(SEED_AT)}`, ...named.filter((key) => key !== null)];
}
