import { makeSounds } from '../../scripts/asterisk/make-sounds';
import { Ear } from '../../scripts/phone-farm/ear';
import { PACKET_SAMPLES, isRingback, tonePacket, TONES, type Tone } from '../../scripts/phone-farm/tones';

const START = 1_000_000;
const HEADER = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const SOUNDS = makeSounds();

function packetsOf(path: string): readonly Buffer[] {
  const sound = SOUNDS.get(path)!;
  return Array.from({ length: Math.floor(sound.length / PACKET_SAMPLES) }, (_, index) =>
    sound.subarray(index * PACKET_SAMPLES, (index + 1) * PACKET_SAMPLES),
  );
}

const RINGBACK = packetsOf('moh/ringback/parley-ringback.ulaw');
const MUSIC = packetsOf('moh/hold/parley-hold.ulaw');

function earOf(...payloads: readonly Buffer[]): Ear {
  const ear = new Ear(START);
  payloads.forEach((payload, index) => ear.take(Buffer.concat([HEADER, payload]), START + index * 20));
  return ear;
}

const times = (count: number, tone?: Tone): readonly Buffer[] => new Array<Buffer>(count).fill(tonePacket(tone));

test('the ringing tone is told from everything else in every packet', () => {
  expect(RINGBACK.slice(0, 100).every(isRingback)).toBe(true);
  expect(RINGBACK.slice(101).some(isRingback)).toBe(false);
  expect(TONES.map((tone) => tonePacket(tone)).some(isRingback)).toBe(false);
});

test('music is hardly ever taken for the ringing tone', () => {
  expect(MUSIC.filter(isRingback).length).toBeLessThan(MUSIC.length / 100);
});

test('what was heard is told in order, without the seams between', () => {
  const ear = earOf(
    ...times(10, 400),
    ...times(2, 700), // A seam.
    ...times(5, 400),
    ...RINGBACK.slice(0, 20),
    ...times(4),
    ...times(3, 1900),
  );
  expect(ear.passages()).toEqual([
    { heard: '400 Hz', at: START, packets: 15 },
    { heard: 'ringback', at: START + 340, packets: 20 },
    { heard: 'silence', at: START + 740, packets: 4 },
    { heard: '1900 Hz', at: START + 820, packets: 3 },
  ]);
  expect(ear.passages({ since: START + 350, until: START + 730 })).toEqual([
    { heard: 'ringback', at: START + 360, packets: 19 },
  ]);
});
