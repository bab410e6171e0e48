import { now } from '../../scripts/phone-farm/eventually';
import { type Tone } from '../../scripts/phone-farm/tones';
import { BRIDGE, type Played } from '../../src/domain/conversation/listen-speak-mode';
import type { AppId, BridgeId } from '../../src/domain/ids';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import { aWav, type Stretch } from '../support/wav';
import { Legs, listenUntil, type Leg } from './legs';

jest.setTimeout(60_000);

const APP = 'default' as AppId;
const TALK = { speaks: true, hears: BRIDGE } as const;
/** Within so many milliseconds what was asked for is heard. */
const SOON = 100;
/** Packets come every 20 ms; the machine that listens has other work. */
const NO_GAP = 100;

let legs: Legs;
beforeAll(async () => {
  legs = await Legs.start();
  await put('欢迎.wav', [
    { hertz: 1300, seconds: 1 },
    { hertz: 1600, seconds: 1 },
  ]);
  await put('odd.wav', [{ hertz: 1900, seconds: 0.3125 }]); // No whole number of packets.
}, 60_000);
afterEach(async () => legs.clear());
afterAll(async () => legs?.system.close(), 30_000);

async function put(name: string, stretches: readonly Stretch[]): Promise<void> {
  await legs.system.sounds.put(APP, name, aWav(stretches));
}

const soundOf = (sound: string, otherwise = 'parley-silence'): Played => ({
  from: 'sound',
  app: APP,
  sound: sound as Sound,
  otherwise,
});

/** Whoever waits outside, and hears this. */
const waits = (leg: Leg, hears: Played) => legs.place(leg, null, null, { speaks: false, hears });

/** Which of these tones was heard for how many milliseconds, one after the other, whatever was heard besides. */
function runs(leg: Leg, tones: readonly Tone[], since: number): { readonly tone: Tone | 'none'; ms: number }[] {
  const found: { readonly tone: Tone | 'none'; ms: number }[] = [];
  for (const packet of leg.call.ear.packets({ since })) {
    const tone = tones.find((each) => packet.tones.includes(each)) ?? 'none';
    const last = found.at(-1);
    if (last?.tone === tone) last.ms += 20;
    else found.push({ tone, ms: 20 });
  }
  return found;
}

async function talkOf(...parties: readonly Leg[]): Promise<BridgeId> {
  const bridgeId = await legs.aBridge();
  for (const leg of parties) await legs.place(leg, null, bridgeId, TALK);
  return bridgeId;
}

test('given a sound of any length, it is heard over and over without a gap', async () => {
  const leg = await legs.aLeg(400);
  await waits(leg, soundOf('odd.wav'));
  await legs.system.until(() => leg.call.ear.isHearing(1900), 'the sound should be heard');
  const since = now();
  await listenUntil(since + 3_000);
  expect(runs(leg, [1900], since)).toEqual([{ tone: 1900, ms: expect.any(Number) }]);
  expect(leg.call.ear.longestGap({ since })).toBeLessThan(NO_GAP);
});

test('given moves into, among and out of bridges, the sound neither stops nor begins anew', async () => {
  const [here, there] = [await legs.aBridge(), await legs.aBridge()];
  const [leg, partner] = [await legs.aLeg(400), await legs.aLeg(700)];
  await legs.place(partner, null, here, TALK);
  const audio = { speaks: false, hears: soundOf('欢迎.wav') };
  await legs.place(leg, null, null, audio);
  await legs.system.until(() => leg.call.ear.isHearing(1300), 'the sound should be heard');

  const since = now();
  const seats = [null, here, there, here, null, here];
  for (const [index, seat] of seats.entries()) {
    await legs.place(leg, seats[index - 1] ?? null, seat, audio);
    await listenUntil(since + (index + 1) * 700);
  }

  const heard = runs(leg, [1300, 1600], since);
  expect(heard.map(({ tone }) => tone)).toEqual(heard.map((_, index) => (index % 2 === 0 ? 1300 : 1600)));
  for (const { ms } of heard.slice(1, -1)) expect(Math.abs(ms - 1_000)).toBeLessThanOrEqual(60);
  expect(leg.call.ear.longestGap({ since })).toBeLessThan(NO_GAP);
  expect(leg.call.ear.heard(700, { since })).toBe(false);

  const answered = now();
  await legs.place(leg, here, here, TALK);
  await Promise.all([leg.call.hears([700]), partner.call.hears([400])]);
  expect(leg.call.ear.firstHeard(700, { since: answered })! - answered).toBeLessThan(SOON);
});

test('given others are given new sounds meanwhile, not a packet of the first is late', async () => {
  const [leg, other] = [await legs.aLeg(400), await legs.aLeg(700)];
  await waits(leg, soundOf('odd.wav'));
  await legs.system.until(() => leg.call.ear.isHearing(1900), 'the sound should be heard');
  const since = now();
  for (let index = 0; index < 10; index++) {
    await put(`new-${index}.wav`, [{ hertz: 1000, seconds: 1 }]);
    const asked = now();
    await waits(other, soundOf(`new-${index}.wav`));
    await legs.system.until(() => other.call.ear.heard(1000, { since: asked }), 'the new sound should be heard');
    expect(other.call.ear.firstHeard(1000, { since: asked })! - asked).toBeLessThan(SOON);
    await waits(other, soundOf('odd.wav'));
  }
  await listenUntil(now());
  expect(runs(leg, [1900], since).map(({ tone }) => tone)).toEqual([1900]);
  expect(leg.call.ear.longestGap({ since })).toBeLessThan(NO_GAP);
});

test('given the ringing tone, it sounds for two seconds and is silent for four, in packets', async () => {
  const leg = await legs.aLeg(400);
  const since = now();
  await waits(leg, { from: 'ringback' });
  await listenUntil(since + 7_000);
  const packets = leg.call.ear.packets({ since: since + SOON, until: since + 6_000 + SOON });
  expect(packets.filter(({ other }) => other).length).toBeGreaterThan(90);
  expect(packets.filter(({ other }) => other).length).toBeLessThan(110);
  expect(packets.length).toBeGreaterThan(285);
});

test("given keys and sounds of Asterisk's own, they are heard over and over", async () => {
  const leg = await legs.aLeg(400);
  for (const sound of ['digits:1*', 'sound:vm-goodbye']) {
    await waits(leg, { from: 'music', musicClass: 'parley-silence' });
    await leg.call.hearsNothing();
    const since = now();
    await waits(leg, soundOf(sound));
    await listenUntil(since + 4_000);
    const late = leg.call.ear.packets({ since: since + 2_000 });
    expect(late.filter(({ other, tones }) => other || tones.length > 0).length).toBeGreaterThan(20);
  }
});

test('given a sound that is missing, what is to be played otherwise is heard', async () => {
  const leg = await legs.aLeg(400);
  await waits(leg, soundOf('nowhere.wav', 'default'));
  await leg.call.hearsMusic();
});

test('given a sound is put in the place of another, the new one is heard next; deleted, what is to be heard otherwise', async () => {
  const leg = await legs.aLeg(400);
  await put('news.wav', [{ hertz: 1300, seconds: 0.5 }]);
  await waits(leg, soundOf('news.wav', 'default'));
  await leg.call.hears([1300]);
  const since = now();
  await put('news.wav', [{ hertz: 1600, seconds: 0.5 }]);
  await leg.call.hears([1600]);
  expect(runs(leg, [1300, 1600], since).map(({ tone }) => tone)).toEqual([1300, 1600]);

  expect(await legs.system.sounds.remove(APP, 'news.wav')).toBe(true);
  await leg.call.hearsMusic();
  expect(leg.call.ear.longestGap({ since })).toBeLessThan(NO_GAP);
});

test('given a sound under the talk, both hear it and each other, until it is taken away', async () => {
  const [a, b] = [await legs.aLeg(400), await legs.aLeg(700)];
  const bridgeId = await talkOf(a, b);
  const { telephony } = legs.system;
  await telephony.playUnder(bridgeId, soundOf('odd.wav'));
  const heard = (with400: Tone, under: Tone) =>
    legs.system.until(
      () => [with400, under].every((tone) => (with400 === 700 ? a : b).call.ear.isHearing(tone)),
      `${with400} Hz should be heard over ${under} Hz`,
    );
  await Promise.all([heard(700, 1900), heard(400, 1900)]);
  const since = now();
  await listenUntil(since + 2_000);
  for (const [leg, partner] of [
    [a, 700],
    [b, 400],
  ] as const) {
    const packets = leg.call.ear.packets({ since });
    const both = packets.filter(({ tones }) => tones.includes(1900) && tones.includes(partner));
    expect(both.length).toBeGreaterThan(0.9 * packets.length);
    expect(packets.length).toBeGreaterThan(90);
  }

  await put('next.wav', [{ hertz: 1000, seconds: 1 }]);
  await telephony.playUnder(bridgeId, soundOf('next.wav'));
  await Promise.all([a.call.hears([700, 1000]), b.call.hears([400, 1000])]);
  await telephony.playUnder(bridgeId, soundOf('nowhere.wav'));
  await Promise.all([a.call.hears([700]), b.call.hears([400])]);
  await telephony.playUnder(bridgeId, { from: 'ringback' });
  await legs.system.until(
    () => a.call.ear.packets({ since: now() - 100 }).some(({ other }) => other),
    'the ringing tone should be heard under the talk',
  );
  await telephony.playUnder(bridgeId, null);
  await Promise.all([a.call.hears([700]), b.call.hears([400])]);
});

test('given an announcement, all hear it, a third joins and leaves at once, and nothing is left of it', async () => {
  await put('one.wav', [{ hertz: 1300, seconds: 1 }]);
  await put('二.wav', [{ hertz: 1600, seconds: 1 }]);
  const [a, b, c] = [await legs.aLeg(400), await legs.aLeg(700), await legs.aLeg(1000)];
  const bridgeId = await talkOf(a, b);
  const { telephony } = legs.system;
  const since = now();
  await telephony.announce(bridgeId, APP, ['one.wav', 'nowhere.wav', '二.wav'] as Sound[]);
  for (const leg of [a, b]) {
    await legs.system.until(() => leg.call.ear.isHearing(1300), 'the announcement should be heard');
    expect(leg.call.ear.firstHeard(1300, { since })! - since).toBeLessThan(2 * SOON);
  }

  const joins = now();
  await legs.place(c, null, bridgeId, TALK);
  expect(now() - joins).toBeLessThan(SOON);
  await c.call.hears([400, 700, 1300]);
  const leaves = now();
  await telephony.hangUp(c.channelId);
  await c.call.ended();
  expect(now() - leaves).toBeLessThan(2 * SOON);

  await listenUntil(since + 2_500);
  for (const leg of [a, b]) {
    const { ear } = leg.call;
    for (const tone of [1300, 1600] as const) {
      const packets = ear.packets({ since }).filter(({ tones }) => tones.includes(tone));
      expect(Math.abs(packets.length - 50)).toBeLessThanOrEqual(5); // A mixing bridge drops one now and then.
    }
    const between = ear.firstHeard(1600, { since })! - ear.lastHeard(1300, { since })!;
    expect(Math.abs(between)).toBeLessThan(SOON);
  }

  await telephony.announce(bridgeId, APP, ['one.wav', '二.wav'] as Sound[]);
  await telephony.playUnder(bridgeId, soundOf('odd.wav'));
  await legs.system.until(() => a.call.ear.isHearing(1900) && a.call.ear.isHearing(1300), 'both should be heard');
  for (const { channelId } of [a, b]) await telephony.hangUp(channelId);
  const closes = now();
  await telephony.closeBridge(bridgeId);
  expect(now() - closes).toBeLessThan(2 * SOON);
  await legs.system.until(
    async () => (await legs.system.cli('core show channels count')).includes('0 active channels'),
    'no channel should be left',
  );
  // A bridge is gone a moment after its last channel: that one's thread lets go of it.
  await legs.system.until(
    async () => (await legs.system.cli('bridge show all')).trim().split('\n').length === 1,
    'no bridge should be left',
  );
});

test('given this service is gone, the sound goes on', async () => {
  const leg = await legs.aLeg(400);
  await waits(leg, soundOf('odd.wav'));
  await legs.system.until(() => leg.call.ear.isHearing(1900), 'the sound should be heard');
  await legs.system.telephony.close();
  legs.forget();
  const since = now();
  await listenUntil(since + 1_500);
  expect(runs(leg, [1900], since).map(({ tone }) => tone)).toEqual([1900]);
  await leg.call.hangUp();
});
