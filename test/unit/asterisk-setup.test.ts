import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { renderMainConfig } from '../../scripts/asterisk/asterisk-process';
import { parseAsteriskVersion, whyUnfit } from '../../src/adapters/ari/asterisk-version';
import { refuseTakenPorts } from '../../scripts/asterisk/free-ports';
import { makeSounds } from '../../scripts/asterisk/make-sounds';
import {
  keepPasswords,
  renderParleyConfig,
  replaceValues,
  type ParleyAsteriskSettings,
} from '../../scripts/asterisk/parley-asterisk';

const SHIPPED = resolve(__dirname, '../../asterisk-config');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-setup-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('the version of Asterisk', () => {
  test.each([
    'Asterisk 22.8.0',
    'Asterisk 22.10.1+dfsg+~cs6.17.60671434-1',
    'Asterisk 23.2.0',
    'Asterisk 24.0.0',
    'Asterisk certified/22.8-cert1',
  ])('given %s, it is fit', (text) => {
    expect(whyUnfit(text)).toBeUndefined();
  });

  test.each(['Asterisk 22.7.0', 'Asterisk 22.7.9', 'Asterisk 22.1.0', 'Asterisk 20.18.0', 'Asterisk 23.1.0'])(
    'given %s, it is too old and the text says what is needed',
    (text) => {
      expect(whyUnfit(text)).toMatch(`${text} is too old: 22.8`);
    },
  );

  test('given something else, it is no version', () => {
    expect(parseAsteriskVersion('command not found')).toBeUndefined();
    expect(whyUnfit('command not found')).toMatch('not a version');
  });
});

describe('values put into shipped configuration', () => {
  const text = '; port = 1\n[one]\nport = 5060\n;password =\n[two](one)\nport=5061 ; why\n';

  test('given a section, its value is replaced there and nowhere else', () => {
    expect(replaceValues('x.conf', text, { two: { port: '7000' } })).toBe(
      text.replace('port=5061 ; why', 'port = 7000'),
    );
  });

  test('given a name behind a semicolon, it becomes a setting', () => {
    expect(replaceValues('x.conf', text, { one: { password: 'secret' } })).toBe(
      text.replace(';password =', 'password = secret'),
    );
  });

  test('given a name that is not there, it refuses and says which', () => {
    expect(() => replaceValues('x.conf', text, { two: { password: 'secret' } })).toThrow(
      'x.conf has no place for two/password',
    );
  });

  test.each(['a\nb', 'a\rb', 'a;b'])('given the value %j, it refuses', (value) => {
    expect(() => replaceValues('x.conf', text, { one: { port: value } })).toThrow('one/port');
  });
});

describe('the configuration for one machine', () => {
  const settings = (): ParleyAsteriskSettings => ({
    sipHost: '127.0.0.1',
    sipPort: 15070,
    ariHost: '127.0.0.1',
    ariPort: 18070,
    rtpPorts: { from: 31000, to: 31099 },
    dataDir: directory,
    ariUser: 'parley',
    ariPassword: 'ari-secret',
    trunkPassword: 'trunk-secret',
  });
  const rendered = async (name: string) => await readFile(join(directory, 'asterisk/etc', name), 'utf8');

  test('given all settings, each is in its file, and only the owner reads it', async () => {
    const { etc, state } = await renderParleyConfig(SHIPPED, settings());

    expect([etc, state]).toEqual([join(directory, 'asterisk/etc'), join(directory, 'asterisk')]);
    expect((await rendered('pjsip.conf')).match(/^bind = 127\.0\.0\.1:15070$/gm)).toHaveLength(2);
    expect(await rendered('pjsip.conf')).toMatch(/^password = trunk-secret$/m);
    expect(await rendered('ari.conf')).toMatch(/^password = ari-secret$/m);
    expect(await rendered('extensions.conf')).toMatch(/^PARLEY_ARI_APP = parley$/m);
    expect(await rendered('http.conf')).toMatch(/^bindaddr = 127\.0\.0\.1\nbindport = 18070$/m);
    expect(await rendered('rtp.conf')).toMatch(/^rtpstart = 31000\nrtpend = 31099$/m);
    expect(await rendered('musiconhold.conf')).toContain(`directory = ${etc}/moh/silence\n`);
    expect(await rendered('musiconhold.conf')).toContain(`\n#tryinclude ${directory}/sounds/musiconhold.conf\n`);
    expect((await stat(join(etc, 'ari.conf'))).mode & 0o777).toBe(0o600);
    expect((await stat(etc)).mode & 0o777).toBe(0o700);
  });

  test('given an earlier start, what is no longer shipped is gone', async () => {
    await renderParleyConfig(SHIPPED, settings());
    await renderParleyConfig(SHIPPED, { ...settings(), sipPort: 15071 });
    expect((await readdir(join(directory, 'asterisk/etc'))).filter((name) => name.endsWith('.conf'))).toEqual(
      (await readdir(SHIPPED)).filter((name) => name.endsWith('.conf')),
    );
    expect(await rendered('pjsip.conf')).not.toContain('15070');
  });

  test('given a folder of sounds, its classes are included, whatever is in its name', async () => {
    await renderParleyConfig(SHIPPED, { ...settings(), soundsDir: '/srv/声音 $& 1' });
    expect((await rendered('musiconhold.conf')).match(/^#.*$/gm)).toEqual([
      '#tryinclude /srv/声音 $& 1/musiconhold.conf',
    ]);
  });

  test('given an IPv6 address, SIP binds to it in brackets', async () => {
    await renderParleyConfig(SHIPPED, { ...settings(), sipHost: '::1' });
    expect(await rendered('pjsip.conf')).toContain('bind = [::1]:15070\n');
  });

  test('given another application and realm, they are in their files', async () => {
    await renderParleyConfig(SHIPPED, { ...settings(), application: 'parley-2', realm: 'here' });
    expect(await rendered('extensions.conf')).toMatch(/^PARLEY_ARI_APP = parley-2$/m);
    expect(await rendered('pjsip.conf')).toMatch(/^default_realm = here$/m);
  });

  test('what is shipped has no password', async () => {
    const names = (await readdir(SHIPPED)).filter((name) => name.endsWith('.conf'));
    const texts = await Promise.all(names.map((name) => readFile(join(SHIPPED, name), 'utf8')));
    expect(names.length).toBeGreaterThan(10);
    expect(texts.filter((text) => /^\s*(password|secret)\s*=/m.test(text))).toEqual([]);
  });

  test('the main file gets the directories of the machine and keeps the rest', () => {
    const shipped = '; why\n[directories](!)\nastetcdir => /etc/asterisk\n\n[options]\nnocolor = yes\n';
    const program = { modules: '/m', data: '/d' };

    const text = renderMainConfig(shipped, program, { etc: '/e', state: '/s', run: '/r' });

    expect(text.match(/^\[directories\]/gm)).toHaveLength(1);
    expect(text).toMatch(/^astetcdir => \/e$/m);
    expect(text).toMatch(/^astmoddir => \/m$/m);
    expect(text).toMatch(/^astrundir => \/r$/m);
    expect(text).toMatch(/^astdbdir => \/s\/lib$/m);
    expect(text).toMatch(/^\[options\]\nnocolor = yes$/m);
    expect(text).not.toContain('/etc/asterisk');
  });
});

describe('passwords', () => {
  test('given a first start, they are made, long, different, for the owner only; given a second, they are the same', async () => {
    const first = await keepPasswords(directory);
    expect(first.ariPassword).toMatch(/^[0-9a-f]{48}$/);
    expect(first.trunkPassword).toMatch(/^[0-9a-f]{48}$/);
    expect(first.trunkPassword).not.toBe(first.ariPassword);
    expect((await stat(join(directory, 'asterisk/passwords.json'))).mode & 0o777).toBe(0o600);
    expect(await keepPasswords(directory)).toEqual(first);
  });
});

describe('sounds', () => {
  let made: ReadonlyMap<string, Buffer>;
  beforeAll(() => {
    made = makeSounds();
  });

  test('what is shipped is what the script makes', async () => {
    const sounds = [...made];
    const shipped = await Promise.all(sounds.map(([path]) => readFile(join(SHIPPED, path))));
    expect(sounds.map(([path]) => path)).toEqual([
      'moh/hold/parley-hold.ulaw',
      'moh/ringback/parley-ringback.ulaw',
      'moh/silence/parley-silence.ulaw',
    ]);
    expect(shipped.map((content, i) => content.equals(sounds[i]![1]))).toEqual([true, true, true]);
  });

  test('silence is ten seconds of nothing; music is sixteen and never clipped; it rings for two of six', () => {
    const [music, ringback, silence] = [...made.values()];
    expect(ringback).toHaveLength(48_000);
    expect(ringback!.findLastIndex((byte) => byte !== 0xff)).toBe(15_999);
    expect(ringback!.subarray(0, 16_000).filter((byte) => byte === 0xff).length).toBeLessThan(1_000);
    expect(silence).toEqual(Buffer.alloc(80_000, 0xff));
    expect(music).toHaveLength(128_000);
    expect(music!.some((byte) => byte === 0x80 || byte === 0x00)).toBe(false);
  });
});

describe('ports that somebody else has', () => {
  test('given a taken and a free one, it names the taken one and its setting', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const wanted = { host: '127.0.0.1', port, setting: 'PARLEY_ARI_PORT' };
    try {
      await expect(refuseTakenPorts([{ ...wanted, protocol: 'tcp' }])).rejects.toThrow(
        `PARLEY_ARI_PORT: tcp port ${port} of 127.0.0.1 is taken`,
      );
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    await expect(refuseTakenPorts([{ ...wanted, protocol: 'tcp' }])).resolves.toBeUndefined();
  });

  test('given one port for two settings, it names both', async () => {
    const port = 28_377;
    const wanted = (['PARLEY_HTTP_PORT', 'PARLEY_ARI_PORT'] as const).map(
      (setting) => ({ protocol: 'tcp', host: '127.0.0.1', port, setting }) as const,
    );
    await expect(refuseTakenPorts(wanted)).rejects.toThrow(
      'PARLEY_HTTP_PORT and PARLEY_ARI_PORT are both tcp port 28377',
    );
  });
});
