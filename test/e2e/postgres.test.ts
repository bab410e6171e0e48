import { dirname, resolve } from 'node:path';
import { providePostgres } from '../../scripts/postgres/postgres-program';
import { PostgresServer } from '../../scripts/postgres/postgres-server';
import { aTalk, CUSTOMER, hangUp } from './floor';
import { documented, livesThroughARestore } from './restore';
import { Parley, type AgentAtPhone } from './parley';

let postgres: PostgresServer;
let url: string;
let parley: Parley;
let agent: AgentAtPhone;
beforeAll(async () => {
  postgres = await PostgresServer.start(await providePostgres(resolve(__dirname, '../..')));
  url = postgres.url(await postgres.createDatabase());
  parley = await Parley.start({ settings: { PARLEY_DATABASE_URL: url } });
  agent = await parley.agentAtPhone(700, { manner: { answerAfter: 0 } });
}, 300_000);
afterAll(async () => {
  await parley?.stop();
  await postgres?.stop();
}, 30_000);
afterEach(async () => parley.untilNothingIsLeft());

test('given the service is killed under a live call, the next start takes it over, and its record is complete', async () => {
  const { id, customer, leg } = await aTalk(parley, agent);
  await parley.killService();
  await parley.restartService();
  expect(await parley.conversationOf(agent)).toMatchObject({ id, state: 'running' });
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  await hangUp(parley, agent, { customer, leg });

  expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  expect(await parley.serviceLog()).not.toContain('for tests only');
});

test('given the service is killed while two callers wait, they keep their places, and are served in that order', async () => {
  await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
  const to = `7${agent.name}`;
  const first = await parley.farm.call({ from: CUSTOMER, to, tone: 400 });
  const waiting = (count: number) => async () => (await parley.queue()).length === count;
  await parley.until(waiting(1), 'the first waits');
  const second = await parley.farm.call({ from: '13900000002', to, tone: 1000 });
  await parley.until(waiting(2), 'the second waits');
  const places = async () => (await parley.queue()).map(({ id, position }) => ({ id, position }));
  const before = await places();
  await parley.killService();
  await Promise.all([first.hearsMusic(), second.hearsMusic()]);
  await parley.startServiceAgain();

  expect(await places()).toEqual(before);
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
  for (const [customer, tone] of [
    [first, 400],
    [second, 1000],
  ] as const) {
    const leg = await agent.phone.incoming();
    await Promise.all([customer.hears([700]), leg.hears([tone])]);
    await customer.hangUp();
    await leg.ended();
  }
  await parley.untilState(agent, 'idle');
}, 60_000);

test.each<[what: string, away: () => Promise<void>, back: () => Promise<void>]>([
  ['ends', () => postgres.interrupt('fast'), () => postgres.resume()],
  ['stands still', async () => postgres.freeze(), async () => postgres.thaw()],
])(
  'given that PostgreSQL %s under a live call, it goes on, commands are refused, and all is on record when it is back',
  async (_, away, back) => {
    const { id, customer, leg } = await aTalk(parley, agent);
    await away();
    try {
      await parley.until(async () => !(await parley.isReady()), 'it is not ready', 5_000);
      await expect(parley.post(`agent/${agent.name}/state`, { state: 'busy' })).rejects.toThrow(/000004/);
      await Promise.all([customer.hears([700]), leg.hears([400])]);
      await customer.hangUp();
    } finally {
      await back();
    }
    await parley.until(async () => parley.isReady(), 'it is ready', 10_000);
    await leg.ended();
    await parley.untilState(agent, 'idle');
    expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  },
  60_000,
);

test('given a dump of an hour ago restored while calls are up, who talks soon talks again, and nothing of ours is left', async () => {
  const { backUp, restore } = documented().postgres;
  const other = await parley.agentAtPhone(1300, { manner: { answerAfter: 0 } });
  const [former, restored] = [url, postgres.url(await postgres.createDatabase())];
  const PATH = `${dirname(postgres.program.dump)}:${process.env['PATH']}`;
  await livesThroughARestore(parley, [agent, other], {
    backUp: async () => parley.shell(backUp, { PATH, PARLEY_DATABASE_URL: former }),
    restore: async () => {
      await parley.shell(restore, { PATH, PARLEY_DATABASE_URL: restored });
      return { PARLEY_DATABASE_URL: restored };
    },
  });
}, 60_000);
