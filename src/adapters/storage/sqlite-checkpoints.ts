import type { Database } from 'better-sqlite3';
import { Worker } from 'node:worker_threads';

/** Some 3 MB of pages, at 25 for each commit. */
const EVERY_COMMITS = 32;
/** In pages of 4 KB. So long the file of commits may become before a commit does itself what the thread has not done. */
const AT_LAST = 8_000;

/** Copies what it can, whoever writes meanwhile. What fails here SQLite tries again in a commit. */
const PROGRAM = `
  const { parentPort, workerData } = require('node:worker_threads');
  const Database = require(workerData.library);
  const db = new Database(workerData.file, { fileMustExist: true });
  parentPort.on('message', () => {
    try {
      db.pragma('wal_checkpoint(PASSIVE)');
    } catch {}
    parentPort.postMessage('done');
  });`;

/**
 * Copies commits from SQLite's file of commits into its database, in a thread of its own: SQLite would do it inside a commit
 * and wait for the disk twice, and the process would stand still meanwhile, for some 3 to 10 ms at each thirtieth commit or
 * so (measured). The file of commits begins anew once everything was copied.
 */
export class SqliteCheckpoints {
  private thread: Worker | undefined;
  private commits = 0;
  private isUnderWay = false;

  constructor(private readonly db: Database) {
    db.pragma(`wal_autocheckpoint = ${AT_LAST}`);
  }

  /** To be told of each commit. */
  committed(): void {
    if (++this.commits < EVERY_COMMITS || this.isUnderWay) return;
    this.commits = 0;
    this.isUnderWay = true;
    this.thread ??= this.begin();
    this.thread.postMessage('copy');
  }

  /** Before the database is closed: who closes it last copies the rest. */
  async close(): Promise<void> {
    await this.thread?.terminate();
  }

  private begin(): Worker {
    const workerData = { library: require.resolve('better-sqlite3'), file: this.db.name };
    const thread = new Worker(PROGRAM, { eval: true, workerData });
    thread.on('message', () => (this.isUnderWay = false));
    thread.on('error', () => undefined); // Nothing is asked of it any more.
    thread.unref();
    return thread;
  }
}
