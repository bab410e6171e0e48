import { resolve } from 'node:path';
import { providePostgres } from '../../scripts/postgres/postgres-program';
import { PostgresServer } from '../../scripts/postgres/postgres-server';
import { openPostgres, postgresAddress } from '../../src/adapters/storage/postgres-open';
import { PostgresStorage } from '../../src/adapters/storage/postgres-storage';
import { describeStorage } from '../contract/storage.contract';

let server: PostgresServer;
let database: string;
let tables: string;

beforeAll(async () => {
  server = await PostgresServer.start(await providePostgres(resolve(__dirname, '../..'), console.log));
  database = await server.createDatabase();
  await (await openPostgres(postgresAddress(server.url(database)), 'cell', console.log)).close();
  const found = await server.query<{ name: string }>(
    `SELECT 'parley.' || tablename AS name FROM pg_tables WHERE schemaname = 'parley' AND tablename <> 'migration'`,
    database,
  );
  tables = found.map(({ name }) => name).join(', ');
}, 300_000);
afterAll(async () => server.stop());

describeStorage('PostgresStorage', async () => {
  await server.query(`TRUNCATE ${tables} RESTART IDENTITY`, database);
  return {
    connect: () => new PostgresStorage(postgresAddress(server.url(database)), 'cell', false),
    remove: () => undefined,
  };
});
