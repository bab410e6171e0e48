import type { Database } from 'better-sqlite3';
import { setImmediate } from 'node:timers/promises';
import type { AppId, Instant } from '../../domain/ids';
import type { Change } from '../../domain/world';
import type { PastChange } from '../../ports/storage';
import { pastChange, pastOfObjects, periodRows, type Base, type ObjectsPast, type StateRow } from './past-periods';
import { SHAPE_VERSION } from './shapes';
import { forgetBases, forgetObjects, FORGET_PAST, PAST_AS_OF, READ_AT_ONCE } from './shared-sql';
import { forTheMoment } from './sqlite-file';
import { AMONG } from './sqlite-history';
import { prepared, type Statements } from './sqlite-statements';

const SQL = {
  findObject: `
    SELECT object.number AS object, base.number, base.version, base.state FROM past_object AS object
    JOIN past_base AS base
      ON base.number = (SELECT max(number) FROM past_base AS any_base WHERE any_base.object = object.number)
    WHERE object.app = @app AND object.kind = @kind AND object.id = @id`,
  addObject: 'INSERT INTO past_object (cell, app, kind, id) VALUES (@cell, @app, @kind, @id)',
  addBase: 'INSERT INTO past_base (object, version, state) VALUES (@object, @version, @state)',
  dropFrom: 'DELETE FROM past WHERE object = @object AND since >= @from',
  close: `
    UPDATE past SET until = @from WHERE object = @object AND (until IS NULL OR until > @from)
      AND since = (SELECT max(since) FROM past AS any_past WHERE any_past.object = @object)`,
  add: 'INSERT INTO past (object, since, until, base, delta) VALUES (@object, @since, @until, @base, @delta)',
  asOf: PAST_AS_OF,
  forget: FORGET_PAST,
  forgetBases: forgetBases(AMONG),
  forgetObjects: forgetObjects(AMONG),
};

/**
 * Every state that agents, extensions and conditions have had, with the time in which it was the latest: after
 * `since`, up to and with `until`. An agent has several for each call and most of it stays the same, so a state is
 * kept as what differs from a base that many share.
 */
export class SqlitePast {
  private readonly statements: Statements<typeof SQL>;

  constructor(
    private readonly db: Database,
    private readonly cell: string,
  ) {
    this.statements = prepared(db, SQL);
  }

  /** To be called in the transaction of the batch. */
  put(past: readonly PastChange[]): void {
    for (const each of pastOfObjects(past)) this.putObject(each);
  }

  /** In slices, between which the process does something else: the past that is read does not change meanwhile. */
  async asOf(app: AppId, at: Instant): Promise<readonly Change[]> {
    const found: Change[] = [];
    let after = { afterKind: '', afterId: '' };
    for (;;) {
      const given = { cell: this.cell, app, at, ...after };
      const rows = forTheMoment(this.db.name, () => this.statements.asOf.all(given)) as readonly StateRow[];
      found.push(...rows.map((row) => pastChange(this.db.name, row)));
      const last = rows.at(-1);
      if (last === undefined || rows.length < READ_AT_ONCE) return found;
      after = { afterKind: last.kind, afterId: last.id };
      await setImmediate();
    }
  }

  forgetBefore(at: Instant): number {
    const forget = this.db.transaction(() => {
      const objects = this.statements.forget.pluck().all({ at }) as readonly number[];
      this.sweep([...new Set(objects)]);
      return objects.length;
    });
    return forget.immediate();
  }

  private putObject(its: ObjectsPast): void {
    const { findObject, addObject, addBase, dropFrom, close, add } = this.statements;
    const { kind, id, app, from } = its;
    const known = findObject.get({ kind, id, app }) as ObjectRow | undefined;
    if (known !== undefined) {
      dropFrom.run({ object: known.object, from });
      close.run({ object: known.object, from });
      if (its.periods.length === 0) return this.sweep([known.object]);
    }
    if (its.periods.length === 0) return;
    const object = known?.object ?? Number(addObject.run({ kind, id, app, cell: this.cell }).lastInsertRowid);
    const keep = (state: string): number =>
      Number(addBase.run({ object, version: SHAPE_VERSION, state }).lastInsertRowid);
    for (const row of periodRows(its, known, keep)) add.run({ object, ...row });
  }

  /** Removes what no state of the objects needs any more; where none is left, the object too. */
  private sweep(objects: readonly number[]): void {
    const among = { objects: JSON.stringify(objects) };
    this.statements.forgetBases.run(among);
    this.statements.forgetObjects.run(among);
  }
}

type ObjectRow = Base & { readonly object: number };
