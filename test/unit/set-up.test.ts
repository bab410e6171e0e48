import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

type Packages = Readonly<Record<string, { readonly version: string; readonly optional?: boolean }>>;

const ROOT = { '': { version: '0.1.0' } };
const INSTALLED: Packages = { 'node_modules/koa': { version: '3.3.0' } };
const ELSEWHERE: Packages = { 'node_modules/for-another-system': { version: '1.0.0', optional: true } };

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'parley-set-up-'));
  for (const folder of ['scripts', 'src', 'dist', 'node_modules', 'bin']) mkdirSync(join(project, folder));
  copyFileSync(resolve(__dirname, '../../scripts/set-up'), join(project, 'scripts/set-up'));
  for (const file of ['tsconfig.json', 'tsconfig.build.json']) writeFileSync(join(project, file), '');
  lock({ ...ROOT, ...INSTALLED, ...ELSEWHERE });
  installed(INSTALLED, 'installs.json');
  writeFileSync(
    join(project, 'bin/npm'),
    '#!/bin/sh\necho "$1" >> calls\nif [ "$1" = ci ]; then cp installs.json node_modules/.package-lock.json; fi\n',
  );
  chmodSync(join(project, 'bin/npm'), 0o755);
});
afterEach(() => rmSync(project, { recursive: true }));

const lock = (packages: Packages): void =>
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify({ packages }));
const installed = (packages: Packages, file = 'node_modules/.package-lock.json'): void =>
  writeFileSync(join(project, file), JSON.stringify({ packages }));

/** What it asks of npm, by their first words. */
function setUp(): readonly string[] {
  const calls = join(project, 'calls');
  rmSync(calls, { force: true });
  const env = { ...process.env, PATH: `${join(project, 'bin')}:${process.env['PATH']}` };
  const { status, stderr } = spawnSync(join(project, 'scripts/set-up'), ['code'], { env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [];
}

test('given a new checkout, packages are installed and the program is built, once', () => {
  expect(setUp()).toEqual(['ci', 'run']);
  expect(setUp()).toEqual([]);
});

test('given a lock file that is only newer, the packages that are there are left alone', () => {
  installed(INSTALLED);
  const tomorrow = new Date(Date.now() + 86_400_000);
  utimesSync(join(project, 'package-lock.json'), tomorrow, tomorrow);

  expect(setUp()).toEqual(['run']);
});

test.each<[string, Packages]>([
  ['another version', { 'node_modules/koa': { version: '3.2.0' } }],
  ['one less', {}],
  ['one more', { ...INSTALLED, 'node_modules/koa/node_modules/ws': { version: '8.0.0' } }],
])('given packages that are not those of the lock file, %s, they are installed', (_difference, packages) => {
  installed(packages);
  const anHourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(join(project, 'package-lock.json'), anHourAgo, anHourAgo);

  expect(setUp()).toEqual(['ci', 'run']);
});
