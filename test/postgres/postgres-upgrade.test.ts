import { resolve } from 'node:path';
import { providePostgres } from '../../scripts/postgres/postgres-program';
import { PostgresServer } from '../../scripts/postgres/postgres-server';
import { openPostgres, postgresAddress } from '../../src/adapters/storage/postgres-open';
import { MIGRATIONS } from '../../src/adapters/storage/postgres-schema';
import type { PostgresStorage } from '../../src/adapters/storage/postgres-storage';
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
