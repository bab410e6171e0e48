import type { Database, Statement } from 'better-sqlite3';
import { setImmediate } from 'node:timers/promises';
import type { AppId, Instant } from '../../domain/ids';
import type { Change, Kind } from '../../domain/world';
import type { PastChange } from '../../ports/storage';
import { deltaFrom, withDelta } from './past-delta';
import { inTodaysShape, SHAPE_VERSION } from './shapes';
import { toStored } from './stored-json';

/** How many objects are read, and states forgotten, before others get their turn: about 10 ms each, measured. */
const READ_AT_ONCE = 200;
const FORGET_AT_ONCE = 500;

const FIND_OBJECT = `
  SELECT object.number, base.number AS base, base.version, base.state FROM past_object AS object
  JOIN past_base AS base
    ON base.number = (SELECT max(number) FROM past_base AS any_base WHERE any_base.object = object.number)
  WHERE object.app = @app AND object.kind = @kind AND object.id = @id`;
const CLOSE = `
  UPDATE past SET until = @at WHERE object = @object AND (until IS NULL OR until > @at)
    AND since = (SELECT max(since) FROM past AS any_past WHERE any_past.object = @object)`;
const AS_OF = `
  SELECT object.kind, object.id, base.version, base.state AS base, past.delta FROM past_object AS object
  JOIN past ON past.object = object.number
    AND past.since = (SELECT max(since) FROM past AS any_past WHERE any_past.object = object.number AND since < @at)
  JOIN past_base AS base ON base.number = past.base
  WHERE object.app = @app AND (object.kind, object.id) > (@afterKind, @afterId)
    AND (past.until IS NULL OR past.until >= @at)
  ORDER BY object.kind, object.id LIMIT ${READ_AT_ONCE}`;
const FORGET = `
  DELETE FROM past WHERE (object, since) IN
    (SELECT object, since FROM past WHERE until < ? ORDER BY until LIMIT ${FORGET_AT_ONCE})
  RETURNING object`;
const FORGET_BASES = `
  DELETE FROM past_base WHERE object = @object AND number < ifnull(
    (SELECT base FROM past WHERE past.object = @object ORDER BY since LIMIT 1), 9223372036854775807)`;

/**
 * Every state that agents, extensions and conditions have had, with the time in which it was the latest: after
 * `since`, up to and with `until`. An agent has several for each call and most of it stays the same, so a state is
 * kept as what differs from a base that many share.
 */
export class SqlitePast {
  private readonly statements: Statements;

  constructor(
    private readonly db: Database,
    private readonly cell: string,
  ) {
    this.statements = prepareAll(db);
  }

  /** To be called in the transaction of the batch. */
  put({ at, change: { kind, value, live } }: PastChange): void {
    const { findObject, putObject, dropFrom, close, put } = this.statements;
    const key = { kind, id: value.id, app: 'app' in value ? value.app : '' };
    const known = findObject.get(key) as ObjectRow | undefined;
    if (known !== undefined) {
      dropFrom.run({ object: known.number, at });
      close.run({ object: known.number, at });
    }
    if (live) {
      const object = known?.number ?? putObject.run({ ...key, cell: this.cell }).lastInsertRowid;
      put.run({ object, at, ...this.deltaOf(object, known, value) });
    } else if (known !== undefined) {
      this.sweep(known.number);
    }
  }

  /** In slices, between which the process does something else: the past that is read does not change meanwhile. */
  async asOf(app: AppId, at: Instant): Promise<readonly Change[]> {
    const found: Change[] = [];
    let after = { afterKind: '', afterId: '' };
    for (;;) {
      const rows = this.statements.asOf.all({ app, at, ...after }) as readonly StateRow[];
      found.push(...rows.map((row) => this.changeIn(row)));
      const last = rows.at(-1);
      if (last === undefined || rows.length < READ_AT_ONCE) return found;
      after = { afterKind: last.kind, afterId: last.id };
      await setImmediate();
    }
  }

  forgetBefore(at: Instant): number {
    const forget = this.db.transaction(() => {
      const objects = this.statements.forget.all(at) as readonly number[];
      for (const object of new Set(objects)) this.sweep(object);
      return objects.length;
    });
    return forget.immediate();
  }

  private deltaOf(object: number | bigint, known: ObjectRow | undefined, value: object): Delta {
    if (known !== undefined && known.version === SHAPE_VERSION) {
      const delta = deltaFrom(known.state, value);
      if (delta !== null) return { base: known.base, delta };
    }
    const base = { object, version: SHAPE_VERSION, state: toStored(value) };
    return { base: this.statements.putBase.run(base).lastInsertRowid, delta: '{}' };
  }

  /** Removes what no state of the object needs any more; where none is left, the object too. */
  private sweep(object: number): void {
    this.statements.forgetBases.run({ object });
    this.statements.forgetObject.run({ object });
  }

  private changeIn({ kind, id, version, base, delta }: StateRow): Change {
    const where = `${this.db.name}: the past of ${kind} ${id}`;
    const value = inTodaysShape(where, kind, version, () => withDelta(base, delta));
    return { kind, value, live: true } as Change;
  }
}

type ObjectRow = {
  readonly number: number;
  readonly base: number;
  readonly version: number;
  readonly state: string;
};
type StateRow = {
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
  readonly base: string;
  readonly delta: string;
};
type Delta = { readonly base: number | bigint; readonly delta: string };
type Statements = Readonly<
  Record<
    | 'findObject'
    | 'putObject'
    | 'putBase'
    | 'dropFrom'
    | 'close'
    | 'put'
    | 'asOf'
    | 'forget'
    | 'forgetBases'
    | 'forgetObject',
    Statement
  >
>;

function prepareAll(db: Database): Statements {
  return {
    findObject: db.prepare(FIND_OBJECT),
    putObject: db.prepare('INSERT INTO past_object (cell, app, kind, id) VALUES (@cell, @app, @kind, @id)'),
    putBase: db.prepare('INSERT INTO past_base (object, version, state) VALUES (@object, @version, @state)'),
    dropFrom: db.prepare('DELETE FROM past WHERE object = @object AND since >= @at'),
    close: db.prepare(CLOSE),
    put: db.prepare('INSERT INTO past (object, since, base, delta) VALUES (@object, @at, @base, @delta)'),
    asOf: db.prepare(AS_OF),
    forget: db.prepare(FORGET).pluck(),
    forgetBases: db.prepare(FORGET_BASES),
    forgetObject: db.prepare(
      'DELETE FROM past_object WHERE number = @object AND NOT EXISTS (SELECT 1 FROM past WHERE object = @object)',
    ),
  };
}
