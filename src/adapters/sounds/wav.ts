import type { Text } from '../../domain/text';
import { SoundRefused } from '../../ports/sounds';

/** Where the samples are in a WAV file. */
export type WavData = {
  readonly from: number;
  readonly bytes: number;
  /** Whether Asterisk plays the file as it is. */
  readonly isPlain: boolean;
  /** How many bytes should be there by the header, and are not. */
  readonly missingBytes: number;
};

const PCM = 1;
/** Says in a longer header what it is; its first two bytes are PCM or not. */
const EXTENSIBLE = 0xfffe;
const EXTENSIBLE_BYTES = 40;
/** What else is met in the wild, for the message. */
const ENCODINGS: Readonly<Record<number, string | Text>> = {
  2: 'ADPCM',
  3: { zh: '浮点', en: 'floating point' },
  6: 'alaw',
  7: 'ulaw',
  49: 'GSM',
  80: 'MPEG',
  85: 'MP3',
};
const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const FORMAT_BYTES = 16;
/** Whoever writes to a pipe does not know how much it will be. */
const UNKNOWN_BYTES = 0x8000_0000;
/** Some say then what is almost the most that 31 bits hold; so long a file is not brought here anyway. */
const ALMOST_UNKNOWN_BYTES = 0x7fff_0000;

/**
 * Finds the samples in a WAV file of so many `bytes`, which begins with `head`.
 *
 * @throws SoundRefused when it is anything but PCM, 16 bit, mono, at this rate. Asterisk plays nothing else, and leaves
 *   out more: what is of the extensible kind, has an odd chunk before its data or does not know how long it is plays
 *   nothing at all (measured on 22.10).
 */
export function findWavData(head: Buffer, bytes: number, rate: number, extension: string): WavData {
  let encoding: number | undefined;
  let isPlain = true;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= head.length;) {
    const id = head.toString('latin1', at, at + 4);
    const size = head.readUInt32LE(at + 4);
    const from = at + CHUNK_HEADER_BYTES;
    if (id === 'fmt ') {
      if (size < FORMAT_BYTES || from + FORMAT_BYTES > head.length) break;
      encoding = checkFormat(head.subarray(from, from + size), rate, extension);
      isPlain &&= encoding === PCM;
    } else if (id === 'data') {
      if (encoding === undefined) break;
      const isKnown = size > 0 && size < UNKNOWN_BYTES;
      const rest = bytes - from;
      return {
        from,
        bytes: isKnown ? Math.min(size, rest) : rest,
        isPlain: isPlain && isKnown,
        missingBytes: isKnown && size < ALMOST_UNKNOWN_BYTES ? Math.max(0, size - rest) : 0,
      };
    }
    isPlain &&= size % 2 === 0;
    at = from + size + (size % 2);
  }
  throw new SoundRefused(
    encoding === undefined
      ? { zh: '是文件头已损坏的 WAV 文件', en: 'is a WAV file whose header is damaged' }
      : { zh: '其中没有数据', en: 'has no data in it' },
  );
}

/** A WAV file of these samples, in the one form that is sure to be played. */
export function plainWav(samples: Uint8Array, rate: number): Buffer {
  const header = Buffer.alloc(RIFF_HEADER_BYTES + CHUNK_HEADER_BYTES + FORMAT_BYTES + CHUNK_HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(header.length - CHUNK_HEADER_BYTES + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(FORMAT_BYTES, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** The encoding: PCM, or PCM of the extensible kind. */
function checkFormat(format: Buffer, rate: number, extension: string): number {
  const given = format.readUInt16LE(0);
  const isExtensible = given === EXTENSIBLE && format.length >= EXTENSIBLE_BYTES;
  const encoding = isExtensible ? format.readUInt16LE(24) : given;
  const channels = format.readUInt16LE(2);
  const found = format.readUInt32LE(4);
  const bits = format.readUInt16LE(14);
  const wrong = [
    ...(encoding === PCM ? [] : [nameOf(encoding)]),
    ...(encoding !== PCM || bits === 16 ? [] : [{ zh: `${bits} 位`, en: `${bits} bit` }]),
    ...(channels === 1 ? [] : [channelsOf(channels)]),
    ...(found === rate ? [] : [{ zh: `${found} Hz`, en: `${found} Hz` }]),
  ];
  if (wrong.length === 0) return given;
  throw new SoundRefused({
    zh: `是 ${wrong.map(({ zh }) => zh).join('、')}；Asterisk 播放的 .${extension} 为 PCM、16 位、单声道、${rate} Hz`,
    en: `is ${wrong.map(({ en }) => en).join(', ')}; Asterisk plays .${extension} that is PCM, 16 bit, mono, ${rate} Hz`,
  });
}

function nameOf(encoding: number): Text {
  const name = ENCODINGS[encoding] ?? { zh: `编码 ${encoding}`, en: `encoding ${encoding}` };
  return typeof name === 'string' ? { zh: name, en: name } : name;
}

function channelsOf(count: number): Text {
  return count === 2 ? { zh: '立体声', en: 'stereo' } : { zh: `${count} 声道`, en: `${count} channels` };
}
