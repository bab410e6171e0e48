import Database from 'better-sqlite3';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { migrate, type AppliedMigration, type MigratedDatabase } from './migrator';
import { APPLICATION_ID, MIGRATIONS } from './sqlite-schema';

/** How long a commit waits for another program, a shell on the same file, say. The process stands still meanwhile. */
const BUSY_MS = 250;

const LEDGER = `
  CREATE TABLE IF NOT EXISTS migration (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL
  ) STRICT`;

/**
 * Keeps every other process from serving the same file until it is released or this process ends, however it ends.
 * It is a lock of the operating system on a file beside it, so that the store itself can be read and backed up by
 * other programs all the while. File systems without such locks, some network ones, do not do.
 * @throws Error that names the file when another process has the lock.
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
        throw new Error(`${file} is in use by another process, which holds ${lockFile}`, { cause: error });
      }
      throw error;
    }
    return { release: () => lock.close() };
  });
}

/**
 * Opens the store in the file, made if there is none, and brings it to the latest schema.
 * @throws Error that names the file and the reason when it is not a store of ours, damaged, newer or not writable.
 */
export function openSqliteFile(file: string): Database.Database {
  return explained(file, () => {
    if (!existsSync(file)) makeStore(file);
    const { size } = statSync(file);
    if (size === 0) throw new Error(`${file} is empty: it has lost its content, or another program made it`);
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

/** Runs the action; an error of SQLite or the file system comes out saying which file it is about, and what to do. */
export function explained<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const reason = REASONS.find(([code]) => codeOf(error).startsWith(code));
    if (reason === undefined) throw error;
    throw new Error(`${file} ${reason[1]} (${(error as Error).message})`, { cause: error });
  }
}

/** `SQLITE_BUSY`, `EACCES` and the like; empty for other errors. */
export function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

const REASONS: readonly (readonly [code: string, reason: string])[] = [
  ['SQLITE_NOTADB', 'is not an SQLite database, or it is damaged'],
  ['SQLITE_CORRUPT', 'is damaged: restore it from a backup'],
  ['SQLITE_BUSY', 'is locked by another program'],
  ['SQLITE_READONLY', 'cannot be written: it, its folder or its file system is read-only'],
  ['SQLITE_CANTOPEN', 'cannot be opened'],
  ['SQLITE_FULL', 'cannot be written: the disk is full'],
  ['SQLITE_IOERR', 'cannot be read or written'],
  ['E', 'cannot be opened'],
];

function prepare(db: Database.Database, file: string): void {
  const owner = db.pragma('application_id', { simple: true });
  if (owner !== APPLICATION_ID) throw new Error(`${file} is a database of another program`);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // Shows now, not at the first commit, that it cannot be written: SQLite opens it for reading then, and says nothing.
  db.exec(`BEGIN IMMEDIATE; PRAGMA application_id = ${APPLICATION_ID}; ROLLBACK`);
  migrate(migrated(db, file), MIGRATIONS);
}

/**
 * Makes it under another name and renames it when it is complete: what has the right name is never half a store, and
 * an empty file is never taken for a new one.
 */
function makeStore(file: string): void {
  if (existsSync(`${file}-wal`)) {
    throw new Error(`${file} is missing, but its ${file}-wal is there: put the store back, or remove both`);
  }
  makeFolder(dirname(file));
  const draft = `${file}.new`;
  for (const leftover of [draft, `${draft}-journal`]) rmSync(leftover, { force: true });
  create(draft);
  const db = new Database(draft);
  try {
    db.pragma(`application_id = ${APPLICATION_ID}`);
    migrate(migrated(db, draft), MIGRATIONS);
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

function migrated(db: Database.Database, file: string): MigratedDatabase {
  db.exec(LEDGER);
  const record = db.prepare(
    `INSERT INTO migration VALUES (@number, @name, @checksum, CAST(unixepoch('subsec') * 1000 AS INTEGER))`,
  );
  return {
    name: file,
    applied: () =>
      db.prepare('SELECT number, name, checksum FROM migration ORDER BY number').all() as AppliedMigration[],
    apply: (sql, row) =>
      db.transaction(() => {
        db.exec(sql);
        record.run(row);
      })(),
  };
}
