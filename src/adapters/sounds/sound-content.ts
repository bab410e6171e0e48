import { extname } from 'node:path';
import { SoundRefused } from '../../ports/sounds';
import { wavSeconds } from './wav-header';

/** Bytes of a second, in formats that have no header: samples, one after the other. */
const BYTES_PER_SECOND: Readonly<Record<string, number>> = {
  ...ofEach(['ulaw', 'ul', 'ulw', 'mu', 'pcm', 'alaw', 'al', 'alw'], 8_000),
  ...ofEach(['sln', 'slin', 'raw'], 16_000),
  sln12: 24_000,
  sln16: 32_000,
  sln24: 48_000,
  sln32: 64_000,
  sln44: 88_200,
  sln48: 96_000,
  sln96: 192_000,
  sln192: 384_000,
};
/** Samples per second of a file with a WAV header, by its extension: by that alone Asterisk tells them apart. */
const WAV_RATES: Readonly<Record<string, number>> = { wav: 8_000, wav16: 16_000 };
const GSM_FRAME_BYTES = 33;
const GSM_FRAMES_PER_SECOND = 50;
/** What ends before the first packet is none: it would be begun again and again. */
const SHORTEST_SECONDS = 0.02;

/** Extensions of files that an Asterisk plays that has the modules of the shipped `modules.conf`. */
export const EXTENSIONS: ReadonlySet<string> = new Set([
  ...Object.keys(WAV_RATES),
  'gsm',
  ...Object.keys(BYTES_PER_SECOND),
]);

/** How other files begin, so that one under the wrong name is not played as noise. */
const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^RIFF[^]{4}WAVE/, 'WAV'],
  [/^ID3/, 'MP3'],
  [/^OggS/, 'Ogg'],
  [/^fLaC/, 'FLAC'],
  [/^\.snd/, 'AU'],
  [/^[^]{4}ftyp/, 'MP4'],
];

/**
 * How long it plays. `content`: all of it, or its beginning, and then how many `bytes` it has.
 * @throws SoundRefused when Asterisk would not play it under this name.
 */
export function secondsOf(name: string, content: Uint8Array, bytes = content.length): number {
  const head = Buffer.from(content.buffer, content.byteOffset, content.length);
  const seconds = secondsIn(extname(name).slice(1), kindOf(head), head, bytes);
  if (seconds < SHORTEST_SECONDS) throw new SoundRefused('has no sound in it: it is shorter than 20 ms');
  return Math.round(seconds * 1000) / 1000;
}

function secondsIn(extension: string, kind: string | undefined, head: Buffer, bytes: number): number {
  const rate = WAV_RATES[extension];
  if (rate !== undefined) {
    if (kind !== 'WAV')
      throw new SoundRefused(kind === undefined ? 'is not a WAV file' : `is ${kind} and not WAV`);
    return wavSeconds(head, bytes, rate, extension);
  }
  if (!EXTENSIONS.has(extension)) {
    const all = [...EXTENSIONS].map((each) => `.${each}`).join(', ');
    throw new SoundRefused(
      `has a name that ends in ${extension === '' ? 'no extension' : `.${extension}`}; Asterisk plays ${all}`,
    );
  }
  if (kind !== undefined) throw new SoundRefused(`is ${kind}, and its name ends in .${extension}`);
  if (extension === 'gsm') return gsmSeconds(head, bytes);
  const bytesPerSecond = BYTES_PER_SECOND[extension]!;
  if (bytesPerSecond > 8_000 && bytes % 2 !== 0) {
    throw new SoundRefused(`has ${bytes} bytes, an odd number, and samples of 16 bits`);
  }
  return bytes / bytesPerSecond;
}

function gsmSeconds(head: Buffer, bytes: number): number {
  if (bytes % GSM_FRAME_BYTES !== 0 || head.length === 0 || head[0]! >> 4 !== 0xd) {
    throw new SoundRefused('is not GSM 06.10, which has frames of 33 bytes that begin with D');
  }
  return bytes / GSM_FRAME_BYTES / GSM_FRAMES_PER_SECOND;
}

function kindOf(head: Buffer): string | undefined {
  const beginning = head.toString('latin1', 0, 16);
  return BEGINNINGS.find(([pattern]) => pattern.test(beginning))?.[1];
}

function ofEach(names: readonly string[], value: number): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
