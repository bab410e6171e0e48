import { continued, type Period } from '../../../src/adapters/storage/past-periods';
import { parseStored, toStored } from '../../../src/adapters/storage/stored-json';
import type { AppId, Instant } from '../../../src/domain/ids';
import type { Change, Kind } from '../../../src/domain/world';
import type { PastChange } from '../../../src/ports/storage';

/** A change as the text that a real store would keep. */
export type PastEntry = {
  readonly at: Instant;
  readonly kind: Kind;
  readonly id: string;
  readonly app: string;
  readonly live: boolean;
  readonly state: string;
};

export function pastEntry({ at, change: { kind, value, live } }: PastChange): PastEntry {
  return { at, kind, id: value.id, app: 'app' in value ? value.app : '', live, state: toStored(value) };
}

/** Every state of each thing, with the time in which it was the latest. */
export class MemoryPast {
  private readonly periods = new Map<string, readonly StatePeriod[]>();

  put(entry: PastEntry): void {
    const key = `${entry.kind} ${entry.id}`;
    const { at, live } = entry;
    const next = live ? { ...entry, since: at, until: Infinity } : null;
    this.keep(key, continued(this.periods.get(key) ?? [], at, next));
  }

  asOf(app: AppId, at: Instant): readonly Change[] {
    return [...this.periods.values()]
      .flat()
      .filter((period) => period.app === app && period.since < at && period.until >= at)
      .sort((one, other) => compare(one.kind, other.kind) || compare(one.id, other.id))
      .map(({ kind, state }) => ({ kind, value: parseStored(state), live: true }) as Change);
  }

  /** `limit`: of how many at most. Returns of how many it was. */
  forgetBefore(at: Instant, limit: number): number {
    let forgotten = 0;
    for (const [key, periods] of this.periods) {
      const over = periods.filter(({ until }) => until < at).slice(0, limit - forgotten);
      if (over.length > 0) this.keep(key, periods.slice(over.length)); // The oldest, as they are in order.
      forgotten += over.length;
    }
    return forgotten;
  }

  private keep(key: string, periods: readonly StatePeriod[]): void {
    if (periods.length > 0) this.periods.set(key, periods);
    else this.periods.delete(key);
  }
}

type StatePeriod = Omit<PastEntry, 'at' | 'live'> & Period;

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
