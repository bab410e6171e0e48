import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config';
import { problemsOf } from '../support/config-problems';

const TOKEN = 'a'.repeat(64);
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'parley-config-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function appsFile(content: unknown): string {
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

test('without settings it serves on loopback, without credentials, with one application', () => {
  expect(readConfig({})).toMatchObject({
    http: { host: '127.0.0.1', port: 8080 },
    authentication: ['none'],
    applications: [{ id: 'default' }],
    sip: { host: '127.0.0.1', port: 5060 },
    ariPort: 8088,
    rtpPorts: { from: 20_000, to: 29_999 },
    dataFolder: './data',
    soundsFolder: 'data/sounds',
    ari: null,
    keepaliveSeconds: 300,
    timeZone: 'Asia/Shanghai',
  });
});

test('an empty setting is one that is not set, and other variables are none of its business', () => {
  expect(readConfig({ PARLEY_HTTP_PORT: '', HOME: '/x' }).http.port).toBe(8080);
});

test('sounds are kept with the other data unless told otherwise, where Asterisk can name them', () => {
  expect(readConfig({ PARLEY_DATA: '/var/lib/parley' }).soundsFolder).toBe('/var/lib/parley/sounds');
  expect(readConfig({ PARLEY_SOUNDS: '/srv/声音 1' }).soundsFolder).toBe('/srv/声音 1');
  for (const folder of ['/a,b', '/a;b', '/a*', '/a[b]', '/a\\b', '/a\nb']) {
    expect(problemsOf({ PARLEY_SOUNDS: folder })).toEqual([
      expect.stringContaining('PARLEY_SOUNDS: Asterisk cannot use'),
    ]);
    expect(problemsOf({ PARLEY_DATA: folder })).toEqual([
      expect.stringContaining('PARLEY_DATA: Asterisk cannot use'),
    ]);
    expect(problemsOf({ PARLEY_ASTERISK_SOUNDS: folder })).toHaveLength(1);
  }
});

test('all problems are told at once', () => {
  const found = problemsOf({
    PARLEY_HTTP_PORT: '70000',
    PARLEY_SIP_PORT: 'x',
    PARLEY_RTP_PORTS: '9-5',
    PARLEY_TIME_ZONE: 'Nowhere/Else',
    PARLEY_ARI_URL: 'http://127.0.0.1:8088',
    PARLEY_HTPP_HOST: '::1',
  });
  expect(found).toEqual([
    'PARLEY_HTTP_PORT must be from 0 to 65535',
    'PARLEY_SIP_PORT must be a whole number',
    expect.stringContaining('PARLEY_RTP_PORTS'),
    'PARLEY_TIME_ZONE must be the IANA name of a time zone',
    'PARLEY_HTPP_HOST is no setting',
    'PARLEY_ARI_USER is needed with PARLEY_ARI_URL',
    'PARLEY_ARI_PASSWORD is needed with PARLEY_ARI_URL',
  ]);
});

test('the trunk may be left out', () => {
  expect([readConfig({}).trunk, readConfig({ PARLEY_TRUNK: 'none' }).trunk]).toEqual(['parley-trunk', null]);
});

test.each<readonly [Record<string, string>, readonly string[]]>([
  [{ PARLEY_HTTP_HOST: '0.0.0.0', PARLEY_SIP_PORT: 'x' }, ['PARLEY_SIP_PORT', 'PARLEY_AUTH']],
  [{ PARLEY_PLANS: '/nowhere' }, ['PARLEY_PLANS: there is no folder /nowhere']],
  [{ PARLEY_ARI_USER: 'parley' }, ['PARLEY_ARI_USER is for PARLEY_ARI_URL']],
  [{ PARLEY_AUTH: 'open' }, ['PARLEY_AUTH must be none, token, signature']],
  [{ PARLEY_TRUSTED_PROXIES: '10.0.0.1, proxy' }, ['PARLEY_TRUSTED_PROXIES must be IP addresses and networks']],
  [{ PARLEY_TRUSTED_PROXIES: '10.0.0.1/33' }, ['PARLEY_TRUSTED_PROXIES must be IP addresses and networks']],
  [{ PARLEY_SIGNATURE_WINDOW_SECONDS: '0' }, ['PARLEY_SIGNATURE_WINDOW_SECONDS must be from 1 to 3600']],
  ...['ftp://127.0.0.1', 'http://127.0.0.1/ari', 'http://a:b@127.0.0.1', '127.0.0.1:8088'].map(
    (url) =>
      [
        { PARLEY_ARI_URL: url, PARLEY_ARI_USER: 'u', PARLEY_ARI_PASSWORD: 'p' },
        ['PARLEY_ARI_URL must be http or https'],
      ] as const,
  ),
])('%j has these problems: %j', (env, expected) => {
  expect(problemsOf(env)).toEqual(expected.map((start): unknown => expect.stringContaining(start)));
});

test('without credentials an application named default is needed', () => {
  const PARLEY_APPS = appsFile({ applications: [{ id: 'shop', tokens: [TOKEN] }] });
  expect(problemsOf({ PARLEY_APPS })).toEqual([expect.stringContaining('has no application default')]);
  expect(problemsOf({ PARLEY_APPS, PARLEY_AUTH: 'token' })).toEqual([]);
});

test('an Asterisk that runs already is named with its user, and its password shows up nowhere', () => {
  const { ari } = readConfig({
    PARLEY_ARI_URL: 'http://127.0.0.1:8088',
    PARLEY_ARI_USER: 'parley',
    PARLEY_ARI_PASSWORD: 'hidden',
  });
  expect(ari!.password.reveal()).toBe('hidden');
  expect(JSON.stringify(ari)).not.toContain('hidden');
});

test('without credentials it listens on loopback only', () => {
  expect(problemsOf({ PARLEY_HTTP_HOST: '0.0.0.0' })).toEqual([
    expect.stringMatching(/^PARLEY_AUTH must be token/),
  ]);
  for (const PARLEY_HTTP_HOST of ['::1', '0:0:0:0:0:0:0:1', 'localhost']) {
    expect(problemsOf({ PARLEY_HTTP_HOST })).toEqual([]);
  }
});

test('with tokens there must be one', () => {
  expect(problemsOf({ PARLEY_AUTH: 'token' })).toEqual([
    'PARLEY_AUTH is token, but no application in PARLEY_APPS has what that needs',
  ]);
});
