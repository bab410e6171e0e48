import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { basename, extname, join, parse } from 'node:path';
import type { AppId } from '../../domain/ids';
import { nearestName } from '../../domain/nearest-name';
import { isSound, type Sound } from '../../domain/queue/enqueue-sound';
import {
  SoundRefused,
  type SoundFile,
  type SoundFiles,
  type SoundLocation,
  type Sounds,
} from '../../ports/sounds';
import type { AsteriskSounds } from './asterisk-sounds';
import { EXTENSIONS, prepare, secondsOf } from './sound-content';

/** Of a name, in file systems. */
const MAX_NAME_BYTES = 255;
/** Enough of a file to tell whether it plays, and how long. */
const HEAD_BYTES = 4096;

/**
 * The sounds of each application: the files `<folder>/<application>/<name>`, made here or put there by hand. Symbolic
 * links are not followed, and what Asterisk could not play is not seen.
 *
 * A WAV file that is put here gets the plainest header, as Asterisk plays few others.
 *
 * Asterisk names sounds without their extensions. So of two names that differ in that alone the second is refused.
 */
export class SoundFolder implements Sounds, SoundFiles {
  private readonly listeners = new Set<(app: AppId, sound: Sound) => void>();

  constructor(
    private readonly folder: string,
    private readonly asterisk: AsteriskSounds,
  ) {}

  async list(app: AppId): Promise<readonly SoundFile[]> {
    const found: SoundFile[] = [];
    for (const name of await this.names(app)) {
      const file = await this.find(app, name);
      if (file !== undefined) found.push(file);
    }
    return found;
  }

  async find(app: AppId, name: string): Promise<SoundFile | undefined> {
    const path = this.pathOf(app, name);
    const bytes = path === undefined ? undefined : await sizeOf(path);
    if (path === undefined || bytes === undefined) return undefined;
    try {
      return { name, bytes, seconds: await secondsOfFile(path, bytes) };
    } catch (error) {
      if (isMissing(error)) return undefined; // It was deleted this very moment.
      throw error;
    }
  }

  async put(app: AppId, name: string, content: Uint8Array): Promise<SoundFile> {
    const { content: kept, seconds } = prepare(name, content);
    const path = this.pathOf(app, name);
    if (path === undefined)
      throw new SoundRefused({ zh: '文件不能用这个名称', en: 'has a name that no file can have' });
    const twin = (await this.names(app)).find((each) => each !== name && stem(each) === stem(name));
    if (twin !== undefined) {
      throw new SoundRefused({
        zh: `对 Asterisk 而言与已有的 ${twin} 相同，请先删除后者`,
        en: `is the same to Asterisk as ${twin}, which is there already: delete that first`,
      });
    }
    const folder = this.folderOf(app);
    await makeReadable(this.folder, folder);
    const draft = join(folder, `.${randomBytes(12).toString('hex')}`);
    try {
      await write(draft, kept);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    return { name, bytes: kept.length, seconds };
  }

  async remove(app: AppId, name: string): Promise<boolean> {
    const path = this.pathOf(app, name);
    if (path === undefined || (await sizeOf(path)) === undefined) return false;
    try {
      await unlink(path);
      this.listeners.forEach((listener) => listener(app, name as Sound)); // Else it would have had no path.
      return true;
    } catch (error) {
      if (isMissing(error)) return false; // Somebody else was faster.
      throw error;
    }
  }

  async locate(app: AppId, sound: Sound): Promise<SoundLocation> {
    if (sound.includes(':')) return await this.asterisk.locate(sound);
    // Music on hold of a file that cannot be played is no audio at all, not even silence (measured).
    const isPlayed = ((await this.find(app, sound))?.seconds ?? null) !== null;
    if (isPlayed) return { paths: [join(this.folderOf(app), stem(sound))] };
    const others = (await this.names(app)).filter((each) => each !== sound);
    return { nearest: nearestName(sound, others) ?? null };
  }

  onRemoved(listener: (app: AppId, sound: Sound) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** What may be played, in order of name. */
  private async names(app: AppId): Promise<readonly string[]> {
    try {
      const entries = await readdir(this.folderOf(app), { withFileTypes: true });
      const files = entries.filter((each) => each.isFile() && this.pathOf(app, each.name) !== undefined);
      return files.map(({ name }) => name).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** Undefined: no sound can have this name. */
  private pathOf(app: AppId, name: string): string | undefined {
    const isPlain = isSound(name) && !name.includes(':') && basename(name) === name;
    const isPlayable = EXTENSIONS.has(extname(name).slice(1)) && Buffer.byteLength(name) <= MAX_NAME_BYTES;
    return isPlain && isPlayable ? join(this.folderOf(app), name) : undefined;
  }

  private folderOf(app: AppId): string {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(app)) throw new Error(`not an application: ${JSON.stringify(app)}`);
    return join(this.folder, app);
  }
}

function stem(name: string): string {
  return parse(name).name;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await lstat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Null: it was put there by hand, and is not what its name says. */
async function secondsOfFile(path: string, bytes: number): Promise<number | null> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(bytes, HEAD_BYTES)), 0);
    return secondsOf(basename(path), buffer.subarray(0, bytesRead), bytes);
  } catch (error) {
    if (error instanceof SoundRefused) return null;
    throw error;
  } finally {
    await file.close();
  }
}

/** Asterisk may run as another user, and the mask of this process may forbid what it needs. */
async function makeReadable(...folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    if ((await mkdir(folder, { recursive: true })) !== undefined) await chmod(folder, 0o755);
  }
}

/** On disk when it resolves. */
async function write(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.chmod(0o644);
    await file.sync();
  } finally {
    await file.close();
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as { code?: string }).code ?? '');
}
