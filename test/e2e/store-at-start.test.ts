import Database from 'better-sqlite3';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { providePostgres } from '../../scripts/postgres/postgres-program';
import { PostgresServer } from '../../scripts/postgres/postgres-server';
import { openPostgres, postgresAddress } from '../../src/adapters/storage/postgres-open';
import { SHAPE_VERSION } from '../../src/adapters/storage/shapes';
import { openSqlite } from '../../src/adapters/storage/sqlite-storage';
import type { Storage } from '../../src/ports/storage';
import { aBatch, aConversation, change, openBridge } from '../contract/storage-objects';
import { FILL, READ_ONLY, smallDisk, withMounts, type CommandLine } from '../support/own-mounts';
import { LoneService, SERVICE } from './lone-service';

const ROOT = resolve(__dirname, '../..');

let folder: string;
let data: string;
let store: string;
const services: LoneService[] = [];
jest.setTimeout(30_000); // Processes are started, on a machine that may be busy.

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-start-'));
  data = join(folder, 'data');
  store = join(data, 'parley.sqlite');
});
afterEach(async () => {
  for (const service of services.splice(0)) await service.end();
  await rm(folder, { recursive: true });
});

function started(settings: Readonly<Record<string, string>> = {}, command: CommandLine = SERVICE): LoneService {
  const service = new LoneService({ PARLEY_DATA: data, ...settings }, command);
  services.push(service);
  return service;
}

/** What the last step makes is there already. */
const UNTOLD_STEP = 'DELETE FROM migration WHERE number = (SELECT max(number) FROM migration)';

/** In the log, where a start begins with nothing. */
const isEmpty = (name: string): string =>
  `"store":"${name}","level":"warn","message":"the store is empty: it begins with nothing"`;

/** It ends with this code, after one line that says this. */
async function expectRefused(service: LoneService, code: number, line: RegExp): Promise<void> {
  expect(await service.exited).toBe(code);
  expect(service.errors).toMatch(line);
  expect(service.errors.trim().split('\n')).toHaveLength(1);
  expect(service.output).not.toContain('start failed');
}

/** One that has served: with something that lives, something that is over, and something to be done. */
async function fill(storage: Storage): Promise<void> {
  await storage.open();
  const members = Array.from({ length: 40 }, (_, index) => change(aConversation(`${index}`)));
  await storage.commit(aBatch(1, { changes: members, effects: [{ id: '1-0', effect: openBridge }] }));
  await storage.close();
}

async function aStore(): Promise<void> {
  await fill(openSqlite(store, 'default'));
}

function onStore(sql: string): void {
  const db = new Database(store);
  db.exec(sql);
  db.close();
}

/** Everything in the folder of the store but its lock, which is empty. */
function content(): Readonly<Record<string, string | null>> {
  const names = existsSync(data) && statSync(data).isDirectory() ? readdirSync(data) : [];
  const stored = names.filter((name) => !name.endsWith('.lock') && !name.endsWith('-shm')).sort();
  const read = (file: string) => (statSync(file).isFile() ? readFileSync(file).toString('base64') : null);
  return Object.fromEntries(stored.map((name) => [name, read(join(data, name))]));
}

describe('an SQLite store', () => {
  test.each<[what: string, happened: () => unknown, line: RegExp]>([
    ['is no database', () => writeFile(store, 'something else '.repeat(900)), /is not an SQLite database/],
    ['has lost its end', () => truncate(store, 8_192), /is damaged: restore it/],
    ['has garbage in its pages', () => spoilPages(), /is damaged: restore it/],
    ['is gone, and its log is there', () => rename(store, `${store}-wal`), /is missing/],
    ['is newer', () => onStore(`INSERT INTO migration VALUES (99, 'next', 'x', 0)`), /is newer than this program/],
    [
      'holds something newer',
      () => onStore(`UPDATE aggregate SET version = ${SHAPE_VERSION + 1}`),
      /conversations 0 was written by a newer program/,
    ],
    ['holds half an effect', () => onStore(`UPDATE effect SET effect = '{'`), /effect 1-0 is damaged/],
    [
      'cannot be lifted',
      () => onStore(UNTOLD_STEP),
      /is as it was: .*Migration \d+ .*fails \(table \w+ already exists\)/,
    ],
  ])('given that it %s, the start says so in one line and leaves it as it is', async (_, happened, line) => {
    await aStore();
    await happened();
    const before = content();

    await expectRefused(started(), 2, new RegExp(`^${store}.*${line.source}`));
    expect(content()).toEqual(before);
  });

  test('given that there is none, or it is gone, the log names what it begins with; given one that is there, it does not', async () => {
    const line = isEmpty(store);
    const first = started();
    await first.says(line);
    await first.says('"serving"');
    await first.end();

    const second = started();
    await second.says('"serving"');
    await second.end();
    expect(second.output).not.toContain('the store is empty');

    for (const end of ['', '-wal', '-shm']) await rm(`${store}${end}`, { force: true });
    await started().says(line);
  }, 90_000);

  test('given that another program has it locked, or another service has it, each is told from the other', async () => {
    await aStore();
    const shell = new Database(store);
    shell.exec('BEGIN IMMEDIATE');
    await expectRefused(started(), 2, /^.*parley\.sqlite is locked by another program: end that one/);
    shell.close();

    const other = openSqlite(store, 'default');
    await expectRefused(started(), 3, /^.*parley\.sqlite is in use by another process/);
    await other.close();
  });

  test('given that a file is in the place of its folder, the start says what to make writable', async () => {
    await writeFile(data, '');
    await expectRefused(started(), 2, /parley\.sqlite cannot be opened: make its folder .*writable/);
  });

  test.each<[what: string, mounts: string, line: RegExp]>([
    ['is read-only', READ_ONLY, /cannot be opened: make it, its folder and its file system readable and writable/],
    ['is full', `${onTo('store')}\n${FILL}`, /cannot be written: the disk is full/],
    ['is full, and there is none yet', `${smallDisk('64k')}\n${FILL}`, /cannot be written: the disk is full/],
  ])('given a disk that %s, the start says so in one line', async (_, mounts, line) => {
    await aStore();
    await cp(data, join(folder, 'store'), { recursive: true });
    const before = content();

    await expectRefused(started({}, withMounts(mounts, data, SERVICE)), 2, line);
    expect(content()).toEqual(before);
  });
});

/** A small disk with a copy of what is in the folder of this name, which lies beside it. */
function onTo(name: string): string {
  return `${smallDisk('1m')}\ncp "$0/../${name}/parley.sqlite" "$0"`;
}

/** All but the first, in which the header is. */
async function spoilPages(): Promise<void> {
  const bytes = readFileSync(store);
  await writeFile(store, bytes.fill(0xa5, 4_096));
}

describe('a PostgreSQL store', () => {
  let server: PostgresServer;
  let database: string;
  beforeAll(async () => {
    server = await PostgresServer.start(await providePostgres(ROOT));
  }, 300_000);
  afterAll(async () => server.stop());
  beforeEach(async () => {
    database = await server.createDatabase();
    await fill(await openPostgres(postgresAddress(server.url(database)), 'default', () => undefined));
  });

  const startedOn = (url: string): LoneService => started({ PARLEY_DATABASE_URL: url });
  const batches = () => server.query('SELECT last_batch FROM parley.writer', database);

  test.each<[what: string, url: () => string, line: RegExp]>([
    [
      'a wrong password',
      () => server.url(database, 'postgres:wrong'),
      /does not let us in: correct user and pass/,
    ],
    ['no such database', () => server.url('nowhere'), /is not there: create the database, or correct PARLEY_/],
  ])('given %s, the start says so in one line without the password', async (_, url, line) => {
    const service = startedOn(url());
    await expectRefused(service, 2, line);
    expect(service.errors).not.toMatch(/wrong|tests only|tests%20only/);
  });

  test.each<[what: string, sql: string, line: RegExp]>([
    ['is newer', `INSERT INTO parley.migration VALUES (99, 'next', 'x')`, /is newer than this program/],
    [
      'holds something newer',
      `UPDATE parley.aggregate SET version = ${SHAPE_VERSION + 1}`,
      /conversations 0 was written by a newer program/,
    ],
    ['holds half an effect', `UPDATE parley.effect SET effect = '{'`, /effect 1-0 is damaged/],
    [
      'cannot be lifted',
      `SET search_path = parley; ${UNTOLD_STEP}`,
      /is as it was: .*Migration \d+ .*fails \(column "\w+" of relation "\w+" already exists\)/,
    ],
  ])('given that it %s, the start says so in one line and leaves it as it is', async (_, sql, line) => {
    await server.query(sql, database);
    await expectRefused(startedOn(server.url(database)), 2, line);
    expect(await batches()).toEqual([{ last_batch: '1' }]);
  });

  test.each<[what: string, rights: string]>([
    ['nothing', ''],
    [
      'read the schema',
      'GRANT USAGE ON SCHEMA parley TO stranger; GRANT SELECT ON ALL TABLES IN SCHEMA parley TO stranger;',
    ],
  ])(
    'given that it is of another owner, and this user may %s, the start says whose it has to be',
    async (_, rights) => {
      await server.query(
        `DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN PASSWORD 'known'; ${rights}`,
        database,
      );
      await expectRefused(
        startedOn(server.url(database, 'stranger:known')),
        2,
        /does not let us use our tables: make the user the owner of the database, and of all in its schema parley/,
      );
      await server.query('DROP OWNED BY stranger; DROP ROLE stranger', database);
      expect(await batches()).toEqual([{ last_batch: '1' }]);
    },
  );

  test('given one in which there is nothing of this cell, the log names what it begins with', async () => {
    const filled = startedOn(server.url(database));
    await filled.says('"serving"');
    expect(filled.output).not.toContain('the store is empty');

    const { name } = postgresAddress(server.url(database));
    await started({ PARLEY_DATABASE_URL: server.url(database), PARLEY_CELL: 'other' }).says(
      isEmpty(`${name}, cell other`),
    );
    database = await server.createDatabase();
    await startedOn(server.url(database)).says(
      isEmpty(`${postgresAddress(server.url(database)).name}, cell default`),
    );
  }, 90_000);

  test('given that it cannot be reached, the start waits and says why, and can be stopped', async () => {
    await server.interrupt('fast');
    const service = startedOn(server.url(database));
    await service.says('waiting for the store');
    service.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    expect(service.output).toContain('ECONNREFUSED');
    expect(service.output).not.toMatch(/start failed|tests%20only/);

    await server.resume();
    expect(await batches()).toEqual([{ last_batch: '1' }]);
  });
});
