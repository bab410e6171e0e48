import { extname } from 'node:path';
import { SoundRefused } from '../../ports/sounds';
import { findWavData, plainWav } from './wav';

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

/** What to keep of a file that was brought, and how long that plays. @throws SoundRefused */
export function prepare(name: string, content: Uint8Array): { content: Uint8Array; seconds: number } {
  const whole = Buffer.from(content.buffer, content.byteOffset, content.length);
  const extension = extname(name).slice(1);
  const rate = WAV_RATES[extension];
  if (rate === undefined) return { content, seconds: lasting(secondsIn(extension, whole, content.length)) };
  const { from, bytes, missingBytes } = findWavData(onlyWav(whole), content.length, rate, extension);
  if (missingBytes > 0) {
    const announced = bytes + missingBytes;
    throw new SoundRefused({
      zh: `不完整：文件头标明有 ${announced} 字节声音，实际只有 ${bytes} 字节`,
      en: `is cut off: by its header it has ${announced} bytes of sound, and ${bytes} are there`,
    });
  }
  const samples = content.subarray(from, from + bytes - (bytes % 2));
  return { content: plainWav(samples, rate), seconds: lasting(samples.length / (rate * 2)) };
}

/**
 * How long a file of so many `bytes`, which begins with `head`, plays as it is.
 * @throws SoundRefused when Asterisk would not play it, or not all of it.
 */
export function secondsOf(name: string, head: Buffer, bytes: number): number {
  const extension = extname(name).slice(1);
  const rate = WAV_RATES[extension];
  if (rate === undefined) return lasting(secondsIn(extension, head, bytes));
  const data = findWavData(onlyWav(head), bytes, rate, extension);
  if (!data.isPlain) {
    throw new SoundRefused({
      zh: '是 Asterisk 不能播放的一种 WAV',
      en: 'is of a kind of WAV that Asterisk does not play',
    });
  }
  return lasting(data.bytes / (rate * 2));
}

function lasting(seconds: number): number {
  if (seconds < SHORTEST_SECONDS) {
    throw new SoundRefused({ zh: '没有声音：短于 20 毫秒', en: 'has no sound in it: it is shorter than 20 ms' });
  }
  return Math.round(seconds * 1000) / 1000;
}

function onlyWav(head: Buffer): Buffer {
  const kind = kindOf(head);
  if (kind === 'WAV') return head;
  throw new SoundRefused(
    kind === undefined
      ? { zh: '不是 WAV 文件', en: 'is not a WAV file' }
      : { zh: `是 ${kind}，不是 WAV`, en: `is ${kind} and not WAV` },
  );
}

/** Of everything but WAV. */
function secondsIn(extension: string, head: Buffer, bytes: number): number {
  if (!EXTENSIONS.has(extension)) {
    const all = [...EXTENSIONS].map((each) => `.${each}`).join(', ');
    const ending =
      extension === ''
        ? { zh: '没有扩展名', en: 'has no extension' }
        : { zh: `以 .${extension} 结尾`, en: `ends in .${extension}` };
    throw new SoundRefused({
      zh: `名称${ending.zh}；Asterisk 可播放 ${all}`,
      en: `has a name that ${ending.en}; Asterisk plays ${all}`,
    });
  }
  const kind = kindOf(head);
  if (kind !== undefined) {
    throw new SoundRefused({
      zh: `是 ${kind}，而名称以 .${extension} 结尾`,
      en: `is ${kind}, and its name ends in .${extension}`,
    });
  }
  if (extension === 'gsm') return gsmSeconds(head, bytes);
  const bytesPerSecond = BYTES_PER_SECOND[extension]!;
  if (bytesPerSecond > 8_000 && bytes % 2 !== 0) {
    throw new SoundRefused({
      zh: `有 ${bytes} 字节，为奇数，而采样为 16 位`,
      en: `has ${bytes} bytes, an odd number, and samples of 16 bits`,
    });
  }
  return bytes / bytesPerSecond;
}

function gsmSeconds(head: Buffer, bytes: number): number {
  if (bytes % GSM_FRAME_BYTES !== 0 || head.length === 0 || head[0]! >> 4 !== 0xd) {
    throw new SoundRefused({
      zh: '不是 GSM 06.10：其帧为 33 字节，以 D 开头',
      en: 'is not GSM 06.10, which has frames of 33 bytes that begin with D',
    });
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
