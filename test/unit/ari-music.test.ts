import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AriConnection } from '../../src/adapters/ari/ari-connection';
import { AriMusic } from '../../src/adapters/ari/ari-music';
import { SoundPaths } from '../../src/adapters/ari/sound-paths';
import { BRIDGE, SILENCE, type Hearing, type Played } from '../../src/domain/conversation/listen-speak-mode';
import type { AppId } from '../../src/domain/ids';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import type { SoundFiles } from '../../src/ports/sounds';
import { TelephonyUnavailable } from '../../src/ports/telephony';

const APP = 'default' as AppId;
const BUSY = new Error('{"message":"Another reload is currently in progress"}');

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-music-'));
  file = join(folder, 'sounds/musiconhold.conf');
});
afterEach(async () => rm(folder, { recursive: true }));

const soundOf = (name: string): Played & { from: 'sound' } => ({
  from: 'sound',
  app: APP,
  sound: name as Sound,
  otherwise: 'default',
});

/** Music whose requests `answer` answers; `read` has the file as it was at each reload. */
function aMusic(answer: () => Promise<void> = async () => undefined, locate?: SoundFiles['locate']) {
  const read: string[] = [];
  const log: [string, Readonly<Record<string, unknown>> | undefined][] = [];
  const note = (message: string, fields?: Readonly<Record<string, unknown>>) => void log.push([message, fields]);
  const logger = { info: note, warn: note, error: note };
  const ari = {
    ask: async (_: string, call: (client: object) => Promise<void>) =>
      call({
        asterisk: {
          reloadModule: async ({ moduleName }: { readonly moduleName: string }) => {
            expect(moduleName).toBe('res_musiconhold.so');
            read.push(await readFile(file, 'utf8'));
            await answer();
          },
        },
      }),
  } as unknown as AriConnection;
  const files: SoundFiles = {
    locate: locate ?? (async (app, sound) => ({ paths: [`/sounds/${app}/${sound}`] })),
    onRemoved: () => () => undefined,
  };
  const names = { application: 'parley', silenceClass: 'quiet', ringbackClass: 'ring', soundClassesFile: file };
  return { music: new AriMusic(ari, names, new SoundPaths(files, logger), logger), read, log };
}

const classesIn = (text: string) => [...text.matchAll(/^\[(.+)\]$/gm)].map(([, name]) => name);

test.each<[Hearing, string | null]>([
  [BRIDGE, null],
  [SILENCE, 'quiet'],
  [{ from: 'ringback' }, 'ring'],
  [{ from: 'music', musicClass: 'jazz' }, 'jazz'],
])('given %j, its class is known without asking Asterisk', async (hears, musicClass) => {
  const { music, read } = aMusic();
  expect(await music.toLeg(hears)).toBe(musicClass);
  expect(read).toEqual([]);
});

test('given a sound, its class is declared before it is used, once, and readable for all', async () => {
  const { music, read } = aMusic();
  const name = await music.toLeg(soundOf('欢迎.wav'));
  expect(name).toMatch(/^parley-[0-9a-f]{20}$/);
  expect(read).toHaveLength(1);
  expect(read[0]).toContain(`\n[${name}]\nmode = playlist\nentry = /sounds/default/欢迎.wav\n`);
  expect(await music.toBridge(soundOf('欢迎.wav'))).toBe(name);
  expect(music.nameOf(APP, '欢迎.wav' as Sound)).toBe(name);
  expect(read).toHaveLength(1);
  const modes = await Promise.all([file, join(folder, 'sounds')].map((each) => stat(each)));
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o644, 0o755]);
  expect(await readdir(join(folder, 'sounds'))).toEqual(['musiconhold.conf']);
});

test.each([
  [['ring.wav', 'wait.wav'], 'ring.wav'],
  [['wait.wav'], 'wait.wav'],
  [[], null],
])('given there is %j, a sound with another in its place is played as %s', async (there, played) => {
  const { music } = aMusic(undefined, async (app, sound) =>
    (there as readonly string[]).includes(sound) ? { paths: [`/sounds/${app}/${sound}`] } : { nearest: null },
  );

  const heard = await music.toLeg({ ...soundOf('ring.wav'), instead: 'wait.wav' as Sound });

  expect(heard).toBe(played === null ? 'default' : music.nameOf(APP, played as Sound));
});

test('given several files, they are played one after the other', async () => {
  const { music, read } = aMusic(undefined, async () => ({ paths: ['/d/1', '/d/2', '/d/1'] }));
  await music.toLeg(soundOf('digits:121'));
  expect(read[0]).toContain('entry = /d/1\nentry = /d/2\nentry = /d/1\n');
});

test('given many are wanted while Asterisk reloads, the next reload is for all of them', async () => {
  const { music, read } = aMusic(() => new Promise((resolve) => setTimeout(resolve, 20)));
  const first = music.toLeg(soundOf('first.wav'));
  while (read.length === 0) await new Promise(setImmediate);
  const others = Array.from({ length: 50 }, (_, index) => music.toLeg(soundOf(`${index}.wav`)));
  const names = await Promise.all([first, ...others]);
  expect(read).toHaveLength(2);
  expect(classesIn(read[1]!).sort()).toEqual([...names].sort());
});

test('given more than 300, those wanted longest ago leave, and come back when they are wanted again', async () => {
  const { music, read } = aMusic();
  const oldest = await music.toLeg(soundOf('oldest.wav'));
  const second = await music.toLeg(soundOf('second.wav'));
  await Promise.all(Array.from({ length: 298 }, (_, index) => music.toLeg(soundOf(`${index}.wav`))));
  await music.toLeg(soundOf('second.wav'));
  await music.toLeg(soundOf('new.wav'));
  expect(classesIn(read.at(-1)!)).toHaveLength(300);
  expect(classesIn(read.at(-1)!)).not.toContain(oldest);
  expect(classesIn(read.at(-1)!)).toContain(second);
  await music.toLeg(soundOf('oldest.wav'));
  expect(classesIn(read.at(-1)!)).toContain(oldest);
});

test('given a new connection, everything is declared again when it is wanted', async () => {
  const { music, read } = aMusic();
  await music.toLeg(soundOf('a.wav'));
  music.forgetAll();
  await music.toLeg(soundOf('a.wav'));
  expect(read).toHaveLength(2);
});

test('given another reload is under way, it is asked again until it is over', async () => {
  let tries = 0;
  const { music, read } = aMusic(async () => {
    if (++tries < 3) throw BUSY;
  });
  expect(await music.toLeg(soundOf('a.wav'))).toMatch(/^parley-/);
  expect(read).toHaveLength(3);
});

test('given Asterisk is not there, that is told, and it is declared the next time', async () => {
  let isAway = true;
  const { music, read } = aMusic(async () => {
    if (isAway) throw new TelephonyUnavailable('away');
  });
  await expect(music.toLeg(soundOf('a.wav'))).rejects.toBeInstanceOf(TelephonyUnavailable);
  isAway = false;
  expect(await music.toLeg(soundOf('a.wav'))).toMatch(/^parley-/);
  expect(read).toHaveLength(2);
});

test('given Asterisk refuses or the file cannot be written, it is logged and the other class is played', async () => {
  const refusing = aMusic(() => Promise.reject(new Error('{"message":"Module not found in running modules"}')));
  expect(await refusing.music.toLeg(soundOf('a.wav'))).toBe('default');
  expect(await refusing.music.toBridge(soundOf('a.wav'))).toBeNull();
  expect(refusing.log.map(([message]) => message)).toEqual(
    Array(2).fill('a sound cannot be made known to Asterisk'),
  );

  await rm(join(folder, 'sounds'), { recursive: true });
  await writeFile(join(folder, 'sounds'), 'in the way');
  const { music, log } = aMusic();
  expect(await music.toLeg(soundOf('a.wav'))).toBe('default');
  expect(log).toEqual([['a sound cannot be made known to Asterisk', expect.objectContaining({ file })]]);
});

test('given sounds that are missing or cannot be looked for, each is logged once a minute, with the nearest', async () => {
  const { music, read, log } = aMusic(undefined, async (_, sound) => {
    if (sound === 'bad.wav') throw new Error('EIO');
    return { nearest: 'welcome.wav' };
  });
  for (let time = 0; time < 3; time++) {
    for (const name of ['wellcome.wav', 'bad.wav']) expect(await music.toLeg(soundOf(name))).toBe('default');
  }
  expect(await music.toBridge(soundOf('wellcome.wav'))).toBeNull();
  expect(log).toEqual([
    ['a sound is missing and is left out', { app: APP, sound: 'wellcome.wav', nearest: 'welcome.wav' }],
    ['a sound cannot be looked for and is left out', { app: APP, sound: 'bad.wav', error: expect.any(Error) }],
  ]);
  expect(read).toEqual([]);
});
