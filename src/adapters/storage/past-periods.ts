import type { Instant } from '../../domain/ids';
import type { Change, Kind } from '../../domain/world';
import type { PastChange } from '../../ports/storage';
import { deltaFrom, withDelta } from './past-delta';
import { inTodaysShape, SHAPE_VERSION } from './shapes';
import { toStored } from './stored-json';

/** It was the latest at every moment after `since`, up to and with `until`; that is endless while it is the latest. */
export type Period = { readonly since: number; readonly until: number };

/** What is left of the periods, and follows them, when it has been otherwise since `at`. `next`: null when it is gone. */
export function continued<Of extends Period>(periods: readonly Of[], at: number, next: Of | null): readonly Of[] {
  const earlier = periods
    .filter(({ since }) => since < at)
    .map((period) => ({ ...period, until: Math.min(period.until, at) }));
  return next === null ? earlier : [...earlier, next];
}

/** What a batch tells of one object: what was said of it from then on no longer counts, and these follow. */
export type ObjectsPast = {
  readonly kind: Kind;
  readonly id: string;
  /** '' for what belongs to no application. */
  readonly app: string;
  readonly from: Instant;
  readonly periods: readonly (Period & { readonly value: object })[];
};

export function pastOfObjects(past: readonly PastChange[]): readonly ObjectsPast[] {
  const objects = new Map<string, ObjectsPast>();
  for (const { at, change } of past) {
    const { kind, value, live } = change;
    const key = `${kind} ${value.id}`;
    const app = 'app' in value ? value.app : '';
    const known = objects.get(key) ?? { kind, id: value.id, app, from: at, periods: [] };
    const periods = continued(known.periods, at, live ? { since: at, until: Infinity, value } : null);
    objects.set(key, { ...known, from: Math.min(known.from, at) as Instant, periods });
  }
  return [...objects.values()];
}

/** A whole state that others are kept as differing from. */
export type Base = { readonly number: number; readonly version: number; readonly state: string };

export type PeriodRow = {
  readonly since: number;
  readonly until: number | null;
  /** The number of a base, and the properties in which the state differs from it. */
  readonly base: number;
  readonly delta: string;
};

/** The periods as they are kept. `known`: the last base of the object. `keep`: keeps one more and numbers it. */
export function periodRows(
  { periods }: Pick<ObjectsPast, 'periods'>,
  known: Base | undefined,
  keep: (state: string) => number,
): readonly PeriodRow[] {
  let base = known?.version === SHAPE_VERSION ? known : undefined;
  return periods.map(({ since, until: end, value }) => {
    const until = end === Infinity ? null : end;
    const delta = base === undefined ? null : deltaFrom(base.state, value);
    if (base !== undefined && delta !== null) return { since, until, base: base.number, delta };
    const state = toStored(value);
    base = { number: keep(state), version: SHAPE_VERSION, state };
    return { since, until, base: base.number, delta: '{}' };
  });
}

/** A state as it is read. */
export type StateRow = {
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
  readonly base: string;
  readonly delta: string;
};

/** @throws Error that names the store and what of it is damaged. */
export function pastChange(store: string, { kind, id, version, base, delta }: StateRow): Change {
  const where = `${store}: the past of ${kind} ${id}`;
  const value = inTodaysShape(where, kind, version, () => withDelta(base, delta));
  return { kind, value, live: true } as Change;
}
