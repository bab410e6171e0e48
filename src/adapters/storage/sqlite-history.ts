import type { Database, Statement } from 'better-sqlite3';
import type { Conversation } from '../../domain/conversation/conversation';
import type { ConversationQuery } from '../../ports/storage';
import { isListed, partiesOf, stateOf } from './conversation-history';

const PUT = `
  INSERT INTO history (id, cell, app, type, state, begin_time) VALUES (@id, @cell, @app, @type, @state, @beginTime)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state WHERE state <> excluded.state`;
const PUT_PARTY = `
  INSERT INTO history_party (app, kind, name, begin_time, id, cell, type, state)
  VALUES (@app, @kind, @name, @beginTime, @id, @cell, @type, @state)
  ON CONFLICT DO UPDATE SET state = excluded.state WHERE state <> excluded.state`;

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
    const entry = { id, cell: this.cell, app, type, state: stateOf(stage), beginTime };
    this.putHistory.run(entry);
    for (const party of partiesOf(conversation)) this.putParty.run({ ...entry, ...party });
  }

  count(query: ConversationQuery): number {
    const { table, conditions, isCounted } = selection(query);
    const counted = isCounted
      ? 'coalesce(sum(total), 0) AS total FROM history_total'
      : `count(*) AS total FROM ${table}`;
    const row = this.prepared(`SELECT ${counted} WHERE ${conditions}`).get(query);
    return (row as { readonly total: number }).total;
  }

  /** The stored rows of the conversations of one page. */
  page(query: ConversationQuery): readonly unknown[] {
    const { table, conditions } = selection(query);
    return this.prepared(
      `
      WITH page AS (
        SELECT begin_time, id FROM ${table} WHERE ${conditions}
        ORDER BY begin_time DESC, id DESC LIMIT @limit OFFSET @offset
      )
      SELECT aggregate.id, version, aggregate.state FROM page
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
