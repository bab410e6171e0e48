import Database from 'better-sqlite3';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SHAPE_VERSION } from '../../src/adapters/storage/shapes';
import type { SqliteDisk } from '../../src/adapters/storage/sqlite-file';
import { connectSqlite, openSqlite } from '../../src/adapters/storage/sqlite-storage';
import type { ConversationId, EventId, Instant, QueueTaskId } from '../../src/domain/ids';
import { StorageUnavailable, type Storage } from '../../src/ports/storage';
import { aBatch, aConversation, anAgent, anEvent, APP, change, restored } from './storage-objects';
import { describeStorage } from './storage.contract';

let folder: string;
let file: string;

function newFolder(): void {
  folder = fs.mkdtempSync(join(tmpdir(), 'sqlite-storage-'));
  file = join(folder, 'store.sqlite');
}

function removeFolder(): void {
  fs.rmSync(folder, { recursive: true });
}

/** Another program that looks at the file. */
function onFile<Result>(look: (db: Database.Database) => Result, options: Database.Options = {}): Result {
  const db = new Database(file, options);
  try {
    return look(db);
  } finally {
    db.close();
  }
}

function eventsIn(): unknown {
  return onFile((db) => db.prepare('SELECT id FROM event ORDER BY id').pluck().all(), { readonly: true });
}

describeStorage('SqliteStorage', () => {
  newFolder();
  return { connect: () => connectSqlite(file, 'cell'), remove: removeFolder };
});

describe('an SQLite store in a file', () => {
  const open: Storage[] = [];
  beforeEach(newFolder);
  afterEach(async () => {
    for (const each of children.splice(0)) each.kill('SIGKILL');
    for (const each of open.splice(0)) await each.close();
    removeFolder();
  });
  function opened(path = file, cell = 'cell'): Storage {
    const storage = openSqlite(path, cell);
    open.push(storage);
    return storage;
  }
  async function aStore(): Promise<void> {
    const storage = openSqlite(file, 'cell');
    await storage.open();
    await storage.commit(aBatch(1, { changes: [change(aConversation('1'))] }));
    await storage.close();
  }

  test('makes the folders that are missing, for its owner only, as the files', async () => {
    file = join(folder, 'a', 'b', 'store.sqlite');
    const storage = opened();
    await storage.open();
    await storage.commit(aBatch(1));

    const mode = (path: string) => (fs.statSync(path).mode & 0o777).toString(8);
    expect([mode(join(folder, 'a')), mode(join(folder, 'a', 'b'))]).toEqual(['700', '700']);
    const files = ['', '-wal', '-shm', '.lock'].map((suffix) => mode(`${file}${suffix}`));
    expect(files).toEqual(['600', '600', '600', '600']);
  });

  test('keeps what was committed when it is closed and opened again', async () => {
    await aStore();
    const storage = opened();

    expect(await storage.open()).toEqual(restored(1, { aggregates: [change(aConversation('1'))] }));
    expect(await storage.findConversation(APP, '1' as ConversationId)).toEqual(aConversation('1'));
  });

  test('writes every commit through to the disk, into a log that others can read beside it', async () => {
    const storage = opened();
    await storage.open();
    expect(onFile((db) => db.pragma('journal_mode', { simple: true }))).toBe('wal');
    const { db, disk } = open[0] as unknown as { readonly db: Database.Database; readonly disk: SqliteDisk };
    expect(db.pragma('synchronous', { simple: true })).toBe(1); // NORMAL: SQLite itself does not wait for the disk.
    const onDisk = jest.spyOn(disk, 'sync');
    await storage.commit(aBatch(1));
    expect(onDisk).toHaveBeenCalledTimes(1);
    await expect(onDisk.mock.results[0]!.value).resolves.toBeUndefined();
  });

  test('what is written in a turn in which something is read is on the disk no later', async () => {
    const storage = opened();
    await storage.open();
    const conversations = (): unknown =>
      onFile((db) => db.prepare("SELECT id FROM aggregate WHERE kind = 'conversations'").pluck().all());
    const commit = (number: number): Promise<void> =>
      storage.commit(aBatch(number, { changes: [change(aConversation(String(number)))] }));
    const read = (id: string): Promise<unknown> => storage.findConversation(APP, id as ConversationId);

    const nobody = read('1');
    const first = commit(1);
    expect(onFile((db) => db.prepare('SELECT number FROM batch').pluck().all())).toEqual([1]);
    const one = read('1');
    expect(conversations()).toEqual(['1']);
    const second = commit(2);
    const two = read('2');
    expect(conversations()).toEqual(['1', '2']);
    expect(await Promise.all([nobody, one, two, first, second])).toEqual([
      undefined,
      aConversation('1'),
      aConversation('2'),
      undefined,
      undefined,
    ]);
  });

  test('given things that died, or never were, forgetting leaves nothing of them', async () => {
    const storage = opened();
    await storage.open();
    const past = (at: number, name: string, live: boolean) => ({
      at: at as Instant,
      change: { ...anAgent(name), live },
    });
    const died = [past(100, 'ann', true), past(200, 'ann', false)];
    await storage.commit(aBatch(1, { past: [...died, past(100, 'bob', true), past(100, 'bob', false)] }));
    await storage.findTask(APP, 't1' as QueueTaskId); // Before anything is read, it goes into the tables.
    const rows = () =>
      onFile((db) =>
        ['past_object', 'past_base', 'past'].map((table) =>
          db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
        ),
      );
    expect(rows()).toEqual([1, 1, 1]);

    await storage.forgetBefore(201 as Instant);
    expect(rows()).toEqual([0, 0, 0]);
  });

  test('is refused to a second opener until the first has closed it', async () => {
    const first = opened();
    await first.open();
    expect(() => opened()).toThrow(`${file} is in use by another process`);

    await first.commit(aBatch(1)); // The refusal has done it no harm.
    expect(() => opened()).toThrow(`${file} is in use by another process`);
    await first.close();
    expect((await opened().open()).lastBatch).toBe(1);
  });

  test('given a backup taken while it is in use, the backup is a store', async () => {
    const storage = opened();
    await storage.open();
    await storage.commit(aBatch(1, { changes: [change(aConversation('1'))] }));
    const backup = join(folder, 'backup.sqlite');
    await new Database(file, { readonly: true }).backup(backup);

    expect((await opened(backup).open()).aggregates).toEqual([change(aConversation('1'))]);
    await storage.commit(aBatch(2));
  });

  test.each<[what: string, damage: () => void, message: string]>([
    [
      'is no database',
      () => fs.writeFileSync(file, 'something else entirely, longer than a header '.repeat(9)),
      'is not an SQLite',
    ],
    ['is empty', () => fs.writeFileSync(file, ''), 'is empty'],
    ['has lost its end', () => fs.truncateSync(file, 8_192), 'is damaged'],
    [
      'has another program in its header',
      () => onFile((db) => db.pragma('application_id = 7')),
      'of another program',
    ],
    ['is a folder', () => (fs.rmSync(file), fs.mkdirSync(file)), 'cannot be opened'],
    ['is gone and has left its log', () => (fs.rmSync(file), fs.writeFileSync(`${file}-wal`, 'x')), 'is missing'],
    [
      'is newer',
      () => onFile((db) => db.exec(`INSERT INTO migration VALUES (99, 'next', 'x', 0)`)),
      'is newer than this program',
    ],
    [
      'was made otherwise',
      () => onFile((db) => db.exec(`UPDATE migration SET checksum = 'x'`)),
      'by another program',
    ],
  ])('given a file that %s, it is refused by name and left as it is', async (_, damage, message) => {
    await aStore();
    damage();
    const content = () => (fs.existsSync(file) && fs.statSync(file).isFile() ? fs.readFileSync(file) : null);
    const before = content();

    expect(() => opened()).toThrow(new RegExp(`${file}.*${message}`));
    expect(content()).toEqual(before);
    expect(() => opened()).toThrow(message); // Not locked by the attempt before.
  });

  test("another cell's file is refused", async () => {
    await aStore();
    expect(() => opened(file, 'other')).toThrow(`${file} belongs to the cell "cell", not to "other"`);
  });

  test('a folder that cannot be made is named', () => {
    fs.writeFileSync(join(folder, 'file'), '');
    expect(() => opened(join(folder, 'file', 'store.sqlite'))).toThrow(/file\/store\.sqlite cannot be opened/);
  });

  test('given an aggregate that is damaged, or of a later shape, it is named', async () => {
    await aStore();
    onFile((db) => db.exec(`UPDATE aggregate SET version = ${SHAPE_VERSION + 1}`));
    await expect(opened().open()).rejects.toThrow(`${file}: conversations 1 was written by a newer program`);

    onFile((db) => db.exec(`UPDATE aggregate SET version = ${SHAPE_VERSION}, state = '{'`));
    await open[0]!.close();
    await expect(opened().open()).rejects.toThrow(`${file}: conversations 1 is damaged`);
  });

  test('a leftover of a store that was never finished is no hindrance', async () => {
    fs.writeFileSync(`${file}.new`, 'half');
    expect((await opened().open()).lastBatch).toBe(0);
    expect(fs.existsSync(`${file}.new`)).toBe(false);
  });

  test('given that another program has the file locked, it is refused by name', async () => {
    await aStore();
    const shell = new Database(file);
    shell.exec('BEGIN IMMEDIATE');
    expect(() => opened()).toThrow(`${file} is locked by another program`);

    shell.exec('ROLLBACK').close();
    expect((await opened().open()).lastBatch).toBe(1);
  });

  test('given that another program has the file locked, a commit may be tried again', async () => {
    const storage = opened();
    await storage.open();
    const shell = new Database(file);
    shell.exec('BEGIN IMMEDIATE');
    const batch = aBatch(1, { changes: [change(aConversation('1'))] });
    await expect(storage.commit(batch)).rejects.toThrow(StorageUnavailable);

    shell.exec('ROLLBACK').close();
    await storage.commit(batch);
    expect(await storage.findConversation(APP, '1' as ConversationId)).toEqual(aConversation('1'));
  });

  test('given that the disk is full, nothing is written, and a commit may be tried again', async () => {
    const storage = opened();
    await storage.open();
    const { db } = storage as unknown as { readonly db: Database.Database };
    const pages = db.pragma('page_count', { simple: true }) as number;
    db.pragma(`max_page_count = ${pages}`);
    const batch = aBatch(1, { changes: [change(aConversation('1', { userData: 'x'.repeat(100_000) }))] });
    await expect(storage.commit(batch)).rejects.toThrow(StorageUnavailable);
    expect(await storage.findConversation(APP, '1' as ConversationId)).toBeUndefined();

    db.pragma(`max_page_count = ${pages + 1_000}`);
    await storage.commit(batch);
    expect(await storage.findConversation(APP, '1' as ConversationId)).toBeDefined();
  });

  test('given a disk that fails while it is read, every read says that it may be tried again', async () => {
    await aStore();
    const storage = opened();
    await storage.open();
    const { db } = storage as unknown as { readonly db: Database.Database };
    const found = await storage.listConversations({ app: APP, offset: 0, limit: 1 });
    await nextTurn();
    db.pragma('wal_checkpoint(TRUNCATE)'); // Nothing is left in the log, nor in memory.
    db.pragma('shrink_memory');
    const [id, event] = ['1' as ConversationId, 'e1' as EventId];
    const reads: readonly (() => Promise<unknown>)[] = [
      () => storage.findConversation(APP, id),
      () => storage.listConversations({ app: APP, offset: 0, limit: 1 }),
      () => storage.findTask(APP, 't1' as QueueTaskId),
      () => storage.asOf(APP, 1 as Instant),
      () => storage.eventsAfter(APP, event, 1),
      () => storage.eventsOf(APP, id),
      () => storage.findEvent(APP, event),
      () => storage.eventsToDeliver(APP, 'https://receiver.example', null, 1),
      () => storage.deliveriesSetAside(APP, 0, 1),
    ];
    const withoutDisk = takeFromUnder(file);
    for (const read of reads) await expect(read()).rejects.toThrow(StorageUnavailable);

    withoutDisk.giveBack();
    expect(await storage.listConversations({ app: APP, offset: 0, limit: 1 })).toEqual(found);
  });

  test.each([
    ['the file', { folder: 0o777, lock: 0o666, store: 0o444 }],
    ['the folder and all in it', { folder: 0o555, lock: 0o444, store: 0o444 }],
  ])(
    'given that this user may not write %s, it is refused by name',
    async (_, modes) => {
      await aStore();
      fs.chmodSync(folder, modes.folder);
      fs.chmodSync(`${file}.lock`, modes.lock);
      fs.chmodSync(file, modes.store);
      const child = otherProcess(`
      if (process.getuid() === 0) process.setuid(65534); // Nothing is read-only to root.
      try { openSqlite(file, 'cell'); console.log('opened'); } catch (error) { console.log(error.message); }`);
      const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
      await once(child, 'close');
      fs.chmodSync(folder, 0o700);

      expect(line).toMatch(new RegExp(`^${file} cannot be written`));
    },
    30_000,
  ); // A process that translates what it loads.

  test('given a process killed in the middle of its commits, the next finds whole batches and no gap', async () => {
    let lastTold = 0;
    for (const life of [1, 2, 3]) {
      const child = otherProcess(COMMITTING);
      const lines = createInterface(child.stdout!);
      const told: number[] = [];
      await new Promise<void>((resolve, reject) => {
        child.once('error', reject).once('exit', () => reject(new Error('ended by itself')));
        lines.on('line', (line) => told.push(Number(line)) === 20 + life && resolve());
      });
      expect(() => openSqlite(file, 'cell')).toThrow('is in use by another process');
      child.removeAllListeners('exit').kill('SIGKILL');
      await once(child, 'close'); // With all of its output read.
      expect(told).toEqual(told.map((_, index) => lastTold + 1 + index));

      const storage = openSqlite(file, 'cell');
      const { lastBatch, aggregates, effects } = await storage.open();
      const { total } = await storage.listConversations({ app: APP, offset: 0, limit: 1 });
      await storage.close();

      lastTold = told.at(-1)!;
      expect([lastTold, lastTold + 1]).toContain(lastBatch); // It may die before it tells of the last.
      lastTold = lastBatch;
      const batches = Array.from({ length: lastBatch }, (_, index) => index + 1);
      const ids = (per: number) => batches.flatMap((n) => Array.from({ length: per }, (_, i) => `${n}-${i}`));
      expect(aggregates.map(({ value }) => value.id)).toEqual(ids(CHANGES));
      expect(effects.map(({ id }) => id)).toEqual(ids(EFFECTS));
      expect(eventsIn()).toEqual(batches.map((number) => anEvent(number).id));
      expect(total).toBe(aggregates.length);
    }
  }, 30_000); // Three processes, each of which translates what it loads.
});

/** Every access of this process to the open file fails, until it is given back. */
function takeFromUnder(path: string): { giveBack(): void } {
  const descriptors = fs.readdirSync('/proc/self/fd').map(Number);
  const mine = descriptors.filter((each) => fs.existsSync(`/proc/self/fd/${each}`));
  const descriptor = mine.find((each) => fs.readlinkSync(`/proc/self/fd/${each}`) === path)!;
  fs.closeSync(descriptor);
  return { giveBack: () => expect(fs.openSync(path, 'r+')).toBe(descriptor) };
}

const children: ChildProcess[] = [];
const CHANGES = 30;
const EFFECTS = 5;
/** Commits for as long as it lives, and tells of every batch that is on record. */
const COMMITTING = `
  (async () => {
    const storage = openSqlite(file, 'cell');
    const { lastBatch } = await storage.open();
    for (let number = lastBatch + 1; ; number++) {
      const ids = (count) => Array.from({ length: count }, (_, index) => number + '-' + index);
      const changes = ids(${CHANGES}).map((id) => objects.change(objects.aConversation(id)));
      const effects = ids(${EFFECTS}).map((id) => ({ id, effect: objects.openBridge }));
      await storage.commit(objects.aBatch(number, { changes, effects, events: [objects.anEvent(number)] }));
      require('node:fs').writeSync(1, number + '\\n');
    }
  })();`;

/** A process of its own with the store at hand, whose TypeScript it translates as it loads it. */
function otherProcess(program: string): ChildProcess {
  const prelude = `
    const typescript = require('typescript');
    require.extensions['.ts'] = (module, path) => {
      const options = { module: 'commonjs', target: 'es2022', esModuleInterop: true };
      const source = require('node:fs').readFileSync(path, 'utf8');
      module._compile(typescript.transpileModule(source, { compilerOptions: options }).outputText, path);
    };
    const { openSqlite } = require('./src/adapters/storage/sqlite-storage.ts');
    const objects = require('./test/contract/storage-objects.ts');
    const file = ${JSON.stringify(file)};`;
  const child = spawn(process.execPath, ['-e', prelude + program], {
    cwd: join(__dirname, '..', '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}
