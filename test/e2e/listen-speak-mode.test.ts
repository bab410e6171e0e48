import { eventually, now } from '../../scripts/phone-farm/eventually';
import { Parley } from './parley';
import { MODES, OUTSIDE, TONES, Talk, aCast, type Cast, type Mode, type Who } from './talk';

let parley: Parley;
let cast: Cast;
beforeAll(async () => {
  parley = await Parley.start();
  cast = await aCast(parley);
}, 120_000);
afterAll(async () => parley.stop(), 30_000);

/** A tone that no phone here makes. */
const PROMPT = 1600;

const PARTIES: readonly [2 | 3, Who][] = [
  [2, 'customer'],
  [2, 'agent'],
  [3, 'customer'],
  [3, 'agent'],
  [3, 'outside'],
];

test.each(PARTIES)(
  'among %i members, every mode of the %s has exactly the right ones heard, from every other mode',
  async (parties, who) => {
    const talk = await Talk.begin(cast, parties);
    for (const from of MODES) {
      for (const to of MODES.filter((mode) => mode !== from)) {
        await talk.set(who, from);
        await talk.isAsItShould();
        await talk.set(who, to);
        await talk.isAsItShould();
      }
    }
    await talk.end();
  },
  120_000,
);

test('two members in restricted modes at once hear what both modes allow, for every pair of modes', async () => {
  const talk = await Talk.begin(cast, 2);
  for (const one of MODES) {
    for (const other of MODES) {
      await talk.set('customer', one);
      await talk.set('agent', other);
      await talk.isAsItShould();
    }
  }
  await talk.end();
}, 120_000);

test.each([2, 3, 4] as const)(
  'who joins in mode %i is not heard, and hears, for not one packet more than it may',
  async (mode) => {
    const talk = await Talk.begin(cast, 2);
    await parley.post(`conversation/${talk.id}/invite_out`, { to: OUTSIDE, max_answer_seconds: 60, mode });
    const joined = await talk.joined(cast, mode);
    await talk.isAsItShould();
    const isHeard = ([...talk.phones] as const)
      .filter(([who]) => who !== 'outside')
      .map(([, phone]) => phone.ear.heard(TONES.outside));
    expect(isHeard).toEqual([mode === 3, mode === 3]);
    if (mode !== 2)
      expect([joined.ear.heard(TONES.customer), joined.ear.heard(TONES.agent)]).toEqual([false, false]);
    await talk.end();
  },
);

describe.each(MODES)('given a customer in mode %i', (mode: Mode) => {
  test('its own phone, which holds and takes back, undoes nothing', async () => {
    const talk = await Talk.begin(cast, 3);
    await talk.set('customer', mode);
    const [phone, listener] = [talk.phones.get('customer')!, talk.phones.get('outside')!];
    await phone.hold();
    await eventually(
      () => !listener.ear.isHearing(TONES.customer),
      2_000,
      () => 'a phone that holds says nothing',
    );
    await phone.resume();
    await talk.isAsItShould();
    await talk.end();
  });

  test.each([2, 3] as const)(
    'among %i, an agent whose phone holds is held, and back in its mode when it takes back',
    async (parties) => {
      const talk = await Talk.begin(cast, parties);
      await talk.set('customer', mode);
      for (const agents of MODES) {
        await talk.set('agent', agents);
        await talk.holds('agent');
        await talk.takesBack('agent', agents);
      }
      await talk.end();
    },
    60_000,
  );

  test('a prompt to it undoes nothing', async () => {
    const talk = await Talk.begin(cast, 3);
    await talk.set('customer', mode);
    const customer = talk.phones.get('customer')!;
    const since = now();
    const { channel_id } = await parley.conversation(talk.id);
    const prompt = await parley.promptOf(PROMPT);
    await parley.askAsterisk('POST', `channels/${channel_id}/play?media=${encodeURIComponent(prompt)}`);
    await eventually(
      () => customer.ear.heard(PROMPT, { since }) && !customer.ear.isHearing(PROMPT),
      3_000,
      () => 'the prompt is heard and ends',
    );
    await talk.isAsItShould();
    await talk.end();
  });
});

test('hold sound that comes and goes undoes no mode', async () => {
  const talk = await Talk.begin(cast, 3);
  await talk.set('customer', 2);
  await talk.set('agent', 4);
  await talk.set('outside', 4);
  await talk.isAsItShould();
  await talk.set('outside', 3);
  await talk.isAsItShould();
  await talk.set('agent', 1);
  await talk.isAsItShould();
  await talk.end();
});
