import fc from 'fast-check';
import { decodeMuLaw, encodeMuLaw, listen, tonePacket, TONES, type Tone } from '../../scripts/phone-farm/tones';

const SAMPLES_PER_PACKET = 160;

/** What a mixing bridge makes of several parties. */
function mixed(tones: readonly Tone[]): Buffer {
  const packets = tones.map((tone) => [...tonePacket(tone)].map(decodeMuLaw));
  const sums = Array.from({ length: SAMPLES_PER_PACKET }, (_, index) =>
    packets.reduce((sum, packet) => sum + packet[index]!, 0),
  );
  return Buffer.from(sums.map(encodeMuLaw));
}

test('µ-law has the values of Recommendation G.711', () => {
  expect([0x00, 0x0f, 0x7e, 0x80, 0x8f, 0xfe, 0xff].map(decodeMuLaw)).toStrictEqual([
    -32124, -16764, -8, 32124, 16764, 8, 0,
  ]);
});

test('every µ-law byte but the second zero survives decoding and encoding', () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x7f);
  expect(bytes.map((byte) => encodeMuLaw(decodeMuLaw(byte)))).toStrictEqual(bytes);
});

test('exactly the tones that are in a packet are found, whichever were mixed', () => {
  fc.assert(
    fc.property(fc.subarray([...TONES]), (tones) => {
      expect(listen(mixed(tones))).toStrictEqual({ tones, other: false });
    }),
  );
});

test('a tone is found at any point of its period', () => {
  fc.assert(
    fc.property(fc.constantFrom(...TONES), fc.nat(SAMPLES_PER_PACKET - 1), (tone, shift) => {
      const packet = tonePacket(tone);
      const shifted = Buffer.concat([packet.subarray(shift), packet.subarray(0, shift)]);
      expect(listen(shifted)).toStrictEqual({ tones: [tone], other: false });
    }),
  );
});

test('silence holds no tone', () => {
  expect(listen(tonePacket(undefined))).toStrictEqual({ tones: [], other: false });
});

test.each([425, 450, 850, 3000])('%i Hz is no tone of the farm, but a sound', (frequency) => {
  const samples = Array.from({ length: SAMPLES_PER_PACKET }, (_, index) =>
    encodeMuLaw(Math.round(4000 * Math.sin((2 * Math.PI * frequency * index) / 8000))),
  );
  expect(listen(Buffer.from(samples)).other).toBe(true);
});

test('a tone under music is found, and the music too', () => {
  const music = Array.from(
    { length: SAMPLES_PER_PACKET },
    (_, index) => 3000 * Math.sin((2 * Math.PI * 550 * index) / 8000),
  );
  const both = [...tonePacket(700)].map((byte, index) =>
    encodeMuLaw(Math.round(decodeMuLaw(byte) + music[index]!)),
  );
  expect(listen(Buffer.from(both))).toStrictEqual({ tones: [700], other: true });
});
