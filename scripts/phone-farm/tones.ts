/**
 * The farm's tones, in Hz: one for each party of a test. As multiples of 50 Hz all of them are periodic in one packet
 * of 20 ms at 8 kHz, so that they cannot be mistaken for each other even in a single packet.
 */
export const TONES = [400, 700, 1000, 1300, 1600, 1900, 2200, 2500] as const;
export type Tone = (typeof TONES)[number];

const SAMPLES_PER_SECOND = 8000;
/** Samples, and bytes of G.711, in one packet of 20 ms. */
export const PACKET_SAMPLES = 160;

/** Peak of a tone, of 32767: eight at once do not clip. */
const AMPLITUDE = 4000;
const HEARD_AMPLITUDE = AMPLITUDE / 4;
/** Root mean square below which a packet is silence. */
const SILENCE_LEVEL = 100;

/** What one packet sounds like. */
export type Sound = {
  readonly tones: readonly Tone[];
  /** There is sound that no tone of the farm explains: music, speech, a ringing tone. */
  readonly other: boolean;
};

/** Recommendation G.711, µ-law: one byte to a sample of 16 bits. */
export function decodeMuLaw(byte: number): number {
  const inverted = ~byte & 0xff;
  const magnitude = (((inverted & 0x0f) << 3) + 0x84) << ((inverted >> 4) & 0x07);
  return inverted & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

/** Recommendation G.711, µ-law: a sample of 16 bits to one byte. */
export function encodeMuLaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), 32635) + 0x84;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

const SAMPLE_OF_BYTE = Float64Array.from({ length: 256 }, (_, byte) => decodeMuLaw(byte));

/** One packet of a tone, or of silence. It may be sent over and over: the tone goes on without a step. */
export function tonePacket(tone: Tone | undefined): Buffer {
  const samples = Array.from({ length: PACKET_SAMPLES }, (_, index) =>
    tone === undefined ? 0 : Math.round(AMPLITUDE * Math.sin((2 * Math.PI * tone * index) / SAMPLES_PER_SECOND)),
  );
  return Buffer.from(samples.map(encodeMuLaw));
}

/** Finds the farm's tones in one packet of µ-law. */
export function listen(payload: Uint8Array): Sound {
  const samples = Float64Array.from(payload, (byte) => SAMPLE_OF_BYTE[byte]!);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / (samples.length || 1);
  if (Math.sqrt(power) < SILENCE_LEVEL) return { tones: [], other: false };
  const tones: Tone[] = [];
  let unexplained = power;
  for (const tone of TONES) {
    const amplitude = amplitudeOf(tone, samples);
    if (amplitude < HEARD_AMPLITUDE) continue;
    tones.push(tone);
    unexplained -= (amplitude * amplitude) / 2;
  }
  return { tones, other: unexplained > power / 16 && Math.sqrt(unexplained) > SILENCE_LEVEL };
}

/** The ringing tone that the shipped configuration plays, that of North America. */
const RINGBACK_HERTZ = [440, 480] as const;
/** Every mixture of the two, however loud and in whatever phase, is a sum of these, which are perpendicular. */
const RINGBACK_SPACE = perpendicular(
  RINGBACK_HERTZ.flatMap((hertz) => {
    const angle = (2 * Math.PI * hertz) / SAMPLES_PER_SECOND;
    return [Math.sin, Math.cos].map((wave) =>
      Float64Array.from({ length: PACKET_SAMPLES }, (_, i) => wave(angle * i)),
    );
  }),
);

/** Whether one packet of µ-law is the ringing tone and nothing else. Too close together for `listen`, which has 20 ms. */
export function isRingback(payload: Uint8Array): boolean {
  if (payload.length !== PACKET_SAMPLES) return false;
  const samples = Float64Array.from(payload, (byte) => SAMPLE_OF_BYTE[byte]!);
  const power = dot(samples, samples);
  const explained = RINGBACK_SPACE.reduce((sum, each) => sum + dot(samples, each) ** 2, 0);
  return Math.sqrt(power / PACKET_SAMPLES) > SILENCE_LEVEL && power - explained < power / 50;
}

/** The method of Gram and Schmidt. */
function perpendicular(vectors: readonly Float64Array[]): readonly Float64Array[] {
  const found: Float64Array[] = [];
  for (const vector of vectors) {
    const rest = Float64Array.from(vector);
    for (const each of found) {
      const share = dot(rest, each);
      each.forEach((value, index) => (rest[index] = rest[index]! - share * value));
    }
    const length = Math.sqrt(dot(rest, rest));
    found.push(rest.map((value) => value / length));
  }
  return found;
}

function dot(one: Float64Array, other: Float64Array): number {
  return one.reduce((sum, value, index) => sum + value * other[index]!, 0);
}

/** Goertzel's algorithm. */
function amplitudeOf(tone: Tone, samples: Float64Array): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * tone) / SAMPLES_PER_SECOND);
  let last = 0;
  let beforeLast = 0;
  for (const sample of samples) {
    const next = sample + coefficient * last - beforeLast;
    beforeLast = last;
    last = next;
  }
  const square = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return (2 * Math.sqrt(Math.max(square, 0))) / samples.length;
}
