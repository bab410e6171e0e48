import type { Client, Pool } from 'pg';
import type { AppId, Instant } from '../../domain/ids';
import type { Change } from '../../domain/world';
import type { PastChange } from '../../ports/storage';
import { pastChange, pastOfObjects, periodRows, type Base, type ObjectsPast, type StateRow } from './past-periods';
import { ask } from './postgres-session';
import { SHAPE_VERSION } from './shapes';
import { FORGET_PAST, forgetBases, forgetObjects, PAST_AS_OF, READ_AT_ONCE, type Among } from './shared-sql';

/** Lists are given as arrays. */
export const AMONG: Among = (column, list) => `${column} = ANY(${list})`;

const ADD_OBJECTS = `
  INSERT INTO past_object (cell, app, kind, id)
  SELECT @cell, app, kind, id FROM unnest(@apps::text[], @kinds::text[], @ids::text[]) AS told (app, kind, id)
  ON CONFLICT DO NOTHING`;
const FIND_OBJECTS = `
  SELECT object.number AS object, object.kind, object.id, base.number, base.version, base.state
  FROM past_object AS object JOIN unnest(@apps::text[], @kinds::text[], @ids::text[]) AS told (app, kind, id)
    ON object.cell = @cell AND object.app = told.app AND object.kind = told.kind AND object.id = told.id
  LEFT JOIN past_base AS base ON base.object = object.number
    AND base.number = (SELECT max(number) FROM past_base AS any_base WHERE any_base.object = object.number)`;
const DROP = `
  DELETE FROM past USING unnest(@objects::bigint[], @froms::bigint[]) AS told (object, since)
  WHERE past.object = told.object AND past.since >= told.since`;
const CLOSE = `
  UPDATE past SET until = told.since FROM unnest(@objects::bigint[], @froms::bigint[]) AS told (object, since)
  WHERE past.object = told.object AND (until IS NULL OR until > told.since)
    AND past.since = (SELECT max(since) FROM past AS any_past WHERE any_past.object = told.object)`;
const ADD_BASES = `
  INSERT INTO past_base (object, number, version, state)
  SELECT object, number, ${SHAPE_VERSION}, state
  FROM unnest(@objects::bigint[], @numbers::bigint[], @states::text[]) AS base (object, number, state)`;
const ADD = `
  INSERT INTO past (object, since, until, base, delta)
  SELECT * FROM unnest(@objects::bigint[], @sinces::bigint[], @untils::bigint[], @bases::bigint[], @deltas::text[])`;

/** Every state that agents, extensions and conditions have had, kept as in SQLite, a batch at a time. */
export class PostgresPast {
  constructor(
    private readonly cell: string,
    private readonly store: string,
  ) {}

  /** To be called in the transaction of the batch. */
  async put(client: Client, past: readonly PastChange[]): Promise<void> {
    const told = pastOfObjects(past);
    if (told.length === 0) return;
    const known = await this.objectsOf(client, told);
    const touched = told.flatMap((its) => {
      const object = known.get(keyOf(its));
      return object === undefined ? [] : [{ its, object }];
    });
    const objects = touched.map(({ object }) => object.object);
    const froms = touched.map(({ its }) => its.from);
    await ask(client, DROP, { objects, froms });
    await ask(client, CLOSE, { objects, froms });
    await this.add(client, touched);
    await this.sweep(
      client,
      touched.filter(({ its }) => its.periods.length === 0).map(({ object }) => object.object),
    );
  }

  async asOf(pool: Pool, app: AppId, at: Instant): Promise<readonly Change[]> {
    const found: Change[] = [];
    let after = { afterKind: '', afterId: '' };
    for (;;) {
      const rows = await ask<StateRow>(pool, PAST_AS_OF, { cell: this.cell, app, at, ...after });
      found.push(...rows.map((row) => pastChange(this.store, row)));
      const last = rows.at(-1);
      if (last === undefined || rows.length < READ_AT_ONCE) return found;
      after = { afterKind: last.kind, afterId: last.id };
    }
  }

  async forgetBefore(client: Client, at: Instant): Promise<number> {
    const rows = await ask<{ readonly object: number }>(client, FORGET_PAST, { at });
    await this.sweep(client, [...new Set(rows.map(({ object }) => object))]);
    return rows.length;
  }

  /** Those that are to be kept are made if there are none yet. */
  private async objectsOf(
    client: Client,
    told: readonly ObjectsPast[],
  ): Promise<ReadonlyMap<string, KnownObject>> {
    const lists = (objects: readonly ObjectsPast[]): object => ({
      cell: this.cell,
      apps: objects.map(({ app }) => app),
      kinds: objects.map(({ kind }) => kind),
      ids: objects.map(({ id }) => id),
    });
    await ask(client, ADD_OBJECTS, { ...lists(told.filter(({ periods }) => periods.length > 0)) });
    const rows = await ask<KnownObject>(client, FIND_OBJECTS, { ...lists(told) });
    return new Map(rows.map((row) => [keyOf(row), row]));
  }

  private async add(client: Client, touched: readonly Touched[]): Promise<void> {
    const bases: { object: number; number: number; state: string }[] = [];
    const rows = touched.flatMap(({ its, object: { object, number, version, state } }) => {
      const known = number === null ? undefined : { number, version: version, state: state };
      let last = number ?? 0;
      const keep = (kept: string): number => {
        bases.push({ object, number: ++last, state: kept });
        return last;
      };
      return periodRows(its, known, keep).map((row) => ({ object, ...row }));
    });
    if (rows.length === 0) return;
    await ask(client, ADD_BASES, {
      objects: bases.map(({ object }) => object),
      numbers: bases.map(({ number }) => number),
      states: bases.map(({ state }) => state),
    });
    await ask(client, ADD, {
      objects: rows.map(({ object }) => object),
      sinces: rows.map(({ since }) => since),
      untils: rows.map(({ until }) => until),
      bases: rows.map(({ base }) => base),
      deltas: rows.map(({ delta }) => delta),
    });
  }

  private async sweep(client: Client, objects: readonly number[]): Promise<void> {
    if (objects.length === 0) return;
    for (const sql of [forgetBases(AMONG), forgetObjects(AMONG)]) await ask(client, sql, { objects });
  }
}

type KnownObject = { readonly object: number; readonly kind: string; readonly id: string } & (
  Base | { readonly number: null; readonly version: null; readonly state: null }
);
type Touched = { readonly its: ObjectsPast; readonly object: KnownObject };

function keyOf({ kind, id }: Pick<KnownObject, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
