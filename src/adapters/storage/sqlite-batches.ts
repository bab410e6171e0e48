import type { Database, Statement } from 'better-sqlite3';
import type { Change } from '../../domain/world';
import { Superseded, type PastChange } from '../../ports/storage';
import type { BatchOnRecord } from './condensed-batches';
import { expectKnown, inTodaysShape, SHAPE_VERSION, storedEffect, undamaged } from './shapes';
import { parseStored, toStored } from './stored-json';

/** Only as long as nobody else has taken over. */
const PUT = `
  INSERT INTO batch (number, cell, version, batch)
  SELECT @number, cell, ${SHAPE_VERSION}, @text FROM writer WHERE cell = @cell AND id = @writer`;

/** Batches that are on record, and not in the tables yet. */
export class SqliteBatches {
  private readonly statements: Readonly<Record<'writer' | 'put' | 'all' | 'clear', Statement>>;

  constructor(
    private readonly db: Database,
    private readonly cell: string,
  ) {
    this.statements = {
      writer: db.prepare('SELECT id FROM writer WHERE cell = ?').pluck(),
      put: db.prepare(PUT),
      all: db.prepare('SELECT number, version, batch FROM batch WHERE cell = ? ORDER BY number'),
      clear: db.prepare('DELETE FROM batch WHERE cell = ?'),
    };
  }

  /** @throws Superseded when another writer has taken over: nothing was put. */
  put(batch: BatchOnRecord, writer: number): void {
    const { number } = batch;
    const put = this.statements.put.run({ number, cell: this.cell, writer, text: toStored(batch) });
    if (put.changes === 0) this.expectWriter(writer);
  }

  /** @throws Superseded */
  expectWriter(writer: number): void {
    const id = this.statements.writer.get(this.cell) as number;
    if (id !== writer) throw new Superseded(`writer ${id} took over`);
  }

  /** In their order, in the shapes of today. */
  all(): readonly BatchOnRecord[] {
    return (this.statements.all.all(this.cell) as readonly Row[]).map((row) => this.read(row));
  }

  /** To be called in the transaction that brings all of them into the tables. */
  clear(): void {
    this.statements.clear.run(this.cell);
  }

  private read({ number, version, batch: text }: Row): BatchOnRecord {
    const where = `${this.db.name}: batch ${number}`;
    expectKnown(where, version);
    const batch = undamaged(where, () => parseStored(text)) as BatchOnRecord;
    const lifted = ({ kind, value, live }: Change): Change =>
      ({ kind, value: inTodaysShape(where, kind, version, () => value), live }) as Change;
    return {
      ...batch,
      changes: batch.changes.map(lifted),
      past: batch.past.map(({ at, change }): PastChange => ({ at, change: lifted(change) })),
      effects: batch.effects.map(({ id, effect }) => ({ id, effect: storedEffect(where, toStored(effect)) })),
    };
  }
}

type Row = { readonly number: number; readonly version: number; readonly batch: string };
