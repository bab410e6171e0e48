import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { runCommand } from '../../scripts/asterisk/run-command';
import { providePostgres } from '../../scripts/postgres/postgres-program';
import { PostgresServer } from '../../scripts/postgres/postgres-server';
import { eventually } from '../../scripts/phone-farm/eventually';
import { openPostgres, postgresAddress } from '../../src/adapters/storage/postgres-open';
import { MIGRATIONS } from '../../src/adapters/storage/postgres-schema';
import { PostgresStorage } from '../../src/adapters/storage/postgres-storage';
import type { ConversationId, EventId, Instant } from '../../src/domain/ids';
import { StorageInUse, StorageUnavailable, StorageUnusable, Superseded } from '../../src/ports/storage';
import {
  aBatch,
  aConversation,
  agentMember,
  anEvent,
  APP,
  change,
  outsideMember,
  restored,
} from '../contract/storage-objects';

let server: PostgresServer;
let database: string;
const open: PostgresStorage[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await PostgresServer.start(await providePostgres(resolve(__dirname, '../..'), console.log));
}, 300_000);
afterAll(async () => server.stop());
beforeEach(async () => {
  database = await server.createDatabase();
});
afterEach(async () => {
  for (const each of children.splice(0)) each.kill('SIGKILL');
  for (const each of open.splice(0)) await each.close();
});
jest.setTimeout(30_000);

async function opened(cell = 'cell', url = server.url(database)): Promise<PostgresStorage> {
  const storage = await openPostgres(postgresAddress(url), cell, () => undefined);
  open.push(storage);
  return storage;
}

async function batches(): Promise<readonly number[]> {
  const rows = await server.query<{ last: string }>('SELECT last_batch AS last FROM parley.writer', database);
  return rows.map(({ last }) => Number(last));
}

describe('opening a database', () => {
  test('makes all tables in a schema of their own, once, whoever comes first', async () => {
    await Promise.all(['a', 'b', 'c'].map((cell) => opened(cell)));
    const schemas = await server.query(
      `SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
      database,
    );
    expect(schemas).toEqual([{ schemaname: 'parley' }]);
    const applied = await server.query<{ number: number }>(
      'SELECT number FROM parley.migration ORDER BY number',
      database,
    );
    expect(applied.map(({ number }) => number)).toEqual(MIGRATIONS.map(({ number }) => number));
  });

  test.each<[what: string, url: () => string, message: RegExp]>([
    [
      'a wrong password',
      () => server.url(database, 'postgres:wrong'),
      /does not let us in: correct user and pass/,
    ],
    ['no password', () => server.url(database, 'postgres'), /does not let us in/],
    ['an unknown user', () => server.url(database, 'nobody:x'), /does not let us in/],
    ['no such database', () => server.url('nowhere'), /nowhere is not there: create the database/],
    ['encryption that it has not', () => `${server.url(database)}?sslmode=verify-full`, /correct sslmode/],
  ])('given %s, it says what to do, in one line without the password', async (_, url, message) => {
    const error = await opened('cell', url()).catch((reason: unknown) => reason as Error);
    expect(error).toBeInstanceOf(StorageUnusable);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toMatch(/\n|wrong|for%20tests/);
  });

  test.each<[what: string, sql: string, message: RegExp]>([
    ['is newer', `INSERT INTO parley.migration VALUES (99, 'next', 'x')`, /is newer than this program/],
    ['was made otherwise', `UPDATE parley.migration SET checksum = 'x'`, /was made by another program/],
    ['has lost its ledger', 'DROP TABLE parley.migration', /has a schema parley of another program/],
  ])('given one that %s, it is refused and left as it is', async (_, sql, message) => {
    await (await opened()).open();
    await open.pop()!.close();
    await server.query(sql, database);

    await expect(opened()).rejects.toThrow(message);
    expect(await batches()).toEqual([0]);
  });

  test('given a user who may make nothing, it says so', async () => {
    await server.query(`CREATE ROLE guest LOGIN PASSWORD 'guest'`);
    await expect(opened('cell', server.url(database, 'guest:guest'))).rejects.toThrow(/make the user the owner/);
  });

  test('given a server that is not there yet, it waits for it and says why', async () => {
    await server.interrupt('fast');
    const told: string[] = [];
    const opening = openPostgres(postgresAddress(server.url(database)), 'cell', (problem) => told.push(problem));
    await eventually(
      () => told.length > 0,
      10_000,
      () => 'it should say that it waits',
    );
    await server.resume();
    open.push(await opening);

    expect(told[0]).toContain('ECONNREFUSED');
    expect((await open[0]!.open()).lastBatch).toBe(0);
  });
});

describe('one process for a cell', () => {
  test('given that it is served, a second one is refused by name; another cell is not', async () => {
    const first = await opened();
    await first.open();

    const refused = opened();
    await expect(refused).rejects.toThrow(StorageInUse);
    await expect(refused).rejects.toThrow(/the cell "cell" is served by another process.* from 127\.0\.0\.1/);
    await (await opened('other')).open();
    await first.commit(aBatch(1)); // The refusal has done it no harm.
    await first.close();
    expect((await (await opened()).open()).lastBatch).toBe(1);
  });

  test('given that the process is killed, the next one is let in at once', async () => {
    const child = otherProcess();
    await once(createInterface(child.stdout!), 'line');
    await expect(opened()).rejects.toThrow(StorageInUse);

    child.kill('SIGKILL');
    await (await opened()).open();
  });

  test('given a connection that the server does not know to be lost, its own process gets in again', async () => {
    const storage = await opened();
    await storage.open();
    await storage.commit(aBatch(1));
    forgetConnection(storage);

    await untilCommitted(storage, 2);
    expect(await batches()).toEqual([2]);
  });

  test('given another writer while the connection was lost, it is superseded', async () => {
    const storage = await opened();
    await storage.open();
    await server.query(`UPDATE parley.writer SET id = id + 1`, database);
    await server.query(TERMINATE, database);

    await expect(untilCommitted(storage, 1)).rejects.toThrow(Superseded);
  });
});

test('given two cells in one database, each has its own world, and what is over can be read by both', async () => {
  const [one, two] = [await opened('one'), await opened('two')];
  await one.open();
  await two.open();
  const members = [agentMember('ann'), outsideMember('+49\u0000\ud800')];
  await one.commit(aBatch(1, { changes: [change(aConversation('1', { members }))] }));
  await two.commit(aBatch(1, { changes: [change(aConversation('2', { members }))] }));
  await one.commit(aBatch(2, { changes: [change(aConversation('1', { members, endsAt: 5_000 as never }))] }));

  const again = new PostgresStorage(postgresAddress(server.url(database)), 'two', false);
  open.push(again);
  expect((await again.open()).aggregates.map(({ value }) => value.id)).toEqual(['2']);
  const query = { app: APP, offset: 0, limit: 9, telnumber: '+49\u0000\ud800' };
  expect((await two.listConversations(query)).conversations.map(({ id }) => id)).toEqual(['2', '1']);
});

describe('given two cells in one database with the same application', () => {
  const url = 'https://receiver.example/hook';
  const [FIRST, EVER] = ['' as EventId, 9_999 as Instant];
  const toDeliver = (number: number) => ({ app: APP, url, event: anEvent(number).id });
  const ids = (...numbers: readonly number[]) => numbers.map((number) => anEvent(number).id);
  const stream = async (cell: PostgresStorage) => (await cell.eventsAfter(APP, FIRST, 9)).map(({ id }) => id);
  const left = async (cell: PostgresStorage) =>
    (await cell.eventsToDeliver(APP, url, null, 9)).map(({ id }) => id);

  /** The first has told the odd events, the second the even ones, later. */
  async function twoCells(): Promise<readonly [PostgresStorage, PostgresStorage]> {
    const cells = [await opened('one'), await opened('two')] as const;
    for (const [index, cell] of cells.entries()) {
      await cell.open();
      const told = [1, 3].map((number) => number + index);
      const events = told.map((number) =>
        anEvent(number, { at: (1_000 * (index + 1)) as Instant, conversation: `${index}` as ConversationId }),
      );
      await cell.commit(aBatch(1, { events, deliveries: told.map(toDeliver) }));
    }
    return cells;
  }

  test('each has its own stream and deliveries, and a journal goes with its conversation', async () => {
    const [one, two] = await twoCells();

    expect([await stream(one), await stream(two)]).toEqual([ids(1, 3), ids(2, 4)]);
    expect([await left(one), await left(two)]).toEqual([ids(1, 3), ids(2, 4)]);
    for (const cell of [one, two]) {
      const events = await cell.eventsOf(APP, '0' as ConversationId);
      expect(events.map(({ id }) => id)).toEqual(ids(1, 3));
    }
  });

  test('what is forgotten of one is missed by nobody in the other, whoever forgets it', async () => {
    const [one, two] = await twoCells();
    const settled = [1, 3].map((number) => ({ ...toDeliver(number), problem: null, at: EVER }));
    await one.commit(aBatch(2, { settled }));
    await two.forgetEnded(EVER);

    expect([await one.lastForgottenEvent(APP), await two.lastForgottenEvent(APP)]).toEqual([anEvent(3).id, null]);
    expect([await stream(one), await stream(two)]).toEqual([[], ids(2, 4)]);
  });

  test('what was set aside in one is delivered by the one in which it is asked for, after its restart as well', async () => {
    const [one, two] = await twoCells();
    await one.commit(aBatch(2, { settled: [{ ...toDeliver(1), problem: 'no answer', at: EVER }] }));
    expect(await two.deliveriesSetAside(APP, 0, 9)).toMatchObject({ total: 1 });
    await two.commit(aBatch(2, { deliveries: [toDeliver(1), toDeliver(3)] }));

    expect([await left(one), await left(two)]).toEqual([ids(3), ids(1, 2, 4)]);
  });
});

test('given a dump taken while it is served, a database restored from it has everything', async () => {
  const storage = await opened();
  const members = [agentMember('ann')];
  await storage.open();
  await storage.commit(aBatch(1, { changes: [change(aConversation('1', { members }))] }));
  const { dump, restore } = server.program;
  const folder = await mkdtemp(join(tmpdir(), 'dump-'));
  const file = join(folder, 'backup.dump');
  await runCommand(dump, ['--format=custom', '--schema=parley', `--file=${file}`, server.url(database)]);
  await storage.commit(aBatch(2, { changes: [change(aConversation('2'))] }));
  const target = await server.createDatabase();
  await runCommand(restore, [`--dbname=${server.url(target)}`, file]);
  await rm(folder, { recursive: true });

  const copy = await opened('cell', server.url(target));
  expect(await copy.open()).toEqual(restored(1, { aggregates: [change(aConversation('1', { members }))] }));
  await copy.commit(aBatch(2, { changes: [change(aConversation('3'))] }));
  const page = await copy.listConversations({ app: APP, offset: 0, limit: 9 });
  expect([page.total, page.conversations.map(({ id }) => id)]).toEqual([2, ['3', '1']]);
});

describe('a server that goes away', () => {
  test.each([
    ['ends', 'fast'],
    ['crashes', 'crash'],
  ] as const)(
    'given that it %s and starts again, commits are refused, then go on by themselves',
    async (_, manner) => {
      const storage = await opened();
      await storage.open();
      await server.interrupt(manner);
      await eventually(
        () => !storage.isAvailable(),
        5_000,
        () => 'it should notice, although nobody asks',
      );
      await expect(storage.commit(aBatch(1))).rejects.toThrow(StorageUnavailable);
      await expect(storage.listConversations({ app: APP, offset: 0, limit: 1 })).rejects.toThrow(
        StorageUnavailable,
      );

      await server.resume();
      await eventually(
        () => storage.isAvailable(),
        10_000,
        () => 'it should notice that it is back',
      );
      await storage.commit(aBatch(1));
      expect(await batches()).toEqual([1]);
    },
  );

  test('given that it stands still, that is noticed within 5 s, and a commit in between is written once', async () => {
    const storage = await opened();
    await storage.open();
    server.freeze();
    try {
      const attempt = storage.commit(aBatch(1, { changes: [change(aConversation('1'))] }));
      await expect(attempt).rejects.toThrow(StorageUnavailable);
      expect(storage.isAvailable()).toBe(false);
    } finally {
      server.thaw();
    }
    await untilCommitted(storage, 1);
    await untilCommitted(storage, 2);
    expect(await batches()).toEqual([2]);
  });

  test('given that it has become a stand-by, which takes no writes, it counts as away', async () => {
    const storage = await opened();
    await storage.open();
    await server.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    await server.query(TERMINATE, database);
    await eventually(
      () => !storage.isAvailable(),
      5_000,
      () => 'it should notice',
    );
    await expect(storage.commit(aBatch(1))).rejects.toThrow(StorageUnavailable);

    await server.query(`ALTER DATABASE ${database} RESET default_transaction_read_only`);
    await server.query(TERMINATE, database);
    await untilCommitted(storage, 1);
  });
});

/** As an administrator would. */
const TERMINATE = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** As the engine does it. */
async function untilCommitted(storage: PostgresStorage, number: number): Promise<void> {
  const commit = async (): Promise<boolean> => {
    try {
      await storage.commit(aBatch(number));
      return true;
    } catch (error) {
      if (error instanceof StorageUnavailable) return false;
      throw error;
    }
  };
  await eventually(commit, 10_000, () => `batch ${number} should be committed`);
}

/** The connection stays open, and nobody here knows of it. */
function forgetConnection(storage: PostgresStorage): void {
  (storage as unknown as { readonly session: { client: unknown } }).session.client = null;
}

/** A process of its own that serves the cell, whose TypeScript it translates as it loads it. */
function otherProcess(): ChildProcess {
  const program = `
    const typescript = require('typescript');
    require.extensions['.ts'] = (module, path) => {
      const options = { module: 'commonjs', target: 'es2022', esModuleInterop: true };
      const source = require('node:fs').readFileSync(path, 'utf8');
      module._compile(typescript.transpileModule(source, { compilerOptions: options }).outputText, path);
    };
    const { openPostgres, postgresAddress } = require('./src/adapters/storage/postgres-open.ts');
    openPostgres(postgresAddress(${JSON.stringify(server.url(database))}), 'cell', () => undefined)
      .then((storage) => storage.open())
      .then(() => console.log('open'));
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ['-e', program], {
    cwd: resolve(__dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}
