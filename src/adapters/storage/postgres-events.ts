import type { Client, Pool } from 'pg';
import type { AppId, ConversationId, EventId, Instant } from '../../domain/ids';
import { subjectsOver, type EventRecord, type SetAsidePage } from '../../ports/events';
import type { EventBatch, EventsRestored, Undelivered } from '../../ports/storage';
import * as sql from './event-sql';
import { ask } from './postgres-session';

const PUT = `
  INSERT INTO event (app, id, cell, event, at, agent, task, conversation, body)
  SELECT app, id, @cell, event, at, agent, task, conversation, body
  FROM unnest(@apps::text[], @ids::text[], @events::text[], @ats::bigint[], @agents::text[], @tasks::text[],
    @conversations::text[], @bodies::text[]) AS told (app, id, event, at, agent, task, conversation, body)`;
/** Of several of a subject the last counts. */
const COUNT = `
  INSERT INTO event_sequence (cell, subject, last)
  SELECT @cell, subject, max(last) FROM unnest(@subjects::text[], @lasts::bigint[]) AS told (subject, last) GROUP BY subject
  ON CONFLICT (cell, subject) DO UPDATE SET last = excluded.last`;
const UNCOUNT = 'DELETE FROM event_sequence WHERE cell = @cell AND subject = ANY(@subjects)';
const DELIVER = `
  INSERT INTO delivery (app, url, event, cell)
  SELECT DISTINCT app, url, event, @cell FROM unnest(@apps::text[], @urls::text[], @events::text[]) AS told (app, url, event)
  ON CONFLICT (app, url, event) DO UPDATE SET problem = NULL, given_up_at = NULL,
    cell = CASE WHEN delivery.problem IS NULL THEN delivery.cell ELSE excluded.cell END`;
const DELIVERED = `
  DELETE FROM delivery WHERE (app, url, event) IN
    (SELECT app, url, event FROM unnest(@apps::text[], @urls::text[], @events::text[]) AS told (app, url, event))`;
const GIVE_UP = `
  UPDATE delivery SET problem = told.problem, given_up_at = told.at
  FROM unnest(@apps::text[], @urls::text[], @events::text[], @problems::text[], @ats::bigint[])
    AS told (app, url, event, problem, at)
  WHERE delivery.app = told.app AND delivery.url = told.url AND delivery.event = told.event`;
const FORGOTTEN = 'SELECT last FROM event_forgotten WHERE cell = @cell AND app = @app';
/** Told again, the later one counts. */
const SET_FORGOTTEN = `
  INSERT INTO event_forgotten AS known (cell, app, last) VALUES (@cell, @app, @last)
  ON CONFLICT (cell, app) DO UPDATE SET last = excluded.last WHERE excluded.last > known.last`;

/** What was told, and what of it still has to be delivered. */
export class PostgresEvents {
  constructor(private readonly cell: string) {}

  /** To be called in the transaction of the batch. */
  async put(client: Client, { events, changes, deliveries, settled }: EventBatch): Promise<void> {
    const { cell } = this;
    if (events.length > 0) await this.tell(client, events);
    const subjects = subjectsOver(changes, events);
    if (subjects.length > 0) await ask(client, UNCOUNT, { cell, subjects });
    if (deliveries.length > 0) await ask(client, DELIVER, { cell, ...keysOf(deliveries) });
    const arrived = settled.filter(({ problem }) => problem === null);
    const givenUp = settled.filter(({ problem }) => problem !== null);
    if (arrived.length > 0) await ask(client, DELIVERED, keysOf(arrived));
    if (givenUp.length > 0) {
      const [problems, ats] = [givenUp.map(({ problem }) => problem), givenUp.map(({ at }) => at)];
      await ask(client, GIVE_UP, { ...keysOf(givenUp), problems, ats });
    }
  }

  async restored(client: Client): Promise<EventsRestored> {
    const { cell } = this;
    const [last] = await ask<{ readonly last_event: EventId | null }>(client, sql.LAST_EVENT, { cell });
    const counted = await ask<{ readonly subject: string; readonly last: number }>(client, sql.SEQUENCES, {
      cell,
    });
    return {
      lastEvent: last!.last_event,
      sequences: new Map(counted.map((each) => [each.subject, each.last])),
      undelivered: await ask<Undelivered>(client, sql.UNDELIVERED, { cell }),
    };
  }

  after(pool: Pool, app: AppId, after: EventId, limit: number): Promise<readonly EventRecord[]> {
    return ask<EventRecord>(pool, sql.EVENTS_AFTER, { cell: this.cell, app, after, limit });
  }

  ofConversation(pool: Pool, app: AppId, id: ConversationId): Promise<readonly EventRecord[]> {
    return ask<EventRecord>(pool, sql.EVENTS_OF_CONVERSATION, { app, id });
  }

  async find(pool: Pool, app: AppId, id: EventId): Promise<EventRecord | undefined> {
    const [found] = await ask<EventRecord>(pool, sql.FIND_EVENT, { app, id });
    return found;
  }

  toDeliver(
    pool: Pool,
    wanted: { readonly app: AppId; readonly url: string; readonly after: EventId | null; readonly limit: number },
  ): Promise<readonly EventRecord[]> {
    return ask<EventRecord>(pool, sql.EVENTS_TO_DELIVER, {
      ...wanted,
      cell: this.cell,
      after: wanted.after ?? '',
    });
  }

  async setAside(pool: Pool, app: AppId, offset: number, limit: number): Promise<SetAsidePage> {
    const [count] = await ask<Total>(pool, sql.COUNT_SET_ASIDE, { app });
    const rows = await ask<sql.SetAsideRow>(pool, sql.SET_ASIDE, { app, offset, limit });
    return { total: count!.total, deliveries: rows.map(sql.setAsideIn) };
  }

  async forget(client: Client, before: Instant): Promise<number> {
    const setAside = await ask(client, sql.FORGET_SET_ASIDE, { before });
    const events = await ask<sql.Forgotten>(client, sql.FORGET_EVENTS, { before });
    for (const each of sql.lastForgotten(events)) await ask(client, SET_FORGOTTEN, each);
    return setAside.length + events.length;
  }

  async lastForgotten(pool: Pool, app: AppId): Promise<EventId | null> {
    const [forgotten] = await ask<{ readonly last: EventId }>(pool, FORGOTTEN, {
      cell: this.cell,
      app,
    });
    return forgotten?.last ?? null;
  }

  private async tell(client: Client, events: EventBatch['events']): Promise<void> {
    const { cell } = this;
    await ask(client, PUT, {
      cell,
      apps: events.map(({ app }) => app),
      ids: events.map(({ id }) => id),
      events: events.map(({ event }) => event),
      ats: events.map(({ at }) => at),
      agents: events.map(({ agent }) => agent),
      tasks: events.map(({ task }) => task),
      conversations: events.map(({ conversation }) => conversation),
      bodies: events.map(({ body }) => body),
    });
    const numbered = events.flatMap((event) => event.numbered ?? []);
    const [subjects, lasts] = [numbered.map(({ by }) => by), numbered.map((each) => each.as)];
    await ask(client, COUNT, { cell, subjects, lasts });
    await ask(client, 'UPDATE writer SET last_event = @last WHERE cell = @cell', {
      cell,
      last: events.at(-1)!.id,
    });
  }
}

type Total = { readonly total: number };

function keysOf(deliveries: EventBatch['deliveries']): Readonly<Record<string, readonly string[]>> {
  return {
    apps: deliveries.map(({ app }) => app),
    urls: deliveries.map(({ url }) => url),
    events: deliveries.map(({ event }) => event),
  };
}
