import type { Database } from 'better-sqlite3';
import { resolve } from 'node:path';
import type { Conversation } from '../../domain/conversation/conversation';
import type { AppId, ConversationId, EventId, Instant, QueueTaskId } from '../../domain/ids';
import type { QueueTask } from '../../domain/queue/queue-task';
import type { Aggregates, Change, Kind } from '../../domain/world';
import type { EventRecord, SetAsidePage } from '../../ports/events';
import {
  StorageUnusable,
  type Batch,
  type ConversationPage,
  type ConversationQuery,
  type KeptAnswer,
  type Restored,
  type Storage,
} from '../../ports/storage';
import { codeOf, explained, forTheMoment, lockSqlite, openSqliteFile, SqliteDisk } from './sqlite-file';
import { inTodaysShape, SHAPE_VERSION, storedEffect } from './shapes';
import type { BatchOnRecord } from './condensed-batches';
import { SqliteAnswers } from './sqlite-answers';
import { SqliteEvents } from './sqlite-events';
import { FORGET_ENDED } from './shared-sql';
import { CARRY_OVER_MS, SqliteBatches } from './sqlite-batches';
import { SqliteHistory } from './sqlite-history';
import { SqlitePast } from './sqlite-past';
import { SqliteReads } from './sqlite-reads';
import { prepared, type Statements } from './sqlite-statements';
import { parseStored, toStored } from './stored-json';

const SQL = {
  takeOver: `
    INSERT INTO writer (cell, id, last_batch) VALUES (@cell, 1, 0)
    ON CONFLICT (cell) DO UPDATE SET id = id + 1 RETURNING id, last_batch`,
  takeTurn: 'UPDATE writer SET last_batch = @number WHERE cell = @cell AND id = @writer',
  lastPosition: 'SELECT coalesce(max(position), 0) FROM aggregate WHERE cell = ? AND live = 1',
  put: `
    INSERT INTO aggregate (kind, id, cell, app, live, over_since, position, version, state)
    VALUES (@kind, @id, @cell, @app, @live, @overSince, @position, ${SHAPE_VERSION}, @state)
    ON CONFLICT (kind, id) DO UPDATE SET live = excluded.live, over_since = excluded.over_since,
      version = excluded.version, state = excluded.state,
      position = CASE live WHEN 1 THEN position ELSE excluded.position END`,
  live: 'SELECT kind, id, position, version, state FROM aggregate WHERE cell = ? AND live = 1 ORDER BY position',
  find: 'SELECT id, version, state FROM aggregate WHERE kind = ? AND id = ? AND app = ?',
  log: 'INSERT INTO effect (cell, id, effect) VALUES (?, ?, ?)',
  pending: 'SELECT id, effect FROM effect WHERE cell = ? ORDER BY position',
  forget: 'DELETE FROM effect WHERE cell = ? AND id = ?',
  forgetEnded: FORGET_ENDED,
};

/**
 * Opens the store for this process alone, made if there is none, for the cell of this name.
 * @throws StorageInUse when another process uses it.
 * @throws StorageUnusable that names the file and the reason when it is damaged, not writable, newer than this program,
 *   another program's or another cell's. It is left as it is.
 */
export function openSqlite(file: string, cell: string): SqliteStorage {
  const path = resolve(file);
  const lock = lockSqlite(path);
  try {
    return connectSqlite(path, cell, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Without the lock that keeps other processes out: what is left is the order of writers that `Storage` promises. */
export function connectSqlite(
  file: string,
  cell: string,
  closed: () => void = () => undefined,
  carryOverMs = CARRY_OVER_MS,
): SqliteStorage {
  const db = openSqliteFile(file);
  try {
    return new SqliteStorage(db, cell, closed, carryOverMs);
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * `open` reads only what lives. Every commit is on the disk when it settles: as one text, so that it takes four pages of
 * the disk in the place of some thirty. Into the tables go several batches together, before anything is read from them.
 */
class SqliteStorage implements Storage {
  /** Of the file: asking the database costs as much as reading a row. */
  readonly name: string;
  private readonly statements: Statements<typeof SQL>;
  private readonly history: SqliteHistory;
  private readonly past: SqlitePast;
  private readonly events: SqliteEvents;
  private readonly answers: SqliteAnswers;
  private readonly batches: SqliteBatches;
  private readonly disk: SqliteDisk;
  private readonly reads: SqliteReads;
  private writer: number | null = null;
  private lastBatch = 0;
  private lastPosition = 0;

  constructor(
    private readonly db: Database,
    private readonly cell: string,
    private readonly closed: () => void,
    carryOverMs: number,
  ) {
    const other = db.prepare('SELECT cell FROM writer WHERE cell <> ?').pluck().get(cell) as string | undefined;
    if (other !== undefined) {
      throw new StorageUnusable(`${db.name} belongs to the cell "${other}", not to "${cell}": change PARLEY_CELL`);
    }
    this.statements = prepared(db, SQL);
    this.history = new SqliteHistory(db, cell);
    this.past = new SqlitePast(db, cell);
    this.events = new SqliteEvents(db, cell);
    this.answers = new SqliteAnswers(db, cell);
    this.reads = new SqliteReads(db);
    this.batches = new SqliteBatches(db, cell, this.reads, (batches) => this.writeAll(batches), carryOverMs);
    this.disk = new SqliteDisk(db);
    this.name = db.name;
  }

  async open(): Promise<Restored> {
    this.reads.end();
    const restored = explained(this.name, () => this.db.transaction(() => this.takeOver()).immediate());
    this.batches.forget();
    return restored;
  }

  /** Where it is not known how it ended, what it wrote may be found whole when the file is next opened. */
  async commit(batch: Batch): Promise<void> {
    forTheMoment(`${this.name}: batch ${batch.number}`, () => this.record(batch));
    await this.disk.sync();
  }

  /** The file is here, and what it cannot take now shows when it is tried. */
  isAvailable(): boolean {
    return true;
  }

  async findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined> {
    return this.find('conversations', app, id);
  }

  async findTask(app: AppId, id: QueueTaskId): Promise<QueueTask | undefined> {
    return this.find('queueTasks', app, id);
  }

  async listConversations(query: ConversationQuery): Promise<ConversationPage> {
    return this.read(() => {
      const rows = this.history.page(query) as readonly StoredState[];
      const conversations = rows.map((row) => this.parsed('conversations', row));
      return { total: this.history.count(query), conversations };
    });
  }

  async asOf(app: AppId, at: Instant): Promise<readonly Change[]> {
    this.carryOver();
    return this.past.asOf(app, at);
  }

  async forgetBefore(at: Instant): Promise<number> {
    return this.forget(() => this.past.forgetBefore(at));
  }

  async forgetEnded(before: Instant): Promise<number> {
    return this.forget(() => this.db.transaction(() => this.dropEnded(before)).immediate());
  }

  async findAnswer(app: AppId, key: string): Promise<KeptAnswer | undefined> {
    const waiting = this.batches.findAnswer(app, key);
    if (waiting === undefined) return await this.readTables(() => this.answers.find(app, key));
    await this.disk.settled();
    return waiting ?? undefined;
  }

  async forgetAnswers(before: Instant): Promise<number> {
    return this.forget(() => this.answers.forget(before));
  }

  async eventsAfter(app: AppId, event: EventId, limit: number): Promise<readonly EventRecord[]> {
    return this.read(() => this.events.after(app, event, limit));
  }

  async lastForgottenEvent(app: AppId): Promise<EventId | null> {
    return this.read(() => this.events.lastForgotten(app));
  }

  async eventsOf(app: AppId, id: ConversationId): Promise<readonly EventRecord[]> {
    return this.read(() => this.events.ofConversation(app, id));
  }

  async findEvent(app: AppId, id: EventId): Promise<EventRecord | undefined> {
    return this.read(() => this.events.find(app, id));
  }

  async eventsToDeliver(
    app: AppId,
    url: string,
    after: EventId | null,
    limit: number,
  ): Promise<readonly EventRecord[]> {
    return this.read(() => this.events.toDeliver(app, url, after, limit));
  }

  async deliveriesSetAside(app: AppId, offset: number, limit: number): Promise<SetAsidePage> {
    return this.read(() => this.events.setAside(app, offset, limit));
  }

  async close(): Promise<void> {
    if (!this.db.open) return;
    this.reads.end();
    try {
      this.batches.carryOver();
    } catch {
      this.batches.forget(); // It stays on record, and the next to open the store finds it there.
    }
    this.db.close();
    await this.disk.close();
    this.closed();
  }

  private takeOver(): Restored {
    const { takeOver, lastPosition, live, pending } = this.statements;
    const { id, last_batch: lastBatch } = takeOver.get({ cell: this.cell }) as WriterRow;
    this.writer = id;
    this.lastPosition = lastPosition.pluck().get(this.cell) as number;
    this.lastBatch = this.takeOverBatches() ?? lastBatch;
    const rows = live.all(this.cell) as readonly LiveRow[];
    const effects = pending.all(this.cell) as readonly EffectRow[];
    return {
      lastBatch: this.lastBatch,
      aggregates: rows.map((row) => ({ kind: row.kind, value: this.parsed(row.kind, row), live: true }) as Change),
      effects: effects.map(({ id, effect }) => ({
        id,
        effect: storedEffect(`${this.name}: effect ${id}`, effect),
      })),
      ...this.events.restored(),
    };
  }

  /** The number of the last one, if there are any. What they say that the tables do not take, nobody can put right here. */
  private takeOverBatches(): number | undefined {
    try {
      return this.batches.takeOver().at(-1)?.number;
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_CONSTRAINT')) throw error;
      const reason = (error as Error).message;
      throw new StorageUnusable(`${this.name}: batches on record do not go into the tables (${reason})`, {
        cause: error,
      });
    }
  }

  /** Nobody is shown what a crash could still take back. */
  private async read<Result>(select: () => Result): Promise<Result> {
    this.carryOver();
    return await this.readTables(select);
  }

  /** For what batches that wait have nothing to say of. */
  private async readTables<Result>(select: () => Result): Promise<Result> {
    const found = forTheMoment(this.name, () => this.reads.read(select));
    await this.disk.settled();
    return found;
  }

  private forget(forget: () => number): number {
    this.reads.end();
    this.carryOver();
    return forTheMoment(this.name, forget);
  }

  private carryOver(): void {
    forTheMoment(this.name, () => this.batches.carryOver());
  }

  private find<Of extends Kind>(
    kind: Of,
    app: AppId,
    id: Aggregates[Of]['id'],
  ): Promise<Aggregates[Of] | undefined> {
    return this.read(() => {
      const row = this.statements.find.get(kind, id, app) as StoredState | undefined;
      return row && this.parsed(kind, row);
    });
  }

  private record(batch: Batch): void {
    const { writer, lastBatch, batches } = this;
    if (writer === null) throw new Error('not open');
    if (batch.number > lastBatch + 1) throw new Error(`batch ${batch.number} does not follow ${lastBatch}`);
    if (batch.number <= lastBatch) return batches.expectWriter(writer); // It is on record.
    batches.put(batch, writer);
    this.lastBatch = batch.number;
  }

  private writeAll(batches: readonly BatchOnRecord[]): boolean {
    const turn = { number: batches.at(-1)!.number, cell: this.cell, writer: this.writer };
    if (this.statements.takeTurn.run(turn).changes === 0) return false;
    for (const batch of batches) this.write(batch);
    return true;
  }

  private write(batch: BatchOnRecord): void {
    const { at, changes, past, effects, done } = batch;
    const { cell, statements } = this;
    const { put, log, forget } = statements;
    for (const { kind, value, live } of changes) {
      const app = 'app' in value ? value.app : '';
      const position = ++this.lastPosition;
      const life = live ? { live: 1, overSince: null } : { live: 0, overSince: at };
      put.run({ kind, id: value.id, cell, app, ...life, position, state: toStored(value) });
      if (kind === 'conversations') this.history.put(value);
    }
    this.past.put(past);
    for (const { id, effect } of effects) log.run(cell, id, toStored(effect));
    for (const id of done) forget.run(cell, id);
    this.events.put(batch);
    this.answers.put(batch);
  }

  private dropEnded(before: Instant): number {
    const ended = this.statements.forgetEnded.all({ before }) as readonly {
      readonly kind: Kind;
      readonly id: string;
    }[];
    this.history.forget(ended.filter(({ kind }) => kind === 'conversations').map(({ id }) => id));
    return ended.length + this.events.forget(before);
  }

  private parsed<Of extends Kind>(kind: Of, { id, version, state }: StoredState): Aggregates[Of] {
    return inTodaysShape(`${this.name}: ${kind} ${id}`, kind, version, () => parseStored(state));
  }
}

type WriterRow = { readonly id: number; readonly last_batch: number };
type StoredState = { readonly id: string; readonly version: number; readonly state: string };
type LiveRow = StoredState & { readonly kind: Kind; readonly position: number };
type EffectRow = { readonly id: string; readonly effect: string };
