import { resolve } from 'node:path';
import { providePostgres } from '../../scripts/postgres/postgres-program';
import { PostgresServer } from '../../scripts/postgres/postgres-server';
import { openPostgres, postgresAddress } from '../../src/adapters/storage/postgres-open';
import { MIGRATIONS } from '../../src/adapters/storage/postgres-schema';
import type { PostgresStorage } from '../../src/adapters/storage/postgres-storage';
import { StorageUnusable } from '../../src/ports/storage';
import { APP } from '../support/worlds';
import { earlierStore, expectTakenOver, stepsWithStore } from '../contract/earlier-stores';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start(await providePostgres(resolve(__dirname, '../..'), console.log));
}, 300_000);
afterAll(async () => server.stop());

test('there is a store of each step of the schema but the last', () => {
  const steps = MIGRATIONS.slice(0, -1).map(({ number }) => number);
  expect(stepsWithStore('postgres')).toEqual(expect.arrayContaining(steps));
});

/** All relations with their columns, the ledger and the writer. */
async function contentOf(database: string): Promise<readonly unknown[]> {
  const relations = await server.query(
    `SELECT relname, array(SELECT attname::text FROM pg_attribute WHERE attrelid = pg_class.oid ORDER BY attnum) AS columns
     FROM pg_class WHERE relnamespace = to_regnamespace('parley') ORDER BY relname`,
    database,
  );
  if (relations.length === 0) return await server.query(`SELECT to_regnamespace('parley') AS schema`, database);
  const rows = ['migration', 'writer'].map((table) => server.query(`SELECT * FROM parley.${table}`, database));
  return [relations, ...(await Promise.all(rows))];
}

/** The last statement of the last step does not work. */
const NO_INDEX = `
  CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'parley.answer_by_age') THEN
      RAISE EXCEPTION 'this index may not be';
    END IF;
  END $$;
  CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION public.refuse()`;

test.each<[what: string, made: string, lastBatch: number]>([
  ['an empty database', '', 0],
  ['a store of the step before', earlierStore('postgres', 1), 10],
])(
  'given %s and a step that fails, nothing is changed, the refusal names the step, and the next start can try again',
  async (_, made, batch) => {
    const database = await server.createDatabase();
    await server.query(made, database);
    await server.query(NO_INDEX, database);
    const before = await contentOf(database);
    const address = postgresAddress(server.url(database));

    const refused = openPostgres(address, 'default', console.log);
    await expect(refused).rejects.toBeInstanceOf(StorageUnusable);
    await expect(refused).rejects.toThrow(
      `${address.name} cannot be brought to the schema of this program, and is as it was: go on with the program before, ` +
        'or restore it from a backup. Migration 2 (answers to requests that may be sent again) fails ' +
        '(this index may not be)',
    );
    expect(await contentOf(database)).toEqual(before);

    await server.query('DROP EVENT TRIGGER refuse', database);
    const storage = await openPostgres(address, 'default', console.log);
    const { lastBatch } = await storage.open();
    await storage.close();
    expect(lastBatch).toBe(batch);
  },
  30_000,
);

test.each(stepsWithStore('postgres'))(
  'given a store that a program with step %i of the schema left behind, the service of today takes it over',
  async (step) => {
    const database = await server.createDatabase();
    await server.query(earlierStore('postgres', step), database);
    const open = (): Promise<PostgresStorage> =>
      openPostgres(postgresAddress(server.url(database)), 'default', console.log);
    const storage = await open();
    await expectTakenOver(storage);
    await storage.close();

    const again = await open();
    expect((await again.open()).lastBatch).toBeGreaterThan(10);
    await again.close();
    const ledger = await server.query('SELECT number FROM parley.migration ORDER BY number', database);
    expect(ledger).toEqual(MIGRATIONS.map(({ number }) => ({ number })));
  },
  30_000,
);

test('given events that were forgotten before it was known of which cell they were, they are those of all', async () => {
  const database = await server.createDatabase();
  await server.query(earlierStore('postgres', 3), database);
  await server.query(`INSERT INTO parley.writer VALUES ('other', 1, 10, NULL)`, database);
  const forgotten: (string | null)[] = [];
  for (const cell of ['default', 'other', 'new']) {
    const storage = await openPostgres(postgresAddress(server.url(database)), cell, console.log);
    forgotten.push(await storage.lastForgottenEvent(APP));
    await storage.close();
  }

  const last = '00000000000000000000000000000001';
  expect(forgotten).toEqual([last, last, null]);
});
