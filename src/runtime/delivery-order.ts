import type { EventId } from '../domain/ids';
import { seedOf } from '../domain/timed-id';
import type { EventRecord } from '../ports/events';

export type PendingEvent = {
  readonly event: EventRecord;
  /** What it tells of, and by what it came: it goes after all earlier events that have any of these. */
  readonly keys: readonly string[];
  /** For each of the keys that the one right before it still has to arrive. */
  ahead: number;
  /** Those that are right behind it, once for each key that they share. */
  behind: PendingEvent[];
  failures: number;
};

/**
 * Which events go after which. Some are in memory. Others are *deferred*: they wait in the store alone, and so does all
 * that goes after them. They are to be read again once the last event in memory that they go after is gone.
 */
export class DeliveryOrder {
  /** Those that may go now, first come first. */
  readonly ready = new Set<PendingEvent>();
  private readonly waiting = new Map<EventId, PendingEvent>();
  /** For each key its last event in memory. */
  private readonly last = new Map<string, PendingEvent>();
  private readonly failing = new Set<PendingEvent>();
  /** The keys of those that are deferred. */
  private readonly deferred = new Set<string>();
  /** Those of the deferred keys by which one goes after an event in memory. */
  private readonly awaited = new Set<string>();
  private firstDeferred: EventId | null = null;

  /** `far`: who has more before it than that, one after the other, is far from its turn. */
  constructor(private readonly far: number) {}

  has(id: EventId): boolean {
    return this.waiting.has(id);
  }

  /** How many are in memory. */
  get size(): number {
    return this.waiting.size;
  }

  /** How many of them have failed. */
  get failingSize(): number {
    return this.failing.size;
  }

  get deferredKeys(): number {
    return this.deferred.size;
  }

  /** Puts it behind all others that it shares a key with, unless it is in memory already. */
  take(event: EventRecord): void {
    if (this.waiting.has(event.id)) return;
    const entry: PendingEvent = { event, keys: keysOf(event), ahead: 0, behind: [], failures: 0 };
    if (entry.keys.some((key) => this.deferred.has(key))) return this.defer(entry);
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

  /** It waits for another attempt. */
  failed(entry: PendingEvent): void {
    entry.failures++;
    this.failing.add(entry);
  }

  /** One that nothing is ahead of: who is behind it was never tried. True: what is deferred is to be read again. */
  drop(entry: PendingEvent): boolean {
    this.waiting.delete(entry.event.id);
    this.ready.delete(entry);
    this.failing.delete(entry);
    for (const next of entry.behind) if (--next.ahead === 0) this.ready.add(next);
    const over = entry.keys.filter((key) => this.last.get(key) === entry);
    over.forEach((key) => this.last.delete(key));
    return over.some((key) => this.awaited.has(key));
  }

  /** Defers whoever waits for one that fails, or is far from its turn. */
  deferFar(): void {
    const distances = new Map<PendingEvent, number>();
    const far = new Set<PendingEvent>();
    for (const entry of this.waiting.values()) {
      const distance = distances.get(entry) ?? 0;
      if (distance > this.far) far.add(entry);
      const next = entry.failures > 0 ? Infinity : distance + 1;
      for (const each of entry.behind) distances.set(each, Math.max(distances.get(each) ?? 0, next));
    }
    if (far.size === 0) return;
    far.forEach((entry) => this.waiting.delete(entry.event.id));
    this.last.clear();
    for (const entry of this.waiting.values()) {
      entry.behind = entry.behind.filter((each) => !far.has(each));
      for (const key of entry.keys) this.last.set(key, entry);
    }
    for (const entry of far) {
      this.defer(entry);
      for (const key of entry.keys) if (this.last.has(key)) this.awaited.add(key);
    }
  }

  /** The first that is deferred; null: none is. From it on all is to be taken again that is not in memory. */
  takeBackDeferred(): EventId | null {
    const first = this.firstDeferred;
    this.firstDeferred = null;
    this.deferred.clear();
    this.awaited.clear();
    return first;
  }

  get hasDeferred(): boolean {
    return this.firstDeferred !== null;
  }

  private defer({ event: { id }, keys }: PendingEvent): void {
    if (this.firstDeferred === null || id < this.firstDeferred) this.firstDeferred = id;
    keys.forEach((key) => this.deferred.add(key));
  }
}

/** Events of one input have the seed of their ids in common, so that these are in order, too. */
function keysOf({ id, agent, task, conversation }: EventRecord): readonly string[] {
  const named = [
    agent && `agent ${agent}`,
    task && `task ${task}`,
    conversation && `conversation ${conversation}`,
  ];
  return [`input ${seedOf(id)}`, ...named.filter((key) => key !== null)];
}
