import { Pool, type Client } from 'pg';
import type { Conversation } from '../../domain/conversation/conversation';
import type { AppId, ConversationId, EventId, Instant, QueueTaskId } from '../../domain/ids';
import type { QueueTask } from '../../domain/queue/queue-task';
import type { Aggregates, Change, Kind } from '../../domain/world';
import type { EventRecord, SetAsidePage } from '../../ports/events';
import {
  Superseded,
  type Batch,
  type ConversationPage,
  type ConversationQuery,
  type KeptAnswer,
  type Restored,
  type Storage,
} from '../../ports/storage';
import { PostgresAnswers } from './postgres-answers';
import { explainedPostgres, isPassing, unavailable } from './postgres-failure';
import { PostgresEvents } from './postgres-events';
import { forgetHistory, putHistory, searchable } from './postgres-history';
import { PostgresPast } from './postgres-past';
import { SCHEMA } from './postgres-schema';
import { ask, clientConfig, PostgresSession, within, type PostgresAddress } from './postgres-session';
import { inTodaysShape, SHAPE_VERSION, storedEffect } from './shapes';
import { countOf, FORGET_ENDED, pageOf } from './shared-sql';
import { parseStored, toStored } from './stored-json';

const READERS = 4;
/** For a page, and each slice of what was. */
const READ_MS = 4_000;

const TAKE_OVER = `
  INSERT INTO writer AS known (cell, id, last_batch) VALUES (@cell, 1, 0)
  ON CONFLICT (cell) DO UPDATE SET id = known.id + 1 RETURNING id, last_batch`;
const TAKE_TURN = `
  UPDATE writer SET last_batch = @number WHERE cell = @cell AND id = @writer AND last_batch = @number::bigint - 1
  RETURNING id`;
const PUT_AGGREGATES = `
  INSERT INTO aggregate AS known (kind, id, cell, app, live, over_since, position, version, state)
  SELECT kind, id, @cell, app, live, CASE WHEN live THEN NULL ELSE @at::bigint END, position, ${SHAPE_VERSION}, state
  FROM unnest(@kinds::text[], @ids::text[], @apps::text[], @lives::boolean[], @positions::bigint[], @states::text[])
    AS told (kind, id, app, live, position, state)
  ON CONFLICT (kind, id, cell) DO UPDATE SET live = excluded.live, over_since = excluded.over_since,
    version = excluded.version, state = excluded.state,
    position = CASE WHEN known.live THEN known.position ELSE excluded.position END`;
const LOG_EFFECTS = `
  INSERT INTO effect (cell, id, effect) SELECT @cell, id, effect
  FROM unnest(@ids::text[], @effects::text[]) WITH ORDINALITY AS told (id, effect, place) ORDER BY place`;
const LIVE =
  'SELECT kind, id, position, version, state FROM aggregate WHERE cell = @cell AND live ORDER BY position';
const FIND = `
  SELECT id, version, state FROM aggregate WHERE kind = @kind AND id = @id AND app = @app ORDER BY live DESC LIMIT 1`;

/**
 * A store in a database that several cells may share. One connection writes, and keeps other processes away from the
 * cell; a few others read. Every commit is on the server's disk when it settles.
 */
export class PostgresStorage implements Storage {
  readonly name: string;
  private readonly session: PostgresSession;
  private readonly readers: Pool;
  private readonly past: PostgresPast;
  private readonly events: PostgresEvents;
  private readonly answers: PostgresAnswers;
  private lastPosition = 0;

  constructor(
    private readonly address: PostgresAddress,
    private readonly cell: string,
    isExclusive: boolean,
  ) {
    this.name = `${address.name}, cell ${cell}`;
    this.session = new PostgresSession(address, { cell, isExclusive });
    this.past = new PostgresPast(cell, address.name);
    this.events = new PostgresEvents(cell);
    this.answers = new PostgresAnswers(cell);
    const options = `-c search_path=${SCHEMA} -c statement_timeout=30s`;
    this.readers = new Pool({ ...clientConfig(address), options, query_timeout: READ_MS, max: READERS });
    this.readers.on('error', () => undefined); // One that nobody uses was lost; the next one asks for another.
  }

  /** Runs on the connection that writes, before `open`. */
  prepare(work: (client: Client) => Promise<void>): Promise<void> {
    return this.session.run(work, 60_000);
  }

  async open(): Promise<Restored> {
    try {
      const restored = await this.session.run((client) => this.takeOver(client), 60_000);
      this.session.watch();
      return restored;
    } catch (error) {
      throw explainedPostgres(this.address.name, error);
    }
  }

  commit(batch: Batch): Promise<void> {
    const { changes, past, effects, events, deliveries, settled, answers } = batch;
    const written = [changes, past, effects, events, deliveries, settled, answers];
    const rows = written.reduce((sum, { length }) => sum + length, 0);
    return this.session.transaction(rows, (client) => this.write(client, batch));
  }

  isAvailable(): boolean {
    return this.session.isAvailable;
  }

  async findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined> {
    return this.find('conversations', app, id);
  }

  async findTask(app: AppId, id: QueueTaskId): Promise<QueueTask | undefined> {
    return this.find('queueTasks', app, id);
  }

  async listConversations(query: ConversationQuery): Promise<ConversationPage> {
    const { telnumber } = query;
    const values = { ...query, telnumber: telnumber && searchable(telnumber) };
    return this.reading(async (pool) => {
      const rows = await ask<StoredState>(pool, pageOf(query), values);
      const [count] = await ask<{ readonly total: number }>(pool, countOf(query), values);
      return { total: count!.total, conversations: rows.map((row) => this.parsed('conversations', row)) };
    });
  }

  async asOf(app: AppId, at: Instant): Promise<readonly Change[]> {
    return this.reading((pool) => this.past.asOf(pool, app, at));
  }

  forgetBefore(at: Instant): Promise<number> {
    return this.session.transaction(0, (client) => this.past.forgetBefore(client, at));
  }

  forgetEnded(before: Instant): Promise<number> {
    return this.session.transaction(0, async (client) => {
      const ended = await ask<{ readonly kind: Kind; readonly id: string }>(client, FORGET_ENDED, { before });
      await forgetHistory(
        client,
        ended.filter(({ kind }) => kind === 'conversations').map(({ id }) => id),
      );
      return ended.length + (await this.events.forget(client, before));
    });
  }

  async findAnswer(app: AppId, key: string): Promise<KeptAnswer | undefined> {
    return this.reading((pool) => this.answers.find(pool, app, key));
  }

  forgetAnswers(before: Instant): Promise<number> {
    return this.session.transaction(0, (client) => this.answers.forget(client, before));
  }

  async eventsAfter(app: AppId, event: EventId, limit: number): Promise<readonly EventRecord[]> {
    return this.reading((pool) => this.events.after(pool, app, event, limit));
  }

  async lastForgottenEvent(app: AppId): Promise<EventId | null> {
    return this.reading((pool) => this.events.lastForgotten(pool, app));
  }

  async eventsOf(app: AppId, id: ConversationId): Promise<readonly EventRecord[]> {
    return this.reading((pool) => this.events.ofConversation(pool, app, id));
  }

  async findEvent(app: AppId, id: EventId): Promise<EventRecord | undefined> {
    return this.reading((pool) => this.events.find(pool, app, id));
  }

  async eventsToDeliver(
    app: AppId,
    url: string,
    after: EventId | null,
    limit: number,
  ): Promise<readonly EventRecord[]> {
    return this.reading((pool) => this.events.toDeliver(pool, { app, url, after, limit }));
  }

  async deliveriesSetAside(app: AppId, offset: number, limit: number): Promise<SetAsidePage> {
    return this.reading((pool) => this.events.setAside(pool, app, offset, limit));
  }

  async close(): Promise<void> {
    await this.session.close();
    await within(READ_MS, this.readers.end()).catch(() => undefined); // The process ends anyway.
  }

  private async takeOver(client: Client): Promise<Restored> {
    const { cell } = this;
    const [taken] = await ask<WriterRow>(client, TAKE_OVER, { cell });
    this.session.writer = taken!.id;
    const rows = await ask<LiveRow>(client, LIVE, { cell });
    this.lastPosition = rows.at(-1)?.position ?? 0;
    const effects = await ask<{ readonly id: string; readonly effect: string }>(
      client,
      'SELECT id, effect FROM effect WHERE cell = @cell ORDER BY position',
      { cell },
    );
    return {
      lastBatch: taken!.last_batch,
      aggregates: rows.map((row) => ({ kind: row.kind, value: this.parsed(row.kind, row), live: true }) as Change),
      effects: effects.map(({ id, effect }) => ({
        id,
        effect: storedEffect(`${this.address.name}: effect ${id}`, effect),
      })),
      ...(await this.events.restored(client)),
    };
  }

  private async write(client: Client, batch: Batch): Promise<void> {
    const { number, at, changes, past, effects, done } = batch;
    const { cell } = this;
    const { writer } = this.session;
    if (writer === null) throw new Error('not open');
    const turn = await ask(client, TAKE_TURN, { number, cell, writer });
    if (turn.length === 0) return this.refuseUnlessWritten(client, number);

    if (changes.length > 0) await this.putAggregates(client, at, changes);
    await putHistory(client, cell, conversationsIn(changes));
    await this.past.put(client, past);
    if (effects.length > 0) {
      const texts = effects.map(({ effect }) => toStored(effect));
      await ask(client, LOG_EFFECTS, { cell, ids: effects.map(({ id }) => id), effects: texts });
    }
    if (done.length > 0)
      await ask(client, 'DELETE FROM effect WHERE cell = @cell AND id = ANY(@done)', { cell, done });
    await this.events.put(client, batch);
    await this.answers.put(client, batch);
  }

  private async putAggregates(client: Client, at: Instant, changes: readonly Change[]): Promise<void> {
    const rows = changes.map(({ kind, value, live }, index) => {
      const app = 'app' in value ? value.app : '';
      return { kind, id: value.id, app, live, position: this.lastPosition + 1 + index, state: toStored(value) };
    });
    this.lastPosition += rows.length;
    await ask(client, PUT_AGGREGATES, {
      cell: this.cell,
      at,
      kinds: rows.map(({ kind }) => kind),
      ids: rows.map(({ id }) => id),
      apps: rows.map(({ app }) => app),
      lives: rows.map(({ live }) => live),
      positions: rows.map(({ position }) => position),
      states: rows.map(({ state }) => state),
    });
  }

  private async refuseUnlessWritten(client: Client, number: number): Promise<void> {
    const sql = 'SELECT id, last_batch FROM writer WHERE cell = @cell';
    const [row] = await ask<WriterRow>(client, sql, { cell: this.cell });
    if (row?.id !== this.session.writer) throw new Superseded(`writer ${row?.id} took over`);
    if (number > row.last_batch) throw new Error(`batch ${number} does not follow ${row.last_batch}`);
  }

  private async find<Of extends Kind>(
    kind: Of,
    app: AppId,
    id: Aggregates[Of]['id'],
  ): Promise<Aggregates[Of] | undefined> {
    return this.reading(async (pool) => {
      const [row] = await ask<StoredState>(pool, FIND, { kind, id, app });
      return row && this.parsed(kind, row);
    });
  }

  private async reading<Result>(read: (pool: Pool) => Promise<Result>): Promise<Result> {
    try {
      return await read(this.readers);
    } catch (error) {
      if (!isPassing(error)) throw error;
      throw unavailable(this.address.name, error);
    }
  }

  private parsed<Of extends Kind>(kind: Of, { id, version, state }: StoredState): Aggregates[Of] {
    return inTodaysShape(`${this.address.name}: ${kind} ${id}`, kind, version, () => parseStored(state));
  }
}

function conversationsIn(changes: readonly Change[]): readonly Conversation[] {
  return changes.flatMap(({ kind, value }) => (kind === 'conversations' ? [value] : []));
}

type WriterRow = { readonly id: number; readonly last_batch: number };
type StoredState = { readonly id: string; readonly version: number; readonly state: string };
type LiveRow = StoredState & { readonly kind: Kind; readonly position: number };
