import { resolve } from 'node:path';
import { providePostgres } from '../../scripts/postgres/postgres-program';
import { PostgresServer } from '../../scripts/postgres/postgres-server';

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start(await providePostgres(resolve(__dirname, '../..'), console.log));
}, 300_000);
afterAll(async () => server.stop());

async function rows(): Promise<readonly { readonly n: number }[]> {
  return server.query('SELECT n FROM kept');
}

test.each(['fast', 'crash'] as const)('given a %s end, what was committed is there again', async (manner) => {
  await server.query('DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 7 AS n');
  await server.interrupt(manner);
  await expect(rows()).rejects.toThrow('ECONNREFUSED');

  await server.resume();
  expect(await rows()).toEqual([{ n: 7 }]);
});

test('given that it stands still, nobody is answered until it goes on', async () => {
  server.freeze();
  let isAnswered = false;
  const asked = rows().finally(() => (isAnswered = true));
  await new Promise((passed) => setTimeout(passed, 200));
  expect(isAnswered).toBe(false);

  server.thaw();
  expect(await asked).toEqual([{ n: 7 }]);
});
