import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { tryCommand } from './asterisk/run-command';

/** Kept open as long as this process lives: the lock ends with its connection. */
const claims: Database.Database[] = [];

/**
 * Makes a folder, for its owner only, and claims it until this process ends, however that happens.
 *
 * @throws Error when another process has claimed it, or it cannot be made.
 */
export async function claimDataFolder(folder: string): Promise<void> {
  // Node's own mkdir never comes back from places like /proc.
  const { code, output } = await tryCommand('mkdir', ['-p', '-m', '700', '--', folder]);
  if (code !== 0) throw new Error(`PARLEY_DATA: ${output.trim()}`);
  const file = join(folder, 'start.lock');
  try {
    await writeFile(file, '', { flag: 'a', mode: 0o600 });
    const lock = new Database(file, { timeout: 0 });
    claims.push(lock);
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    const isTaken = (error as { code?: string }).code === 'SQLITE_BUSY';
    throw new Error(
      `PARLEY_DATA: ${isTaken ? `another start uses ${folder} already` : `${folder}: ${String(error)}`}`,
    );
  }
}
