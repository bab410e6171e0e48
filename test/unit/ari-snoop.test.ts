import type { AriConnection } from '../../src/adapters/ari/ari-connection';
import { snoopOn } from '../../src/adapters/ari/ari-snoop';
import type { ChannelId } from '../../src/domain/ids';

const [SNOOP, LEG] = ['5'.repeat(32), '1'.repeat(32)] as [ChannelId, ChannelId];

/** What comes of it when Asterisk answers to these operations so: null is success. */
async function fateGiven(answers: Readonly<Record<string, string | null>>) {
  const asked: string[] = [];
  const connection = {
    ask: async (operation: string) => {
      asked.push(operation);
      const refusal = answers[operation];
      if (refusal !== null) throw new Error(`{"message":"${refusal}"}`);
    },
  } as unknown as AriConnection;
  return { fate: await snoopOn(connection, 'parley', SNOOP, LEG), asked };
}

const NOT_CREATED = 'Snoop channel could not be created';

test.each([
  ['it is made', { snoop: null }, 'asked', 1],
  ['the leg is gone', { snoop: 'Provided channel was not found' }, 'gone', 1],
  ['it is there already', { snoop: NOT_CREATED, 'look at snoop': null }, 'asked', 2],
  ['it cannot be made', { snoop: NOT_CREATED, 'look at snoop': 'Channel not found' }, 'gone', 2],
] as const)('given %s', async (_, answers, expected, requests) => {
  const { fate, asked } = await fateGiven(answers);
  expect([fate, asked.length]).toEqual([expected, requests]);
});

test('given any other refusal, it is thrown', async () => {
  await expect(fateGiven({ snoop: 'Something else' })).rejects.toThrow('Something else');
});
