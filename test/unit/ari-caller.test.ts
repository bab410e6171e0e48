import { readCaller } from '../../src/adapters/ari/ari-survey';
import type { AriVariables } from '../../src/adapters/ari/ari-variables';

const CHANNEL = {
  id: '1795376582.166',
  name: 'PJSIP/trunk-00000001',
  state: 'Up',
  caller: { number: '5550001' },
  accountcode: '',
  dialplan: { app_name: 'Stasis', app_data: 'parley,agent,1001' },
};
const BROUGHT = {
  'CALLERID(num-pres)': 'allowed_not_screened',
  PARLEY_APP: 'north',
  PARLEY_ENQUEUE: '',
  PARLEY_USER_DATA: 'a "b", ü',
  PARLEY_PRIORITY: '7',
  PARLEY_ANSWER: '',
};
const CALLER = {
  type: 'caller-entered',
  channelId: CHANNEL.id,
  telnumber: '5550001',
  args: ['agent', '1001'],
  variables: { APP: 'north', USER_DATA: 'a "b", ü', PRIORITY: '7' },
};

/** Variables of the caller's channel, and how often they were read. */
function aChannelWith(values: Readonly<Record<string, string>>) {
  const asked: (readonly string[])[] = [];
  const read = async (_: string, names: readonly string[]): Promise<readonly string[]> => {
    asked.push(names);
    return names.map((name) => values[name] ?? '');
  };
  return { asked, variables: { read } as unknown as AriVariables };
}

const read = ({ variables }: ReturnType<typeof aChannelWith>, channelvars?: Readonly<Record<string, string>>) =>
  readCaller(variables, { ...CHANNEL, ...(channelvars && { channelvars }) }, ['agent', '1001']);

test('given Asterisk tells along with a caller what it brings, nothing is asked for', async () => {
  const channel = aChannelWith({});
  expect(await read(channel, BROUGHT)).toEqual(CALLER);
  expect(channel.asked).toEqual([]);
});

test('given a caller who brings nothing, nothing is asked for either', async () => {
  const channel = aChannelWith({});
  const nothing = Object.fromEntries(Object.keys(BROUGHT).map((name) => [name, '']));
  expect(await read(channel, nothing)).toEqual({ ...CALLER, variables: {} });
  expect(channel.asked).toEqual([]);
});

test('given a number that is withheld, none is told', async () => {
  const withheld = { ...BROUGHT, 'CALLERID(num-pres)': 'prohib_passed_screen' };
  expect(await read(aChannelWith({}), withheld)).toEqual({ ...CALLER, telnumber: null });
});

test.each([
  ['not', undefined],
  ['only in part', { PARLEY_APP: 'of another time', OTHER: 'x' }],
])('given Asterisk is %s told to tell it, all is read', async (_, channelvars) => {
  const channel = aChannelWith(BROUGHT);
  expect(await read(channel, channelvars)).toEqual(CALLER);
  expect(channel.asked).toEqual([Object.keys(BROUGHT)]);
});
