import { Ear } from '../../scripts/phone-farm/ear';
import { now } from '../../scripts/phone-farm/eventually';
import { tonePacket, type Tone } from '../../scripts/phone-farm/tones';

const START = 1_000_000;
const COMFORT_NOISE = Buffer.from([0x80, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f]);

function rtp(tone: Tone | undefined): Buffer {
  return Buffer.concat([Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), tonePacket(tone)]);
}

/** An ear that heard each of these for one packet of 20 ms; `null` is a packet that is missing. */
function earOf(start: number, ...tones: (Tone | undefined | null)[]): Ear {
  const ear = new Ear(start);
  tones.forEach((tone, index) => {
    if (tone !== null) ear.take(rtp(tone), start + index * 20);
  });
  return ear;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** An ear that heard this for the last 300 ms. Time stands still in these tests, so it is now for as long as one runs. */
function earUntilNow(...tones: (Tone | undefined | null)[]): Ear {
  const packets = Array.from({ length: 15 }, (_, index) => tones[index % tones.length]);
  return earOf(now() - 299, ...packets);
}

const RIGHT_NOW = { within: 0, since: 0 };

test('the first and the last packet with a tone are told to the millisecond', () => {
  const ear = earOf(START, 400, 700, 700, 400, 700, 400);
  expect(ear.firstHeard(700)).toBe(START + 20);
  expect(ear.lastHeard(700)).toBe(START + 80);
  expect(ear.firstHeard(700, { since: START + 41 })).toBe(START + 80);
  expect(ear.lastHeard(700, { until: START + 79 })).toBe(START + 40);
  expect(ear.firstHeard(1000)).toBeUndefined();
});

test('one packet is enough to have been heard', () => {
  const ear = earOf(START, 400, 400, 1300, 400);
  expect(ear.heard(1300)).toBe(true);
  expect(ear.heard(1300, { since: START + 41 })).toBe(false);
});

test('the longest gap counts from the start and to the end of the stretch', () => {
  const ear = earOf(START, 400, null, null, 400, 400);
  expect(ear.longestGap({ since: START, until: START + 80 })).toBe(60);
  expect(ear.longestGap({ since: START, until: START + 200 })).toBe(120);
  expect(ear.longestGap({ since: START - 500, until: START })).toBe(500);
  expect(ear.longestGap({ since: START + 10, until: START + 55 })).toBe(45);
});

test('no packet is missed after the end of the call', () => {
  const ear = earOf(START, 400, 400);
  ear.close(START + 30);
  expect(ear.longestGap({ since: START, until: START + 9000 })).toBe(20);
});

test('hearing exactly these tones is confirmed', async () => {
  await expect(earUntilNow(700).hears([700], RIGHT_NOW)).resolves.toBeUndefined();
});

test.each<[string, (Tone | undefined | null)[], Tone[], RegExp]>([
  ['another tone', [400], [700], /should hear 700 Hz.* it heard 400 Hz in 10 packets/],
  ['a stray packet', [700, 700, 700, 700, 1000], [700], /it heard 700 Hz in 8 packets, 1000 Hz in 2 packets/],
  ['one tone of two', [700], [1000, 700], /should hear 700 Hz \+ 1000 Hz.* it heard 700 Hz in 10 packets/],
  ['silence', [undefined], [700], /it heard silence in 10 packets/],
  ['half of the packets', [700, null], [700], /it heard 700 Hz in 5 packets/],
])('hearing %s instead is refused, and named', async (_, heard, tones, message) => {
  await expect(earUntilNow(...heard).hears(tones, RIGHT_NOW)).rejects.toThrow(message);
});

test('what was heard before is not taken for what is heard now', async () => {
  await expect(earUntilNow(700).hears([700], { within: 0 })).rejects.toThrow('no packet');
});

test('silence in packets, no packets and comfort noise are nothing', async () => {
  const keptAlive = new Ear(START);
  keptAlive.take(COMFORT_NOISE, now() - 10);
  for (const ear of [earUntilNow(undefined), new Ear(START), keptAlive]) {
    await expect(ear.hearsNothing(RIGHT_NOW)).resolves.toBeUndefined();
  }
});

test('a tone is neither nothing nor music', async () => {
  await expect(earUntilNow(700).hearsNothing(RIGHT_NOW)).rejects.toThrow('should hear nothing');
  await expect(earUntilNow(700).hearsMusic(RIGHT_NOW)).rejects.toThrow('should hear music');
});

test('an ended call hears nothing any more, not even silence', async () => {
  const ear = earUntilNow(700);
  ear.close();
  await expect(ear.hears([700], RIGHT_NOW)).rejects.toThrow('the call has ended');
  await expect(ear.hearsNothing(RIGHT_NOW)).rejects.toThrow('the call has ended');
});
