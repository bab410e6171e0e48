import Database from 'better-sqlite3';
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDisk } from '../../src/adapters/storage/sqlite-file';
import { openSqlite } from '../../src/adapters/storage/sqlite-storage';
import type { ConversationId } from '../../src/domain/ids';
import { StorageUnavailable } from '../../src/ports/storage';
import { aBatch, aConversation, APP, change } from './storage-objects';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'parley-disk-'))));
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test('shows nobody what is not on the disk yet, and does not settle when that fails', async () => {
  const storage = openSqlite(join(folder, 'store.sqlite'), 'cell');
  await storage.open();
  const { disk } = storage as unknown as { readonly disk: SqliteDisk };
  let fail: (error: Error) => void = () => undefined;
  jest.spyOn(disk, 'write').mockImplementation((done) => (fail = done));
  const committed = storage.commit(aBatch(1, { changes: [change(aConversation('1'))] }));
  const read = storage.findConversation(APP, '1' as ConversationId);
  let isRead = false;
  void read.then(
    () => (isRead = true),
    () => (isRead = true),
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(isRead).toBe(false);

  fail(new Error('the disk is gone'));

  await expect(committed).rejects.toThrow('the disk is gone');
  await expect(committed).rejects.not.toBeInstanceOf(StorageUnavailable); // It is not tried again: the process ends.
  await expect(read).rejects.toThrow('the disk is gone');
  await storage.close();
});

test('given a disk that is quick it is waited for here, and while it is slow in a thread', async () => {
  let now = 0;
  let tookMs = 1;
  jest.spyOn(fs, 'fdatasyncSync').mockImplementation(() => void (now += tookMs));
  const beside = jest.spyOn(fs, 'fdatasync');
  const db = new Database(join(folder, 'log.sqlite'));
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE one (id INTEGER)');
  const disk = new SqliteDisk(db, () => now);
  const isInThread = async (): Promise<boolean> => {
    beside.mockClear();
    await disk.sync();
    return beside.mock.calls.length > 0;
  };
  expect([await isInThread(), await isInThread()]).toEqual([false, false]);

  tookMs = 7;
  expect(await isInThread()).toBe(false); // That it is slow shows only then.
  expect([await isInThread(), await isInThread()]).toEqual([true, true]);
  now += 699;
  expect(await isInThread()).toBe(true);
  now += 1;
  tookMs = 1;
  expect([await isInThread(), await isInThread()]).toEqual([false, false]);
  await disk.close();
  db.close();
});

test('given a disk that fails while it is waited for here, the commit does not settle as written', async () => {
  jest.spyOn(fs, 'fdatasyncSync').mockImplementation(() => {
    throw new Error('the disk is gone');
  });
  const storage = openSqlite(join(folder, 'store.sqlite'), 'cell');
  await storage.open();
  const committed = storage.commit(aBatch(1, { changes: [change(aConversation('1'))] }));
  await expect(committed).rejects.toThrow('the disk is gone');
  await expect(storage.findConversation(APP, '1' as ConversationId)).rejects.toThrow('the disk is gone');
  await storage.close();
});
