import type { CallId, ChannelId, PhoneNumber, TrunkId } from '../../src/domain/ids';
import type { TelephonySignal } from '../../src/ports/telephony';
import { SimulatedAsterisk } from './simulated-asterisk';
import { VirtualTime } from './virtual-time';

const CALLER = {
  type: 'caller-entered',
  channelId: '1700000000.1' as ChannelId,
  telnumber: '13900000001',
  args: ['agent', 'ann'],
  variables: {},
} as const;
const LEG = '018bcfe5'.repeat(4) as ChannelId;
const TRUNK = 'trunk' as TrunkId;
const LIFE_SECONDS = 600;

test('given nobody has the application, when a caller comes, then it is handed over within three seconds of its coming back', async () => {
  const { asterisk, time, told, attach } = anAsterisk();

  asterisk.enter(CALLER, true);
  await time.idle(10_000);
  expect([...asterisk.channelsAlive().channels.keys()]).toEqual([]);
  attach();
  await time.idle(3_000);

  expect(told).toEqual([CALLER]);
  expect(asterisk.dialplan.stays.map(({ end }) => end)).toEqual(['inside']);
});

test('given nobody has the application for a minute, when a caller is tried for the twentieth time again, then it goes to its fallback', async () => {
  const { asterisk, time, told, attach } = anAsterisk();

  asterisk.enter(CALLER, true);
  await time.idle(59_999);
  expect(asterisk.dialplan.stays.map(({ end }) => end)).toEqual(['held']);
  await time.idle(1);
  attach();
  await time.idle(3_000);

  const [stay] = asterisk.dialplan.stays;
  expect(stay).toMatchObject({ end: 'fallback', variables: { PARLEY_RESULT: 'unavailable' } });
  expect(told).toEqual([]);
});

test('given a service that takes nobody on, when it sends a caller back, then the dialplan tries that again', async () => {
  const { asterisk, time, told, attach } = anAsterisk();
  attach();

  asterisk.enter(CALLER, true);
  asterisk.release(CALLER.channelId, { PARLEY_RESULT: 'unavailable' });
  await time.idle(3_000);

  expect(told.map(({ type }) => type)).toEqual(['caller-entered', 'leg-ended', 'caller-entered']);
});

test('given nobody has the application, when a phone is answered, then it is kept beyond its time to ring and handed over', async () => {
  const { asterisk, time, told, attach } = anAsterisk();
  asterisk.dial(aDial(LIFE_SECONDS));

  await time.idle(1_000);
  asterisk.answer(LEG);
  await time.idle(30_000);
  expect(asterisk.channelsAlive().channels.get(LEG)).toBe('kept');
  attach();
  await time.idle(1_000);

  expect(told).toEqual([{ type: 'leg-answered', channelId: LEG }]);
  expect(asterisk.channelsAlive().channels.get(LEG)).toBe('up');
});

test.each([
  { what: 'a minute', lifeSeconds: LIFE_SECONDS, keptSeconds: 60 },
  { what: 'its own limit', lifeSeconds: 40, keptSeconds: 39 },
])('given a kept phone, when nobody comes for $what, then it is hung up', async ({ lifeSeconds, keptSeconds }) => {
  const { asterisk, time } = anAsterisk();
  asterisk.dial(aDial(lifeSeconds));
  await time.idle(1_000);
  asterisk.answer(LEG);

  await time.idle(keptSeconds * 1_000 - 1);
  expect(asterisk.channels.get(LEG)?.state).toBe('kept');
  await time.idle(1);

  expect(asterisk.channels.has(LEG)).toBe(false);
});

function anAsterisk() {
  const time = new VirtualTime();
  const asterisk = new SimulatedAsterisk(time);
  asterisk.trunks.add(TRUNK);
  const told: TelephonySignal[] = [];
  const attach = (): void =>
    asterisk.attach({ hear: (signal) => void told.push(signal), replaced: () => undefined });
  return { asterisk, time, told, attach };
}

function aDial(lifeSeconds: number) {
  const to = { kind: 'number', number: '+4930' as PhoneNumber, trunk: TRUNK } as const;
  return { callId: LEG as string as CallId, channelId: LEG, to, from: null, ringSeconds: 20, lifeSeconds };
}
