import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqliteDisk } from '../../src/adapters/storage/sqlite-file';
import { openSqlite } from '../../src/adapters/storage/sqlite-storage';
import type { ConversationId } from '../../src/domain/ids';
import { StorageUnavailable } from '../../src/ports/storage';
import { aBatch, aConversation, APP, change } from './storage-objects';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'parley-disk-'))));
afterEach(() => rmSync(folder, { recursive: true }));

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
