import type { Database } from 'better-sqlite3';
import type { AppId, ConversationId, EventId, Instant } from '../../domain/ids';
import { subjectsOver, type EventRecord, type SetAsidePage } from '../../ports/events';
import type { EventBatch, EventsRestored, Undelivered } from '../../ports/storage';
import type { BatchOnRecord } from './condensed-batches';
import * as sql from './event-sql';
import { prepared, type Statements } from './sqlite-statements';

const SQL = {
  put: `
    INSERT INTO event (app, id, cell, event, at, agent, task, conversation, body)
    VALUES (@app, @id, @cell, @event, @at, @agent, @task, @conversation, @body)`,
  count: `
    INSERT INTO event_sequence (cell, subject, last) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET last = excluded.last`,
  uncount: 'DELETE FROM event_sequence WHERE cell = ? AND subject = ?',
  deliver: `
    INSERT INTO delivery (app, url, event, cell) VALUES (@app, @url, @event, @cell)
    ON CONFLICT DO UPDATE SET problem = NULL, given_up_at = NULL`,
  giveUp: `
    UPDATE delivery SET problem = @problem, given_up_at = @at WHERE app = @app AND url = @url AND event = @event`,
  delivered: 'DELETE FROM delivery WHERE app = ? AND url = ? AND event = ?',
  setLast: 'UPDATE writer SET last_event = ? WHERE cell = ?',
  last: sql.LAST_EVENT,
  sequences: sql.SEQUENCES,
  undelivered: sql.UNDELIVERED,
  after: sql.EVENTS_AFTER,
  ofConversation: sql.EVENTS_OF_CONVERSATION,
  find: sql.FIND_EVENT,
  toDeliver: sql.EVENTS_TO_DELIVER,
  setAside: sql.SET_ASIDE,
  countSetAside: sql.COUNT_SET_ASIDE,
  forgetSetAside: sql.FORGET_SET_ASIDE,
  forgetEvents: sql.FORGET_EVENTS,
  forgotten: 'SELECT last FROM event_forgotten WHERE app = @app',
  /** Told again, the later one counts. */
  setForgotten: `
    INSERT INTO event_forgotten AS known (app, last) VALUES (@app, @last)
    ON CONFLICT (app) DO UPDATE SET last = excluded.last WHERE excluded.last > known.last`,
};

/** What was told, and what of it still has to be delivered. */
export class SqliteEvents {
  private readonly statements: Statements<typeof SQL>;

  constructor(
    db: Database,
    private readonly cell: string,
  ) {
    this.statements = prepared(db, SQL);
  }

  /** To be called in the transaction of the batch. */
  put({ events, changes, deliveries, settled }: Pick<BatchOnRecord, keyof EventBatch>): void {
    const { cell } = this;
    const { put, count, setLast, uncount, deliver, giveUp, delivered } = this.statements;
    for (const { numbered, id, app, event, at, agent, task, conversation, body } of events) {
      put.run({ cell, id, app, event, at, agent, task, conversation, body });
      if (numbered !== null) count.run(cell, numbered.by, numbered.as);
    }
    if (events.length > 0) setLast.run(events.at(-1)!.id, cell);
    for (const subject of subjectsOver(changes, events)) uncount.run(cell, subject);
    for (const each of deliveries) deliver.run({ cell, ...each });
    for (const each of settled) {
      if (each.problem === null) delivered.run(each.app, each.url, each.event);
      else giveUp.run(each);
    }
  }

  restored(): EventsRestored {
    const { last, sequences, undelivered } = this.statements;
    const { cell } = this;
    const counted = sequences.all({ cell }) as readonly { readonly subject: string; readonly last: number }[];
    return {
      lastEvent: last.pluck().get({ cell }) as EventId | null,
      sequences: new Map(counted.map((each) => [each.subject, each.last])),
      undelivered: undelivered.all({ cell }) as readonly Undelivered[],
    };
  }

  after(app: AppId, after: EventId, limit: number): readonly EventRecord[] {
    const { cell } = this;
    return this.statements.after.all({ cell, app, after, limit }) as readonly EventRecord[];
  }

  ofConversation(app: AppId, id: ConversationId): readonly EventRecord[] {
    return this.statements.ofConversation.all({ app, id }) as readonly EventRecord[];
  }

  find(app: AppId, id: EventId): EventRecord | undefined {
    return this.statements.find.get({ app, id }) as EventRecord | undefined;
  }

  toDeliver(app: AppId, url: string, after: EventId | null, limit: number): readonly EventRecord[] {
    const { cell } = this;
    return this.statements.toDeliver.all({ cell, app, url, after: after ?? '', limit }) as readonly EventRecord[];
  }

  setAside(app: AppId, offset: number, limit: number): SetAsidePage {
    const { setAside, countSetAside } = this.statements;
    const rows = setAside.all({ app, offset, limit }) as readonly sql.SetAsideRow[];
    const total = countSetAside.pluck().get({ app }) as number;
    return { total, deliveries: rows.map(sql.setAsideIn) };
  }

  forget(before: Instant): number {
    const { forgetSetAside, forgetEvents, setForgotten } = this.statements;
    const setAside = forgetSetAside.all({ before });
    const events = forgetEvents.all({ before }) as readonly sql.Forgotten[];
    for (const each of sql.lastForgotten(events)) setForgotten.run(each);
    return setAside.length + events.length;
  }

  lastForgotten(app: AppId): EventId | null {
    return (this.statements.forgotten.pluck().get({ app }) as EventId | undefined) ?? null;
  }
}
