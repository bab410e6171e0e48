import type { Instant } from '../../src/domain/ids';
import type { Clock } from '../../src/ports/system';

/** People, Asterisk and the store: they go on when the service dies. */
export const WORLD = 'the world outside';

type Due = {
  readonly at: number;
  readonly owner: string;
  readonly action: () => void;
  isCancelled: boolean;
};

/** All that will happen, in order. Time jumps from one happening to the next. */
export class VirtualTime {
  private time = 1_700_000_000_000;
  /** The next one last. */
  private due: Due[] = [];
  private readonly dead = new Set<string>();

  now(): Instant {
    return this.time as Instant;
  }

  /** Things of the same moment happen in the order in which they were scheduled. Clocks know whole milliseconds. */
  schedule(owner: string, milliseconds: number, action: () => void): () => void {
    if (this.dead.has(owner)) return () => undefined;
    const item: Due = { at: this.time + Math.ceil(milliseconds), owner, action, isCancelled: false };
    let low = 0;
    let high = this.due.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.due[middle]!.at >= item.at) low = middle + 1;
      else high = middle;
    }
    // Among equals it comes first in this reversed list, because it was scheduled last.
    while (low > 0 && this.due[low - 1]!.at === item.at) low--;
    this.due.splice(low, 0, item);
    return () => {
      item.isCancelled = true;
    };
  }

  /** The clock that a process sees. It stops when the process dies. */
  clockOf(owner: string): Clock {
    return {
      now: () => this.now(),
      after: (milliseconds, action) => this.schedule(owner, milliseconds, action),
      stopwatch: () => {
        const begun = this.now();
        return () => (this.now() - begun) / 1000;
      },
    };
  }

  /** The process is gone: nothing that it waits for will reach it. */
  kill(owner: string): void {
    this.dead.add(owner);
    this.forget(owner);
  }

  isDead(owner: string): boolean {
    return this.dead.has(owner);
  }

  forget(owner: string): void {
    this.due = this.due.filter((each) => each.owner !== owner);
  }

  /** Whether nothing more happens at this moment. */
  isMovingOn(): boolean {
    while (this.due.at(-1)?.isCancelled) this.due.pop();
    return this.due.at(-1)?.at !== this.time;
  }

  /** Lets everything happen that is due within so much time. */
  async idle(milliseconds: number): Promise<void> {
    await settled();
    let isOver = false;
    this.schedule(WORLD, milliseconds, () => (isOver = true));
    while (!isOver) await this.next();
  }

  /** Lets the next thing happen, and everything that follows from it at once. False: nothing is left. */
  async next(): Promise<boolean> {
    let next = this.due.pop();
    while (next?.isCancelled) next = this.due.pop();
    if (next === undefined) return false;
    this.time = next.at;
    next.action();
    await settled();
    return true;
  }
}

/**
 * Promises run dry; nothing real is waited for, so the order is fixed. What is asked for the next tick waits until no
 * promise has anything left to do, and costs no turn of Node's loop.
 */
export function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
