import type { Database, Statement } from 'better-sqlite3';
import type { Conversation } from '../../domain/conversation/conversation';
import type { ConversationQuery } from '../../ports/storage';
import { isListed, partiesOf, stateOf } from './conversation-history';
import { countOf, forgetListed, pageOf, type Among } from './shared-sql';

const PUT = `
  INSERT INTO history (id, cell, app, type, state, begin_time) VALUES (@id, @cell, @app, @type, @state, @beginTime)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state WHERE state <> excluded.state`;
const PUT_PARTY = `
  INSERT INTO history_party (app, kind, name, begin_time, id, cell, type, state)
  VALUES (@app, @kind, @name, @beginTime, @id, @cell, @type, @state)
  ON CONFLICT DO UPDATE SET state = excluded.state WHERE state <> excluded.state`;

/** Lists are given as JSON. */
export const AMONG: Among = (column, list) => `${column} IN (SELECT value FROM json_each(${list}))`;

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
    for (const { kind, name } of partiesOf(conversation)) this.putParty.run({ kind, name, ...entry });
  }

  count(query: ConversationQuery): number {
    return (this.prepared(countOf(query)).get(query) as { readonly total: number }).total;
  }

  /** The stored rows of the conversations of one page. */
  page(query: ConversationQuery): readonly unknown[] {
    return this.prepared(pageOf(query)).all(query);
  }

  /** To be called in the transaction that drops the conversations themselves. */
  forget(ids: readonly string[]): void {
    for (const sql of forgetListed(AMONG)) this.prepared(sql).run({ ids: JSON.stringify(ids) });
  }

  private prepared(sql: string): Statement {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.db.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}
