import { SoundRefused } from '../../ports/sounds';

const PCM = 1;
/** What else is met in the wild, for the message. */
const ENCODINGS: Readonly<Record<number, string>> = {
  2: 'ADPCM',
  3: 'floating point',
  6: 'alaw',
  7: 'ulaw',
  49: 'GSM',
  80: 'MPEG',
  85: 'MP3',
  0xfffe: 'of the extensible kind',
};
const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const FORMAT_BYTES = 16;

/**
 * How long a WAV file of so many `bytes`, which begins with `head`, plays. Its data may be longer than said (who writes to a pipe does not know) but not shorter.
 * @throws SoundRefused when it is anything but PCM, 16 bit, mono, at this rate: Asterisk plays nothing else as .wav.
 */
export function wavSeconds(head: Buffer, bytes: number, rate: number, extension: string): number {
  let isFormatKnown = false;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= head.length;) {
    const id = head.toString('latin1', at, at + 4);
    const size = head.readUInt32LE(at + 4);
    const from = at + CHUNK_HEADER_BYTES;
    if (id === 'fmt ') {
      if (size < FORMAT_BYTES || from + FORMAT_BYTES > head.length) break;
      checkFormat(head.subarray(from), rate, extension);
      isFormatKnown = true;
    } else if (id === 'data') {
      if (!isFormatKnown) break;
      return Math.min(size, bytes - from) / (rate * 2);
    }
    at = from + size + (size % 2);
  }
  throw new SoundRefused(isFormatKnown ? 'has no data in it' : 'is a WAV file whose header is damaged');
}

function checkFormat(format: Buffer, rate: number, extension: string): void {
  const encoding = format.readUInt16LE(0);
  const channels = format.readUInt16LE(2);
  const found = format.readUInt32LE(4);
  const bits = format.readUInt16LE(14);
  const wanted = `Asterisk plays .${extension} that is PCM, 16 bit, mono, ${rate} Hz`;
  const wrong = [
    ...(encoding === PCM ? [] : [ENCODINGS[encoding] ?? `encoding ${encoding}`]),
    ...(encoding !== PCM || bits === 16 ? [] : [`${bits} bit`]),
    ...(channels === 1 ? [] : [channels === 2 ? 'stereo' : `${channels} channels`]),
    ...(found === rate ? [] : [`${found} Hz`]),
  ];
  if (wrong.length > 0) throw new SoundRefused(`is ${wrong.join(', ')}; ${wanted}`);
}
