import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AsteriskSounds } from '../../src/adapters/sounds/asterisk-sounds';
import { SoundFolder } from '../../src/adapters/sounds/sound-folder';
import type { AppId } from '../../src/domain/ids';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import { SoundRefused } from '../../src/ports/sounds';
import { englishIn } from '../support/languages';
import { aWav, samplesOf } from '../support/wav';

const APP = 'default' as AppId;
const OTHER = 'other' as AppId;
const SECOND = [{ hertz: 400, seconds: 1 }];
const WAV = aWav(SECOND);

let root: string;
let folder: string;
let asterisk: string;
let sounds: SoundFolder;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'parley-sounds-'));
  folder = join(root, 'sounds');
  asterisk = join(root, 'asterisk');
  await mkdir(join(asterisk, 'en/digits'), { recursive: true });
  await mkdir(join(asterisk, 'custom'));
  for (const name of [
    'en/vm-goodbye.gsm',
    'en/digits/1.gsm',
    'en/digits/star.gsm',
    'custom/hello.wav',
    'en/list.txt',
  ])
    await writeFile(join(asterisk, name), '');
  sounds = new SoundFolder(folder, new AsteriskSounds(asterisk));
});
afterEach(async () => rm(root, { recursive: true }));

const locate = (sound: string, app = APP) => sounds.locate(app, sound as Sound);
const inFolder = async (name: string, content: Uint8Array) => {
  await mkdir(join(folder, APP), { recursive: true });
  await writeFile(join(folder, APP, name), content);
};

describe('A sound that is put', () => {
  test('is listed, found and located, for its application alone, and anybody on the machine can read it', async () => {
    const kept = { name: '欢迎.wav', bytes: 16_044, seconds: 1 };
    expect(await sounds.put(APP, '欢迎.wav', WAV)).toEqual(kept);
    expect(await sounds.list(APP)).toEqual([kept]);
    expect(await sounds.find(APP, '欢迎.wav')).toEqual(kept);
    expect(await locate('欢迎.wav')).toEqual({ paths: [join(folder, 'default/欢迎')] });
    expect(await sounds.list(OTHER)).toEqual([]);
    expect(await sounds.find(OTHER, '欢迎.wav')).toBeUndefined();
    expect(await locate('欢迎.wav', OTHER)).toEqual({ nearest: null });

    const modes = await Promise.all(['', 'default', 'default/欢迎.wav'].map((each) => stat(join(folder, each))));
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o755, 0o755, 0o644]);
  });

  test('takes the place of an earlier one, and leaves nothing beside it', async () => {
    await sounds.put(APP, 'a.wav', WAV);
    await sounds.put(APP, 'a.wav', aWav([{ hertz: 700, seconds: 2 }]));
    expect((await sounds.find(APP, 'a.wav'))?.seconds).toBe(2);
    expect(await readdir(join(folder, APP))).toEqual(['a.wav']);
  });

  test('is refused if another differs in its extension only, which is not part of its name to Asterisk', async () => {
    await sounds.put(APP, 'a.wav', WAV);
    const put = sounds.put(APP, 'a.sln', samplesOf(SECOND));
    await expect(put).rejects.toThrow(
      'is the same to Asterisk as a.wav, which is there already: delete that first',
    );
    await sounds.remove(APP, 'a.wav');
    expect(await sounds.put(APP, 'a.sln', samplesOf(SECOND))).toEqual({
      name: 'a.sln',
      bytes: 16_000,
      seconds: 1,
    });
  });

  test('is told of when it is removed, once', async () => {
    const told: string[] = [];
    const leave = sounds.onRemoved((app, sound) => void told.push(`${app}/${sound}`));
    await sounds.put(APP, 'a.wav', WAV);
    expect(await sounds.remove(OTHER, 'a.wav')).toBe(false);
    expect(await sounds.remove(APP, 'a.wav')).toBe(true);
    expect(await sounds.remove(APP, 'a.wav')).toBe(false);
    leave();
    await sounds.put(APP, 'a.wav', WAV);
    expect(await sounds.remove(APP, 'a.wav')).toBe(true);
    expect(told).toEqual(['default/a.wav']);
    expect(await locate('a.wav')).toEqual({ nearest: null });
  });
});

describe('A name', () => {
  test.each(['../a.wav', 'a/b.wav', '/a.wav', '.a.wav', 'a.b.wav', '..', 'sound:a.wav', 'digits:1.wav', ''])(
    'given %j, nothing is put, found or removed under it',
    async (name) => {
      await writeFile(join(root, 'a.wav'), WAV);
      await expect(sounds.put(APP, name, WAV)).rejects.toBeInstanceOf(SoundRefused);
      expect(await sounds.find(APP, name)).toBeUndefined();
      expect(await sounds.remove(APP, name)).toBe(false);
      expect(await readFile(join(root, 'a.wav'))).toEqual(WAV);
    },
  );

  test('given more bytes than a file may have, it is refused, and is no fault when asked for', async () => {
    const name = `${'欢'.repeat(100)}.wav`;
    await expect(sounds.put(APP, name, WAV)).rejects.toThrow('has a name that no file can have');
    expect(await locate(name)).toEqual({ nearest: null });
  });

  test.each(['..', 'a/b', ''])('given the application %j, it is a fault of ours', async (app) => {
    await expect(sounds.list(app as AppId)).rejects.toThrow('not an application');
  });

  test('given none of this name, the nearest is told', async () => {
    await sounds.put(APP, 'welcome.wav', WAV);
    await sounds.put(APP, 'goodbye.wav', WAV);
    expect(await locate('wellcome.wav')).toEqual({ nearest: 'welcome.wav' });
    expect(await locate('welcome')).toEqual({ nearest: 'welcome.wav' });
  });
});

describe('What was put into the folder by hand', () => {
  test('is found if Asterisk plays it; links, folders, drafts and other files are not seen', async () => {
    await inFolder('b.wav', WAV);
    await inFolder('a.ulaw', new Uint8Array(4_000));
    for (const name of ['.draft', 'notes.txt', 'two.dots.wav']) await inFolder(name, WAV);
    await mkdir(join(folder, APP, 'sub.wav'));
    await symlink('/etc/passwd', join(folder, APP, 'link.ulaw'));
    expect(await sounds.list(APP)).toEqual([
      { name: 'a.ulaw', bytes: 4_000, seconds: 0.5 },
      { name: 'b.wav', bytes: 16_044, seconds: 1 },
    ]);
    expect(await sounds.find(APP, 'link.ulaw')).toBeUndefined();
    expect(await sounds.remove(APP, 'link.ulaw')).toBe(false);
    expect(await locate('link.ulaw')).toEqual({ nearest: 'a.ulaw' });
  });

  test.each([
    ['is not what its name says', Buffer.from('not a sound')],
    ['is of a rate that Asterisk does not play', aWav(SECOND, { rate: 44_100 })],
    ['does not know its length', withDataBytes(WAV, 0xffff_ffff)],
    ['has an odd chunk before its data', withChunk(WAV, 5)],
    ['is of the extensible kind', extensible(WAV)],
    ['is empty', Buffer.alloc(0)],
  ])('given it %s, it is listed without a length and never played', async (_, content) => {
    await inFolder('odd.wav', content);
    expect(await sounds.list(APP)).toEqual([{ name: 'odd.wav', bytes: content.length, seconds: null }]);
    expect(await locate('odd.wav')).toEqual({ nearest: null });
  });

  test('given the folder is not one, there are no sounds', async () => {
    await writeFile(folder, '');
    expect(await sounds.list(APP)).toEqual([]);
    expect(await locate('a.wav')).toEqual({ nearest: null });
  });
});

describe('Content', () => {
  test.each([
    ['does not know its length, as of ffmpeg', withDataBytes(WAV, 0xffff_ffff)],
    ['does not know its length, as of sox', withDataBytes(WAV, 0x7fff_f000)],
    ['does not know its length and says 0', withDataBytes(WAV, 0)],
    ['has an odd chunk before its data', withChunk(WAV, 5)],
    ['has more behind its data', Buffer.concat([WAV, Buffer.from('LIST\x04\0\0\0abcd')])],
    ['is of the extensible kind', extensible(WAV)],
  ])('given a WAV file that %s, it is kept as the plain one that Asterisk plays', async (_, content) => {
    expect(await sounds.put(APP, 'a.wav', content)).toEqual({ name: 'a.wav', bytes: WAV.length, seconds: 1 });
    expect((await readFile(join(folder, APP, 'a.wav'))).equals(WAV)).toBe(true);
  });

  test.each([
    [
      'a.wav',
      aWav(SECOND, { rate: 44_100 }),
      'is 44100 Hz; Asterisk plays .wav that is PCM, 16 bit, mono, 8000 Hz',
    ],
    ['a.wav', aWav(SECOND, { channels: 2 }), 'is stereo; Asterisk plays .wav'],
    ['a.wav', aWav(SECOND, { bits: 8 }), 'is 8 bit; Asterisk plays .wav'],
    ['a.wav', aWav(SECOND, { encoding: 85, rate: 48_000 }), 'is MP3, 48000 Hz; Asterisk plays .wav'],
    ['a.wav', aWav(SECOND, { encoding: 9, channels: 6 }), 'is encoding 9, 6 channels; Asterisk plays .wav'],
    ['a.wav16', WAV, 'is 8000 Hz; Asterisk plays .wav16 that is PCM, 16 bit, mono, 16000 Hz'],
    ['a.wav', Buffer.from('ID3\x04 and so on'), 'is MP3 and not WAV'],
    ['a.wav', Buffer.from('hello'), 'is not a WAV file'],
    ['a.wav', Buffer.alloc(0), 'is not a WAV file'],
    ['a.wav', WAV.subarray(0, 20), 'is a WAV file whose header is damaged'],
    ['a.wav', WAV.subarray(0, 36), 'has no data in it'],
    ['a.wav', aWav([{ hertz: 400, seconds: 0.019 }]), 'has no sound in it: it is shorter than 20 ms'],
    [
      'a.wav',
      WAV.subarray(0, 44 + 956),
      'is cut off: by its header it has 16000 bytes of sound, and 956 are there',
    ],
    ['a.wav', WAV.subarray(0, -1), 'is cut off: by its header it has 16000 bytes of sound, and 15999 are there'],
    ['a.ulaw', WAV, 'is WAV, and its name ends in .ulaw'],
    ['a.sln', Buffer.from('OggS and so on'), 'is Ogg, and its name ends in .sln'],
    ['a.sln', Buffer.alloc(1_001), 'has 1001 bytes, an odd number, and samples of 16 bits'],
    ['a.ulaw', Buffer.alloc(159), 'has no sound in it: it is shorter than 20 ms'],
    ['a.gsm', Buffer.alloc(330), 'is not GSM 06.10'],
    ['a.gsm', Buffer.alloc(331, 0xd2), 'is not GSM 06.10'],
    ['a.gsm', Buffer.alloc(0), 'is not GSM 06.10'],
    ['a.mp3', Buffer.from('ID3'), 'has a name that ends in .mp3; Asterisk plays .wav, .wav16, .gsm, .ulaw'],
    ['a.WAV', WAV, 'has a name that ends in .WAV; Asterisk plays .wav'],
    ['a', WAV, 'has a name that has no extension; Asterisk plays .wav'],
  ])('given %s with the wrong content, it is refused: %#', async (name, content, problem) => {
    const put = sounds.put(APP, name, content);
    await expect(put).rejects.toBeInstanceOf(SoundRefused);
    await expect(put).rejects.toThrow(problem);
    const { text } = (await put.catch((error: unknown) => error)) as SoundRefused;
    expect([text.en.startsWith(problem), englishIn(text.zh)]).toEqual([true, []]);
    expect(await sounds.list(APP)).toEqual([]);
  });

  test.each([
    ['a.wav16', aWav(SECOND, { rate: 16_000 }), 1],
    ['a.ulaw', Buffer.alloc(12_000), 1.5],
    ['a.al', Buffer.alloc(8_004), 1.001],
    ['a.sln', Buffer.alloc(16_000), 1],
    ['a.sln48', Buffer.alloc(96_000), 1],
    ['a.gsm', Buffer.alloc(33 * 100, 0xd2), 2],
    ['a.ul', Buffer.concat([Buffer.from([0xff, 0xfb]), Buffer.alloc(8_000)]), 1],
  ])('given %s, it is kept to the letter, and how long it plays is known', async (name, content, seconds) => {
    expect(await sounds.put(APP, name, content)).toEqual({ name, bytes: content.length, seconds });
    expect((await readFile(join(folder, APP, name))).equals(content)).toBe(true);
  });
});

describe("Asterisk's own sounds", () => {
  test('given a name or keys, each is found in English first, and all in order', async () => {
    expect(await locate('sound:vm-goodbye')).toEqual({ paths: [join(asterisk, 'en/vm-goodbye')] });
    expect(await locate('sound:custom/hello')).toEqual({ paths: [join(asterisk, 'custom/hello')] });
    const keys = ['1', 'star', '1'].map((key) => join(asterisk, `en/digits/${key}`));
    expect(await locate('digits:1*1')).toEqual({ paths: keys });
  });

  test('given there is none, the nearest in its folder is told, if there is a folder', async () => {
    expect(await locate('sound:vm-goodby')).toEqual({ nearest: 'sound:vm-goodbye' });
    expect(await locate('sound:custom/hallo')).toEqual({ nearest: 'sound:custom/hello' });
    expect(await locate('digits:12')).toEqual({ nearest: 'sound:digits/1' });
    expect(await locate('sound:VM-Goodbye')).toEqual({ nearest: 'sound:vm-goodbye' });
    expect(await locate('sound:nowhere/at/all')).toEqual({ nearest: null });
    expect(await locate('sound:list')).toEqual({ nearest: 'sound:vm-goodbye' });
  });
});

function withDataBytes(wav: Buffer, bytes: number): Buffer {
  const changed = Buffer.from(wav);
  changed.writeUInt32LE(bytes, 40);
  return changed;
}

/** Another chunk before the data, of an odd length and so with a byte that does not count. */
function withChunk(wav: Buffer, bytes: number): Buffer {
  const chunk = Buffer.alloc(8 + bytes + (bytes % 2));
  chunk.write('LIST');
  chunk.writeUInt32LE(bytes, 4);
  return Buffer.concat([wav.subarray(0, 36), chunk, wav.subarray(36)]);
}

/** The same with the longer header, as recorders of today write it. */
function extensible(wav: Buffer): Buffer {
  const format = Buffer.concat([wav.subarray(12, 36), Buffer.alloc(24)]);
  format.writeUInt32LE(40, 4);
  format.writeUInt16LE(0xfffe, 8);
  format.writeUInt16LE(22, 24);
  format.writeUInt16LE(1, 32);
  return Buffer.concat([wav.subarray(0, 12), format, wav.subarray(36)]);
}
