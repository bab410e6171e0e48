import type { Database, Transaction } from 'better-sqlite3';
import type { AppId } from '../../domain/ids';
import type { Change } from '../../domain/world';
import { Superseded, type Batch, type KeptAnswer, type PastChange } from '../../ports/storage';
import { condensed, onRecord, type BatchOnRecord } from './condensed-batches';
import { expectKnown, inTodaysShape, SHAPE_VERSION, storedEffect, undamaged } from './shapes';
import type { SqliteReads } from './sqlite-reads';
import { prepared, type Statements } from './sqlite-statements';
import { keptAnswer, storedAnswer } from './stored-answer';
import { parseStored, toStored } from './stored-json';

/** How long a batch may wait for others with which it goes into the tables. */
export const CARRY_OVER_MS = 100;
/** So many wait for no others. */
const MOST_WAITING = 64;
/** One that says more goes into the tables at once: as one text it might be too long, as after an hour without a store. */
const MOST_IN_TEXT = 2_000;
/** So long after a failure nothing tries it again: each attempt may wait for another program, and the process with it. */
const PAUSE_MS = 250;

const SQL = {
  writer: 'SELECT id FROM writer WHERE cell = ?',
  /** Only as long as nobody else has taken over. */
  put: `
    INSERT INTO batch (cell, number, version, batch)
    SELECT cell, @number, ${SHAPE_VERSION}, @text FROM writer WHERE cell = @cell AND id = @writer`,
  all: 'SELECT number, version, batch FROM batch WHERE cell = ? ORDER BY number',
  clear: 'DELETE FROM batch WHERE cell = ?',
};

/** Batches that are on record, each as one text, and not in the tables yet. */
export class SqliteBatches {
  private readonly statements: Statements<typeof SQL>;
  private readonly carry: Transaction<(batches: readonly BatchOnRecord[]) => void>;
  private waiting: readonly BatchOnRecord[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** Why they could not go into the tables when it was time. */
  private failure: { readonly error: unknown; readonly until: number } | undefined;

  /** `write`: into the tables. False: another writer has taken over, and all that was on record with it. */
  constructor(
    private readonly db: Database,
    private readonly cell: string,
    private readonly reads: SqliteReads,
    private readonly write: (batches: readonly BatchOnRecord[]) => boolean,
    private readonly delayMs: number,
  ) {
    this.statements = prepared(db, SQL);
    this.carry = db.transaction((batches: readonly BatchOnRecord[]) => this.intoTables(batches));
  }

  /** @throws Superseded when another writer has taken over, and whatever SQLite throws: then nothing was put. */
  put(given: Batch, writer: number): void {
    const batch = onRecord(given);
    this.reads.end();
    if (this.failure !== undefined || this.waiting.length >= MOST_WAITING) this.carryOver();
    const { number, changes, effects, events } = batch;
    if (changes.length + effects.length + events.length > MOST_IN_TEXT) {
      this.expectWriter(writer);
      return this.carryOver([...this.waiting, batch]);
    }
    const put = this.statements.put.run({ number, cell: this.cell, writer, text: toStored(batch) });
    if (put.changes === 0) this.expectWriter(writer);
    this.waiting = [...this.waiting, batch];
    this.timer ??= setTimeout(() => this.carryOverIfPossible(), this.delayMs);
  }

  /** @throws Superseded */
  expectWriter(writer: number): void {
    const id = this.statements.writer.pluck().get(this.cell) as number;
    if (id !== writer) throw new Superseded(`writer ${id} took over`);
  }

  /** Before anything is read from the tables. @throws what SQLite throws, and what it has thrown a moment ago. */
  carryOver(batches = this.waiting): void {
    if (batches.length === 0) return;
    if (this.failure !== undefined && performance.now() < this.failure.until) throw this.failure.error;
    try {
      this.reads.end();
      this.carry.immediate(batches);
    } catch (error) {
      this.failure = { error, until: performance.now() + PAUSE_MS };
      throw error;
    }
    this.forget();
  }

  /** What is on record is brought into the tables as part of a transaction, and found in their order. */
  takeOver(): readonly BatchOnRecord[] {
    const left = (this.statements.all.all(this.cell) as readonly Row[]).map((row) => this.read(row));
    this.intoTables(left);
    return left;
  }

  /** In memory: it is in the tables, or left for the next to open the store. */
  forget(): void {
    this.waiting = [];
    this.failure = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** What they say of an answer; null: it was withdrawn; undefined: nothing. */
  findAnswer(app: AppId, key: string): KeptAnswer | null | undefined {
    const isIt = (each: { readonly app: AppId; readonly key: string }): boolean =>
      each.app === app && each.key === key;
    for (const { answers, withdrawn } of [...this.waiting].reverse()) {
      const found = answers.findLast(isIt);
      if (found !== undefined) return keptAnswer(storedAnswer(found));
      if (withdrawn.some(isIt)) return null;
    }
    return undefined;
  }

  private carryOverIfPossible(): void {
    this.timer = undefined;
    try {
      this.carryOver();
    } catch {
      // The next commit or reading tries it again, and tells.
    }
  }

  private intoTables(batches: readonly BatchOnRecord[]): void {
    if (batches.length === 0) return;
    if (this.write(condensed(batches))) this.statements.clear.run(this.cell);
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
