import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { claimDataFolder } from '../../scripts/data-folder';
import { whyNotAgain } from '../../scripts/service-ends';

describe('a service that has ended', () => {
  test.each([null, 0, 1])(
    'given code %s for the first or second time within a minute, it is started again',
    (code) => {
      expect(whyNotAgain(code, [5_000])).toBeUndefined();
      expect(whyNotAgain(code, [5_000, 6_000])).toBeUndefined();
    },
  );

  test('given a third time within a minute, it is not; given that a minute lies between, it is', () => {
    expect(whyNotAgain(1, [5_000, 6_000, 64_999])).toBe('it has ended 3 times within a minute');
    expect(whyNotAgain(1, [5_000, 6_000, 65_000])).toBeUndefined();
  });

  test('given that it refuses its settings, it is not', () => {
    expect(whyNotAgain(2, [5_000])).toBe('it refuses its settings');
    expect(whyNotAgain(3, [5_000])).toBe('another one serves this Asterisk');
  });
});

describe('the data folder', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'parley-data-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  /** Another process that claims the folder and lives on; its first words are what came of it. */
  const elsewhere = async (folder: string) => {
    const lock = `
      const db = new (require(process.argv[1]))(process.argv[2], { timeout: 0 });
      db.exec('BEGIN EXCLUSIVE');
      console.log('has it');
      process.stdin.resume();`;
    const sqlite = resolve(__dirname, '../../node_modules/better-sqlite3');
    const child = spawn(process.execPath, ['-e', lock, sqlite, join(folder, 'start.lock')]);
    await once(child.stdout, 'data');
    return child;
  };

  test('given that it is not there, it is made for its owner only', async () => {
    const folder = join(directory, 'new/data');
    await claimDataFolder(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test('given that another process has it, it is refused; given that this one was killed, it is not', async () => {
    const other = await elsewhere(directory);
    await expect(claimDataFolder(directory)).rejects.toThrow(
      `PARLEY_DATA: another start uses ${directory} already`,
    );

    other.kill('SIGKILL');
    await once(other, 'exit');
    await expect(claimDataFolder(directory)).resolves.toBeUndefined();
  });

  test('given a file in its place, the setting is named', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(claimDataFolder(join(directory, 'file'))).rejects.toThrow(/^PARLEY_DATA: .*file/);
  });
});
