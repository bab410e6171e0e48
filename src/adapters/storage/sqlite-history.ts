import type { Database, Statement } from 'better-sqlite3';
import type { Conversation } from '../../domain/conversation/conversation';
import type { ConversationQuery } from '../../ports/storage';
import { isListed, partiesOf, stateOf } from './conversation-history';

const PUT = `
  INSERT INTO history (id, cell, app, type, state, begin_time) VALUES (@id, @cell, @app, @type, @state, @beginTime)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state WHERE state <> excluded.state`;
const PUT_PARTY = `
  INSERT INTO history_party (app, kind, name, begin_time, id, cell) VALUES (@app, @kind, @name, @beginTime, @id, @cell)
  ON CONFLICT DO NOTHING`;

/** The index behind lists of conversations: which ones there are, in which order, and who has been in them. */
export class SqliteHistory {
  private readonly putHistory: Statement;
  private readonly putParty: Statement;
  /** By their text; there are as many as ways to combine the filters. */
  private readonly statements = new Map<string, Statement>();

  constructor(
    private readonly db: Database,
    private readonly cell: string,
  ) {
    this.putHistory = db.prepare(PUT);
    this.putParty = db.prepare(PUT_PARTY);
  }

  /** To be called in the transaction that writes the conversation itself. Once begun, it stays listed. */
  put(conversation: Conversation): void {
    if (!isListed(conversation)) return;
    const { id, app, type, beginTime, stage } = conversation;
    const { cell } = this;
    this.putHistory.run({ id, cell, app, type, state: stateOf(stage), beginTime });
    for (const { kind, name } of partiesOf(conversation))
      this.putParty.run({ app, kind, name, beginTime, id, cell });
  }

  count(query: ConversationQuery): number {
    const { from, where } = selection(query);
    const row = this.prepared(`SELECT count(*) AS total FROM ${from} WHERE ${where}`).get(query);
    return (row as { readonly total: number }).total;
  }

  /** The stored rows of the conversations of one page. */
  page(query: ConversationQuery): readonly unknown[] {
    const { from, where, key } = selection(query);
    return this.prepared(
      `
      WITH page AS (
        SELECT ${key}.begin_time AS begin_time, ${key}.id AS id FROM ${from} WHERE ${where}
        ORDER BY ${key}.begin_time DESC, ${key}.id DESC LIMIT @limit OFFSET @offset
      )
      SELECT aggregate.id, version, state FROM page
      JOIN aggregate ON aggregate.kind = 'conversations' AND aggregate.id = page.id
      ORDER BY page.begin_time DESC, page.id DESC`,
    ).all(query);
  }

  private prepared(sql: string): Statement {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.db.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}

/**
 * The tables and conditions of a query. It walks along the party asked for, else along the history itself: both are
 * kept in the order of the list. `key` is the table it walks along.
 */
function selection(query: ConversationQuery): {
  readonly from: string;
  readonly where: string;
  readonly key: string;
} {
  const kind = query.agent !== undefined ? 'agent' : query.telnumber !== undefined ? 'outside' : null;
  const key = kind === null ? 'history' : 'party';
  const tables = [kind === null ? 'history' : 'history_party AS party'];
  const conditions = [`${key}.app = @app`];

  if (kind === 'agent') conditions.push(`party.kind = 'agent' AND party.name = @agent`);
  if (kind === 'outside') conditions.push(`party.kind = 'outside' AND party.name = @telnumber`);
  if (kind === 'agent' && query.telnumber !== undefined) {
    conditions.push(`EXISTS (SELECT 1 FROM history_party AS other WHERE other.app = @app AND other.kind = 'outside'
      AND other.name = @telnumber AND other.begin_time = party.begin_time AND other.id = party.id)`);
  }
  if (query.from !== undefined) conditions.push(`${key}.begin_time >= @from`);
  if (query.to !== undefined) conditions.push(`${key}.begin_time <= @to`);
  if (query.state !== undefined) conditions.push('history.state = @state');
  if (query.type !== undefined) conditions.push('history.type = @type');
  if (kind !== null && (query.state !== undefined || query.type !== undefined)) {
    tables.push('JOIN history ON history.id = party.id');
  }
  return { from: tables.join(' '), where: conditions.join(' AND '), key };
}
