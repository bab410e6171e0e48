import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Samples per second of telephones, and of the files made here. */
const RATE = 8_000;
const SILENCE_SECONDS = 10;
const RINGBACK = { hertz: [440, 480], toneSeconds: 2, periodSeconds: 6, amplitude: 0.1 } as const;
/** Each chord's notes in hertz, low to high: C major 7, A minor 7, F major 7, G 6. */
const CHORDS = [
  [130.81, 196.0, 246.94, 329.63, 392.0, 493.88],
  [110.0, 164.81, 196.0, 261.63, 329.63, 392.0],
  [87.31, 130.81, 174.61, 220.0, 261.63, 329.63],
  [98.0, 146.83, 196.0, 246.94, 293.66, 329.63],
] as const;
/** The order in which a chord's notes are plucked, one every half second. */
const PATTERN = [0, 2, 3, 4, 5, 4, 3, 2] as const;
const STEP_SECONDS = 0.5;
const FADE_SECONDS = 0.9;

/** The sounds that asterisk-config/ ships: path below it, and content as 8 kHz ulaw without a header. */
export function makeSounds(): ReadonlyMap<string, Buffer> {
  return new Map([
    ['moh/hold/parley-hold.ulaw', toUlaw(holdMusic())],
    ['moh/ringback/parley-ringback.ulaw', toUlaw(ringback())],
    ['moh/silence/parley-silence.ulaw', toUlaw(new Float64Array(RATE * SILENCE_SECONDS))],
  ]);
}

/** What North America hears while it rings: 440 and 480 Hz for two seconds of six. Begins and ends with no step. */
function ringback(): Float64Array {
  const samples = new Float64Array(RATE * RINGBACK.periodSeconds);
  for (let i = 0; i < RATE * RINGBACK.toneSeconds; i++) {
    const tones = RINGBACK.hertz.map((hertz) => RINGBACK.amplitude * Math.sin((2 * Math.PI * hertz * i) / RATE));
    samples[i] = tones.reduce((sum, tone) => sum + tone, 0);
  }
  return samples;
}

/** Sixteen seconds of plucked chords. Notes ring on over the end into the beginning, so the loop has no seam. */
function holdMusic(): Float64Array {
  const samples = new Float64Array(CHORDS.length * PATTERN.length * STEP_SECONDS * RATE);
  CHORDS.forEach((chord, bar) =>
    PATTERN.forEach((note, step) => {
      const start = (bar * PATTERN.length + step) * STEP_SECONDS * RATE;
      pluck(samples, start, chord[note]);
    }),
  );
  return samples;
}

function pluck(samples: Float64Array, start: number, hertz: number): void {
  for (let i = 0; i < FADE_SECONDS * 5 * RATE; i++) {
    const t = i / RATE;
    const attack = Math.min(1, t / 0.01);
    const angle = 2 * Math.PI * hertz * t;
    const tone = Math.sin(angle) + 0.35 * Math.sin(2 * angle) + 0.12 * Math.sin(3 * angle);
    const at = (start + i) % samples.length;
    samples[at] = samples[at]! + 0.09 * attack * Math.exp(-t / FADE_SECONDS) * tone;
  }
}

/** G.711 ulaw of samples in -1..1. */
function toUlaw(samples: Float64Array): Buffer {
  const BIAS = 0x84;
  const CLIP = 32_635;
  return Buffer.from(
    Uint8Array.from(samples, (sample) => {
      const linear = Math.round(sample * 32_767);
      const magnitude = Math.min(Math.abs(linear), CLIP) + BIAS;
      const exponent = 31 - Math.clz32(magnitude) - 7;
      const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
      return ~((linear < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
    }),
  );
}

if (require.main === module) {
  const config = process.argv[2];
  if (config === undefined) throw new Error('usage: make-sounds <asterisk-config>');
  for (const [path, content] of makeSounds()) {
    mkdirSync(dirname(join(config, path)), { recursive: true });
    writeFileSync(join(config, path), content);
  }
}
