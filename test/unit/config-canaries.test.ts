import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemsOf } from '../support/config-problems';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-canaries-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SECRETS = 'PARLEY_CALLBACK_SECRETS';

test.each<readonly [Readonly<Record<string, string>>, string]>([
  [{ [SECRETS]: 'canary' }, SECRETS],
  [{ [SECRETS]: 'whsec_canary' }, SECRETS],
  [{ PARLEY_CALLBACK_URL: 'nowhere?key=canary' }, 'PARLEY_CALLBACK_URL must'],
  [{ PARLEY_CALLBACK_URL: 'https://me:canary@crm.example/' }, 'PARLEY_CALLBACK_URL must'],
  [{ PARLEY_CALLBACK_URL: 'https://crm.example/#canary' }, 'PARLEY_CALLBACK_URL must'],
  [{ PARLEY_CALLBACK_URL: 'https://crm.example/?canary' }, 'PARLEY_CALLBACK_SECRETS is needed'],
  [{ PARLEY_DATABASE_URL: 'mysql://me:canary@db.example/parley' }, 'PARLEY_DATABASE_URL must'],
  [{ PARLEY_DATABASE_URL: 'postgresql://me:canary@db.example' }, 'PARLEY_DATABASE_URL must'],
  [{ PARLEY_ARI_PASSWORD: 'canary' }, 'PARLEY_ARI_PASSWORD is for'],
  [{ PARLEY_ARI_URL: 'http://me:canary@127.0.0.1:8088', PARLEY_ARI_USER: 'u' }, 'PARLEY_ARI_URL must'],
  [{ PARLEY_ARI_URL: 'http://:canary@127.0.0.1:8088', PARLEY_ARI_USER: 'u' }, 'PARLEY_ARI_URL must'],
  [{ PARLEY_ARI_URL: 'http://127.0.0.1:8088/?api_key=u:canary', PARLEY_ARI_USER: 'u' }, 'PARLEY_ARI_URL must'],
  [{ PARLEY_ARI_URL: 'http://127.0.0.1:8088/#canary', PARLEY_ARI_USER: 'u' }, 'PARLEY_ARI_URL must'],
  [{ PARLEY_AUTH: 'canary' }, 'PARLEY_AUTH must'],
])('what is wrong with %j is said without the secret in it', (settings, problem) => {
  const problems = problemsOf(settings);

  expect(problems).toContainEqual(expect.stringContaining(problem));
  expect(problems.join()).not.toContain('canary');
});

const SIGNS = { id: 'default', certId: 'cert1' };

test.each([
  ['a token as it is', { ...SIGNS, tokens: ['canary'] }],
  ['a token under a wrong key', { ...SIGNS, tokens: [{ token: 'canary' }] }],
  ['a token with a wrong role', { ...SIGNS, tokens: [{ hash: 'canary', role: 'canary' }] }],
  ['a token twice', { ...SIGNS, tokens: ['ca4a4'.padEnd(64, '0'), 'ca4a4'.padEnd(64, '0')] }],
  ['a secret that is too short', { ...SIGNS, secrets: ['canary'] }],
  ['a secret that is no list', { ...SIGNS, secrets: 'canary-of-16-characters' }],
  ['a secret without an account', { id: 'default', secrets: ['canary-of-16-characters'] }],
  ['a secret under a wrong key', { ...SIGNS, secret: 'canary-of-16-characters' }],
  ['a secret of a receiver', { ...SIGNS, callbacks: [{ url: 'https://a.example/?canary', secrets: ['canary'] }] }],
  ['a receiver without one', { ...SIGNS, callbacks: [{ url: 'https://a.example/?canary', secrets: [] }] }],
  ['a receiver with a password', { ...SIGNS, callbacks: [{ url: 'https://me:canary@a.example/' }] }],
])('given %s in the file, what is wrong is said without it', (_, application) => {
  const file = join(folder, 'apps.json');
  writeFileSync(file, JSON.stringify({ applications: [application] }), { mode: 0o600 });
  const problems = problemsOf({ PARLEY_APPS: file, PARLEY_AUTH: 'token' });

  expect(problems).toContainEqual(expect.stringContaining('PARLEY_APPS'));
  expect(problems.join().replaceAll(folder, '')).not.toMatch(/canary|ca4a4/);
});
