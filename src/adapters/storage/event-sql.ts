import type { AppId, EventId } from '../../domain/ids';
import { isEvent, JOURNAL_NAMES, type NotificationName } from '../../domain/notification';
import type { EventRecord, SetAside } from '../../ports/events';
import { FORGET_AT_ONCE } from './shared-sql';

/** What SQLite and PostgreSQL are asked of events in the same words. */
const COLUMNS =
  'event.id, event.app, event.event, event.at, event.agent, event.task, event.conversation, event.body';
const DELIVERED_EVENT = 'delivery JOIN event ON event.app = delivery.app AND event.id = delivery.event';

const ALONE_IN_JOURNAL = JOURNAL_NAMES.map((name) => `'${name}'`).join();

export const EVENTS_AFTER = `
  SELECT ${COLUMNS} FROM event
  WHERE cell = @cell AND app = @app AND id > @after AND event NOT IN (${ALONE_IN_JOURNAL})
  ORDER BY id LIMIT @limit`;
export const EVENTS_OF_CONVERSATION = `
  SELECT ${COLUMNS} FROM event WHERE app = @app AND conversation = @id ORDER BY id`;
export const FIND_EVENT = `SELECT ${COLUMNS} FROM event WHERE app = @app AND id = @id`;
export const EVENTS_TO_DELIVER = `
  SELECT ${COLUMNS} FROM ${DELIVERED_EVENT}
  WHERE delivery.cell = @cell AND delivery.app = @app AND delivery.url = @url AND delivery.problem IS NULL
    AND delivery.event > @after
  ORDER BY delivery.event LIMIT @limit`;
export const SET_ASIDE = `
  SELECT ${COLUMNS}, delivery.url, delivery.problem, delivery.given_up_at AS since FROM ${DELIVERED_EVENT}
  WHERE delivery.app = @app AND delivery.problem IS NOT NULL
  ORDER BY delivery.event, delivery.url LIMIT @limit OFFSET @offset`;
export const COUNT_SET_ASIDE = 'SELECT count(*) AS total FROM delivery WHERE app = @app AND problem IS NOT NULL';
export const LAST_EVENT = 'SELECT last_event FROM writer WHERE cell = @cell';
export const SEQUENCES = 'SELECT subject, last FROM event_sequence WHERE cell = @cell';
export const UNDELIVERED = `
  SELECT app, url, count(*) AS count FROM delivery WHERE cell = @cell AND problem IS NULL GROUP BY app, url`;
export const FORGET_SET_ASIDE = `
  DELETE FROM delivery WHERE (app, url, event) IN
    (SELECT app, url, event FROM delivery WHERE given_up_at < @before LIMIT ${FORGET_AT_ONCE})
  RETURNING event`;
/** But for those that still have to be delivered. */
export const FORGET_EVENTS = `
  DELETE FROM event WHERE (app, id) IN (
    SELECT app, id FROM event WHERE at < @before
      AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.app = event.app AND delivery.event = event.id)
    ORDER BY at LIMIT ${FORGET_AT_ONCE})
  RETURNING cell, app, id, event`;

export type Forgotten = {
  readonly cell: string;
  readonly app: AppId;
  readonly id: EventId;
  readonly event: NotificationName;
};
export type LastForgotten = { readonly cell: string; readonly app: AppId; readonly last: EventId };

/** Of each application of each cell the last event among these. What is for the journal alone is missed by nobody. */
export function lastForgotten(forgotten: readonly Forgotten[]): readonly LastForgotten[] {
  const last = new Map<string, LastForgotten>();
  for (const { cell, app, id, event } of forgotten) {
    const key = JSON.stringify([cell, app]);
    if (isEvent(event) && id > (last.get(key)?.last ?? '')) last.set(key, { cell, app, last: id });
  }
  return [...last.values()];
}

export type SetAsideRow = EventRecord & Omit<SetAside, 'record'>;

export function setAsideIn({ url, problem, since, ...record }: SetAsideRow): SetAside {
  return { record, url, problem, since };
}
