import type { Database } from 'better-sqlite3';
import type { AppId, Instant } from '../../domain/ids';
import type { AnswerBatch, KeptAnswer } from '../../ports/storage';
import { FIND_ANSWER, FORGET_ANSWERS } from './shared-sql';
import { prepared, type Statements } from './sqlite-statements';
import { keptAnswer, storedAnswer, type StoredAnswer } from './stored-answer';

const SQL = {
  put: `
    INSERT INTO answer (app, request_key, cell, at, fingerprint, answer)
    VALUES (@app, @key, @cell, @at, @fingerprint, @answer)
    ON CONFLICT DO UPDATE SET cell = excluded.cell, at = excluded.at, fingerprint = excluded.fingerprint,
      answer = excluded.answer`,
  withdraw: 'DELETE FROM answer WHERE app = @app AND request_key = @key',
  find: FIND_ANSWER,
  forget: FORGET_ANSWERS,
};

/** What requests were answered that may be sent again. */
export class SqliteAnswers {
  private readonly statements: Statements<typeof SQL>;

  constructor(
    db: Database,
    private readonly cell: string,
  ) {
    this.statements = prepared(db, SQL);
  }

  /** To be called in the transaction of the batch. */
  put({ answers, withdrawn }: AnswerBatch): void {
    const { cell } = this;
    for (const { app, key } of withdrawn) this.statements.withdraw.run({ app, key });
    for (const each of answers) this.statements.put.run({ ...storedAnswer(each), cell });
  }

  find(app: AppId, key: string): KeptAnswer | undefined {
    const row = this.statements.find.get({ app, key }) as StoredAnswer | undefined;
    return row && keptAnswer(row);
  }

  forget(before: Instant): number {
    return this.statements.forget.all({ before }).length;
  }
}
