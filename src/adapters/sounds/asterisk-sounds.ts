import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, parse } from 'node:path';
import { nearestName } from '../../domain/nearest-name';
import type { Sound } from '../../domain/queue/enqueue-sound';
import type { SoundLocation } from '../../ports/sounds';
import { EXTENSIONS } from './sound-content';

/** The language of channels that nobody has given another. */
const LANGUAGE = 'en';
const KEY_NAMES: Readonly<Record<string, string>> = { '*': 'star', '#': 'pound' };

/** The sounds that Asterisk comes with, below its folder `sounds`: `<folder>/en/<name>`, or `<folder>/<name>`. */
export class AsteriskSounds {
  constructor(private readonly folder: string) {}

  /** `sound:<name>` and `digits:<keys>`. */
  async locate(sound: Sound): Promise<SoundLocation> {
    const [kind, rest = ''] = sound.split(/:(.*)/s);
    const names = kind === 'digits' ? [...rest].map((key) => `digits/${KEY_NAMES[key] ?? key}`) : [rest];
    const paths: string[] = [];
    for (const name of names) {
      const path = await this.find(name);
      if (path === undefined) return { nearest: await this.nearest(name) };
      paths.push(path);
    }
    return { paths };
  }

  private async find(name: string): Promise<string | undefined> {
    for (const folder of this.folders()) {
      const path = join(folder, name);
      if ((await soundsIn(dirname(path))).includes(basename(name))) return path;
    }
    return undefined;
  }

  private async nearest(name: string): Promise<string | null> {
    const within = dirname(name);
    const known = await Promise.all(this.folders().map((each) => soundsIn(join(each, within))));
    const nearest = nearestName(basename(name), known.flat());
    return nearest === undefined ? null : `sound:${within === '.' ? '' : `${within}/`}${nearest}`;
  }

  private folders(): readonly string[] {
    return [join(this.folder, LANGUAGE), this.folder];
  }
}

/** Names without their extensions. */
async function soundsIn(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((each) => EXTENSIONS.has(extname(each).slice(1))).map((each) => parse(each).name);
  } catch {
    return []; // There is no such folder here, or it is not ours to read.
  }
}
