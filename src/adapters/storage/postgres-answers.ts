import type { Client, Pool } from 'pg';
import type { AppId, Instant } from '../../domain/ids';
import type { AnswerBatch, KeptAnswer } from '../../ports/storage';
import { ask } from './postgres-session';
import { FIND_ANSWER, FORGET_ANSWERS } from './shared-sql';
import { keptAnswer, storedAnswer, type StoredAnswer } from './stored-answer';

const PUT = `
  INSERT INTO answer (app, request_key, cell, at, fingerprint, answer)
  SELECT app, request_key, @cell, at, fingerprint, answer
  FROM unnest(@apps::text[], @keys::text[], @ats::bigint[], @fingerprints::text[], @answers::text[])
    AS told (app, request_key, at, fingerprint, answer)
  ON CONFLICT (app, request_key) DO UPDATE SET cell = excluded.cell, at = excluded.at,
    fingerprint = excluded.fingerprint, answer = excluded.answer`;
const WITHDRAW = `
  DELETE FROM answer WHERE (app, request_key) IN
    (SELECT app, request_key FROM unnest(@apps::text[], @keys::text[]) AS told (app, request_key))`;

/** What requests were answered that may be sent again. */
export class PostgresAnswers {
  constructor(private readonly cell: string) {}

  /** To be called in the transaction of the batch. */
  async put(client: Client, { answers, withdrawn }: AnswerBatch): Promise<void> {
    if (withdrawn.length > 0) await ask(client, WITHDRAW, keysOf(withdrawn));
    if (answers.length === 0) return;
    await ask(client, PUT, {
      cell: this.cell,
      ...keysOf(answers),
      ats: answers.map(({ at }) => at),
      fingerprints: answers.map(({ fingerprint }) => fingerprint),
      answers: answers.map((each) => storedAnswer(each).answer),
    });
  }

  async find(pool: Pool, app: AppId, key: string): Promise<KeptAnswer | undefined> {
    const [row] = await ask<StoredAnswer>(pool, FIND_ANSWER, { app, key });
    return row && keptAnswer(row);
  }

  async forget(client: Client, before: Instant): Promise<number> {
    return (await ask(client, FORGET_ANSWERS, { before })).length;
  }
}

function keysOf(keys: AnswerBatch['withdrawn']): Readonly<Record<'apps' | 'keys', readonly string[]>> {
  return { apps: keys.map(({ app }) => app), keys: keys.map(({ key }) => key) };
}
