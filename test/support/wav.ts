/** A stretch of a sine, or of silence (0 Hz). */
export type Stretch = { readonly hertz: number; readonly seconds: number };

const PEAK = 4_000;

/** A WAV file of these stretches, mono, 16 bit. `changes`: what its header says instead. */
export function aWav(stretches: readonly Stretch[], changes: Partial<WavFormat> = {}): Buffer {
  const format: WavFormat = { encoding: 1, channels: 1, rate: 8_000, bits: 16, ...changes };
  const data = samplesOf(stretches, format.rate);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(format.encoding, 20);
  header.writeUInt16LE(format.channels, 22);
  header.writeUInt32LE(format.rate, 24);
  header.writeUInt32LE((format.rate * format.channels * format.bits) / 8, 28);
  header.writeUInt16LE((format.channels * format.bits) / 8, 32);
  header.writeUInt16LE(format.bits, 34);
  header.write('data', 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

/** Samples of 16 bit without a header. */
export function samplesOf(stretches: readonly Stretch[], rate = 8_000): Buffer {
  return Buffer.concat(
    stretches.map(({ hertz, seconds }) => {
      const samples = Buffer.alloc(Math.round(rate * seconds) * 2);
      for (let index = 0; index < samples.length / 2; index++) {
        const value = Math.round(PEAK * Math.sin((2 * Math.PI * hertz * index) / rate));
        samples.writeInt16LE(value, index * 2);
      }
      return samples;
    }),
  );
}

export type WavFormat = {
  readonly encoding: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
};
