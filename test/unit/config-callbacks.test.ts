import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config';
import { problemsOf } from '../support/config-problems';

const URL = 'https://receiver.example/hook?key=1';
const [SECRET, OTHER] = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`) as [
  string,
  string,
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callback-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function applicationsFile(...callbacks: readonly object[]): string {
  const file = join(folder, 'apps.json');
  writeFileSync(file, JSON.stringify({ applications: [{ id: 'default' }, { id: 'shop', callbacks }] }), {
    mode: 0o600,
  });
  return file;
}

test('without settings nobody wants any events', () => {
  expect(readConfig({}).callbacks).toEqual([]);
});

test('given a URL and two secrets, the application default gets its events, signed with both', () => {
  const { callbacks } = readConfig({ PARLEY_CALLBACK_URL: URL, PARLEY_CALLBACK_SECRETS: `${SECRET}, ${OTHER}` });

  expect(callbacks).toEqual([{ app: 'default', url: URL, secrets: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] }]);
});

test('given callbacks in the file, each application has its own', () => {
  const file = applicationsFile({ url: URL, secrets: [SECRET] }, { url: `${URL}2`, secrets: [SECRET] });
  const { callbacks } = readConfig({ PARLEY_APPS: file });

  expect(callbacks.map(({ app, url }) => [app, url])).toEqual([
    ['shop', URL],
    ['shop', `${URL}2`],
  ]);
});

test.each<readonly [Readonly<Record<string, string>>, string]>([
  [{ PARLEY_CALLBACK_URL: URL }, 'PARLEY_CALLBACK_SECRETS is needed'],
  [{ PARLEY_CALLBACK_SECRETS: SECRET }, 'PARLEY_CALLBACK_SECRETS is for PARLEY_CALLBACK_URL'],
  [{ PARLEY_CALLBACK_URL: URL, PARLEY_CALLBACK_SECRETS: 'secret' }, 'PARLEY_CALLBACK_SECRETS must be whsec_'],
  [
    { PARLEY_CALLBACK_URL: 'ftp://a.example/', PARLEY_CALLBACK_SECRETS: SECRET },
    'PARLEY_CALLBACK_URL must be an http',
  ],
  [{ PARLEY_CALLBACK_URL: 'https://me:pw@a.example/', PARLEY_CALLBACK_SECRETS: SECRET }, 'without user, password'],
])('%p is refused', (settings, problem) => {
  expect(problemsOf(settings)).toEqual([expect.stringContaining(problem)]);
});

test.each([
  [[{ url: URL, secrets: [] }], 'must have one at least'],
  [[{ url: URL, secrets: ['x'] }], 'must be whsec_'],
  [[{ url: 'nowhere', secrets: [SECRET] }], 'must be an http or https URL'],
  [
    [
      { url: URL, secrets: [SECRET] },
      { url: URL, secrets: [OTHER] },
    ],
    'must have different URLs',
  ],
])('%p in the file is refused, and no secret is told', (callbacks, problem) => {
  const found = problemsOf({ PARLEY_APPS: applicationsFile(...callbacks) });

  expect(found).toEqual([expect.stringContaining(problem)]);
  expect(found.join()).not.toContain(SECRET);
});
