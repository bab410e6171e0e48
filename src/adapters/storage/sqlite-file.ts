import Database from 'better-sqlite3';
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { failedMigration, migrate, type AppliedMigration, type MigratedDatabase } from './migrator';
import { StorageInUse, StorageUnavailable, StorageUnusable } from '../../ports/storage';
import { APPLICATION_ID, MIGRATIONS } from './sqlite-schema';

/** How long whatever writes waits for another program, a shell on the same file, say. The process stands still meanwhile. */
const BUSY_MS = 250;

const LEDGER = `
  CREATE TABLE IF NOT EXISTS migration (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL
  ) STRICT`;

/**
 * Keeps every other process from serving the same file until it is released or this process ends, however it ends.
 * It is a lock of the operating system on a file beside it, so that the store itself can be read and backed up by
 * other programs all the while. File systems without such locks, some network ones, do not do.
 * @throws StorageInUse that names the file when another process has the lock.
 */
export function lockSqlite(file: string): { release(): void } {
  const lockFile = `${file}.lock`;
  return explained(file, () => {
    makeFolder(dirname(file));
    create(lockFile);
    const lock = new Database(lockFile, { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      if (codeOf(error).startsWith('SQLITE_BUSY')) {
        throw new StorageInUse(`${file} is in use by another process, which holds ${lockFile}`, { cause: error });
      }
      throw error;
    }
    return { release: () => lock.close() };
  });
}

/**
 * Opens the store in the file, made if there is none, and brings it to the latest schema.
 * @throws StorageUnusable that names the file and the reason when it is not a store of ours, damaged, newer or not
 *   writable.
 */
export function openSqliteFile(file: string): Database.Database {
  return explained(file, () => {
    if (!existsSync(file)) makeStore(file);
    const { size } = statSync(file);
    if (size === 0) {
      throw new StorageUnusable(`${file} is empty: restore it from a backup, or remove it to begin with nothing`);
    }
    const db = new Database(file, { fileMustExist: true, timeout: BUSY_MS });
    try {
      prepare(db, file);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * Runs what opens the file.
 * @throws StorageUnusable for an error of SQLite or the file system: which file it is about, and what to do.
 */
export function explained<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    throw new StorageUnusable(`${file} ${reason} (${(error as Error).message})`, { cause: error });
  }
}

function reasonOf(error: unknown): string | undefined {
  return REASONS.find(([code]) => codeOf(error).startsWith(code))?.[1];
}

/**
 * Runs what works on an open file.
 * @throws StorageUnavailable, beginning with `what`, for what may pass: a lock, a full disk, one that fails.
 */
export function forTheMoment<Result>(what: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!PASSING.test(codeOf(error))) throw error;
    throw new StorageUnavailable(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

const PASSING = /^SQLITE_(BUSY|LOCKED|PROTOCOL|IOERR|FULL|READONLY|CANTOPEN)/;

/** A disk that takes longer is waited for in a thread beside. */
const QUICK_MS = 1;
/** So many times as long as a slow wait took none is tried again: no more than one part in so many of all time is lost to them. */
const SLOW_TIMES = 100;

/**
 * Puts on the disk what SQLite has written: on its own SQLite would wait for the disk inside each commit. A quick disk is
 * waited for here, which costs less than to hand it to a thread and back; for a slow one, or while it is slow, a thread
 * waits, and the process does not stand still. What SQLite writes is either whole after a crash or not there.
 */
export class SqliteDisk {
  private readonly wal: number;
  private syncing: Promise<void> = Promise.resolve();
  private slowUntil = 0;

  /** `db`: open, and in WAL mode. Its file of commits is the same one until it is closed. `now`: in milliseconds. */
  constructor(
    db: Database.Database,
    private readonly now = () => performance.now(),
  ) {
    db.pragma('synchronous = NORMAL'); // The order of commits and checkpoints, and no waiting for a commit.
    this.wal = openSync(`${db.name}-wal`, 'r');
  }

  /**
   * Settles when all that was written until now is on the disk. @throws Error when the disk fails: what it has then, nobody
   * can say, and asking it again would not tell.
   */
  async sync(): Promise<void> {
    this.syncing = new Promise((resolve, reject) =>
      this.write((error) => (error === null ? resolve() : reject(error))),
    );
    await this.syncing;
  }

  write(done: (error: Error | null) => void): void {
    const begun = this.now();
    if (begun < this.slowUntil) return fdatasync(this.wal, done);
    try {
      fdatasyncSync(this.wal);
    } catch (error) {
      return done(error as Error);
    }
    const over = this.now();
    if (over - begun > QUICK_MS) this.slowUntil = over + SLOW_TIMES * (over - begun);
    done(null);
  }

  /** What was read may be what is on its way to the disk: settles when it is there. */
  async settled(): Promise<void> {
    await this.syncing;
  }

  async close(): Promise<void> {
    await this.syncing.catch(() => undefined);
    closeSync(this.wal);
  }
}

/** `SQLITE_BUSY`, `EACCES` and the like; empty for other errors. */
export function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

const REASONS: readonly (readonly [code: string, reason: string])[] = [
  ['SQLITE_NOTADB', 'is not an SQLite database, or it is damaged: restore it from a backup'],
  ['SQLITE_CORRUPT', 'is damaged: restore it from a backup'],
  ['SQLITE_BUSY', 'is locked by another program: end that one'],
  ['SQLITE_READONLY', 'cannot be written: make it, its folder and its file system writable for this user'],
  [
    'SQLITE_CANTOPEN',
    'cannot be opened: make it, its folder and its file system readable and writable for this user',
  ],
  ['SQLITE_FULL', 'cannot be written: the disk is full'],
  ['ENOSPC', 'cannot be written: the disk is full'],
  ['SQLITE_IOERR', 'cannot be read or written: look at the disk'],
  ['E', 'cannot be opened: make its folder readable and writable for this user'],
];

function prepare(db: Database.Database, file: string): void {
  const owner = db.pragma('application_id', { simple: true });
  if (owner !== APPLICATION_ID) {
    throw new StorageUnusable(`${file} is a database of another program: choose another PARLEY_DATA`);
  }
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // Shows now, not at the first commit, that it cannot be written: SQLite opens it for reading then, and says nothing.
  db.exec(`BEGIN IMMEDIATE; PRAGMA application_id = ${APPLICATION_ID}; ROLLBACK`);
  lift(db, file);
}

/**
 * Makes it under another name and renames it when it is complete: what has the right name is never half a store, and
 * an empty file is never taken for a new one.
 */
function makeStore(file: string): void {
  if (existsSync(`${file}-wal`)) {
    throw new StorageUnusable(
      `${file} is missing, but its ${file}-wal is there: put the store back, or remove both`,
    );
  }
  makeFolder(dirname(file));
  const draft = `${file}.new`;
  for (const leftover of [draft, `${draft}-journal`]) rmSync(leftover, { force: true });
  create(draft);
  const db = new Database(draft);
  try {
    db.pragma(`application_id = ${APPLICATION_ID}`);
    lift(db, draft);
  } finally {
    db.close();
  }
  renameSync(draft, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** For its owner only: what people say and whom they call is nobody else's business. SQLite's other files follow it. */
function create(file: string): void {
  if (existsSync(file)) return; // Opening and closing it would drop the locks that this process has on it.
  closeSync(openSync(file, 'wx', 0o600));
}

function lift(db: Database.Database, file: string): void {
  db.transaction(() => migrate(migrated(db, file), MIGRATIONS))();
}

function migrated(db: Database.Database, file: string): MigratedDatabase {
  db.exec(LEDGER);
  const record = db.prepare(
    `INSERT INTO migration VALUES (@number, @name, @checksum, CAST(unixepoch('subsec') * 1000 AS INTEGER))`,
  );
  return {
    name: file,
    applied: () =>
      db.prepare('SELECT number, name, checksum FROM migration ORDER BY number').all() as AppliedMigration[],
    apply: (sql, row) => {
      try {
        db.exec(sql);
      } catch (error) {
        throw reasonOf(error) === undefined ? failedMigration(file, row, error) : error;
      }
      record.run(row);
    },
  };
}
