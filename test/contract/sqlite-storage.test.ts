import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectSqlite } from '../../src/adapters/storage/sqlite-storage';
import type { Notification } from '../../src/domain/notification';
import { describeStorage } from './storage.contract';

describeStorage('SqliteStorage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-storage-'));
  const file = join(folder, 'store.sqlite');
  return {
    connect: () => connectSqlite(file, 'cell'),
    notifications: () => {
      const db = new Database(file, { readonly: true });
      const bodies = db.prepare('SELECT body FROM notification ORDER BY position').pluck().all() as string[];
      db.close();
      return bodies.map((body) => JSON.parse(body) as Notification);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
});
