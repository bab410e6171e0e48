import type { ConversationQuery } from '../../ports/storage';

/**
 * Statements that read the same in SQLite and in PostgreSQL. `@name` is a value that is given with them. Both give a
 * table the same columns; `among` says of a column that its value is one of a list, in the database's own way.
 */
export type Among = (column: string, list: '@ids' | '@objects') => string;

/** How many objects of the past are read, and rows forgotten, before others get their turn: about 10 ms each, measured. */
export const READ_AT_ONCE = 200;
export const FORGET_AT_ONCE = 500;

export const PAST_AS_OF = `
  SELECT object.kind, object.id, base.version, base.state AS base, past.delta FROM past_object AS object
  JOIN past ON past.object = object.number
    AND past.since = (SELECT max(since) FROM past AS any_past WHERE any_past.object = object.number AND since < @at)
  JOIN past_base AS base ON base.object = object.number AND base.number = past.base
  WHERE object.cell = @cell AND object.app = @app AND (object.kind, object.id) > (@afterKind, @afterId)
    AND (past.until IS NULL OR past.until >= @at)
  ORDER BY object.kind, object.id LIMIT ${READ_AT_ONCE}`;

export const FORGET_PAST = `
  DELETE FROM past WHERE (object, since) IN
    (SELECT object, since FROM past WHERE until < @at ORDER BY until LIMIT ${FORGET_AT_ONCE})
  RETURNING object`;

/** What no state of the objects needs any more. */
export const forgetBases = (among: Among): string => `
  DELETE FROM past_base WHERE ${among('object', '@objects')} AND number < coalesce(
    (SELECT base FROM past WHERE past.object = past_base.object ORDER BY since LIMIT 1), 9223372036854775807)`;

export const forgetObjects = (among: Among): string => `
  DELETE FROM past_object WHERE ${among('number', '@objects')}
    AND NOT EXISTS (SELECT 1 FROM past WHERE past.object = past_object.number)`;

export const FORGET_ENDED = `
  DELETE FROM aggregate WHERE (kind, id, cell) IN
    (SELECT kind, id, cell FROM aggregate WHERE over_since < @before ORDER BY over_since LIMIT ${FORGET_AT_ONCE})
  RETURNING kind, id`;

export const FIND_ANSWER = `
  SELECT app, request_key AS key, fingerprint, at, answer FROM answer WHERE app = @app AND request_key = @key`;

export const FORGET_ANSWERS = `
  DELETE FROM answer WHERE (app, request_key) IN
    (SELECT app, request_key FROM answer WHERE at < @before ORDER BY at LIMIT ${FORGET_AT_ONCE})
  RETURNING request_key`;

export const forgetListed = (among: Among): readonly string[] =>
  ['history', 'history_party'].map((table) => `DELETE FROM ${table} WHERE ${among('id', '@ids')}`);

/** How many conversations are asked for, as `total`. */
export function countOf(query: ConversationQuery): string {
  const { table, conditions, isCounted } = selection(query);
  const counted = isCounted
    ? 'CAST(coalesce(sum(total), 0) AS BIGINT) AS total FROM history_total'
    : `count(*) AS total FROM ${table}`;
  return `SELECT ${counted} WHERE ${conditions}`;
}

/** The stored rows of the conversations of one page. */
export function pageOf(query: ConversationQuery): string {
  const { table, conditions } = selection(query);
  return `
    WITH page AS (
      SELECT begin_time, id FROM ${table} WHERE ${conditions}
      ORDER BY begin_time DESC, id DESC LIMIT @limit OFFSET @offset
    )
    SELECT aggregate.id, version, aggregate.state FROM page
    JOIN aggregate ON aggregate.kind = 'conversations' AND aggregate.id = page.id
    ORDER BY page.begin_time DESC, page.id DESC`;
}

type Selection = { readonly table: string; readonly conditions: string; readonly isCounted: boolean };

/**
 * Where to look, and for what. It walks along the party asked for, the number before the name, since fewer share it;
 * else along the history itself. Both are kept in the order of the list.
 */
function selection({ telnumber, agent, from, to, state, type }: ConversationQuery): Selection {
  const conditions = ['app = @app'];
  if (telnumber !== undefined) conditions.push(`kind = 'outside' AND name = @telnumber`);
  else if (agent !== undefined) conditions.push(`kind = 'agent' AND name = @agent`);
  if (telnumber !== undefined && agent !== undefined) {
    conditions.push(`EXISTS (SELECT 1 FROM history_party AS other WHERE other.app = @app AND other.kind = 'agent'
      AND other.name = @agent AND other.begin_time = party.begin_time AND other.id = party.id)`);
  }
  if (state !== undefined) conditions.push('state = @state');
  if (type !== undefined) conditions.push('type = @type');
  if (from !== undefined) conditions.push('begin_time >= @from');
  if (to !== undefined) conditions.push('begin_time <= @to');

  const hasParty = telnumber !== undefined || agent !== undefined;
  return {
    table: hasParty ? 'history_party AS party' : 'history',
    conditions: conditions.join(' AND '),
    isCounted: !hasParty && from === undefined && to === undefined,
  };
}
