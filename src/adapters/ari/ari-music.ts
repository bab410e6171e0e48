import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Hearing, Played } from '../../domain/conversation/listen-speak-mode';
import type { AppId } from '../../domain/ids';
import type { Sound } from '../../domain/queue/enqueue-sound';
import type { Logger } from '../../ports/system';
import { TelephonyUnavailable } from '../../ports/telephony';
import { attempt } from './ari-attempt';
import type { AriConnection } from './ari-connection';
import type { AriSettings } from './ari-settings';
import type { SoundPaths } from './sound-paths';

/** Loading takes 2 ms with 300 classes, and 260 with 2,000 (22.10). */
const MOST_CLASSES = 300;
const BUSY_TRIES = 20;
const BUSY_PAUSE_MS = 50;

/**
 * What is played over and over is a music-on-hold class: it holds up no request, goes on when its channel moves or this
 * service dies, and begins again without a gap. A sound gets its class when it is first wanted: all that were wanted
 * lately stand in one file, which Asterisk's `musiconhold.conf` includes and reads again when it is told to.
 *
 * Measured on 22.10: reading it again takes 2 ms, neither cuts nor restarts what is playing (not a packet is late), not
 * even if its class has gone from the file, and the new classes can be used as soon as the request is answered. A class
 * that Asterisk does not know plays as the class `default`.
 */
export class AriMusic {
  /** Class to the text of its section; those used last at the end. */
  private readonly wanted = new Map<string, string>();
  /** What Asterisk has read. */
  private loaded: ReadonlyMap<string, string> = new Map();
  private loading: Promise<void> = Promise.resolve();
  private nextLoading: Promise<void> | undefined;

  constructor(
    private readonly ari: AriConnection,
    private readonly settings: Pick<
      AriSettings,
      'application' | 'silenceClass' | 'ringbackClass' | 'soundClassesFile'
    >,
    private readonly paths: SoundPaths,
    private readonly logger: Logger,
  ) {}

  /** The class to play to one leg; null: it hears its bridge. */
  async toLeg(hears: Hearing): Promise<string | null> {
    switch (hears.from) {
      case 'bridge':
        return null;
      case 'silence':
        return this.settings.silenceClass;
      case 'sound':
        return (await this.classOf(hears)) ?? hears.otherwise;
      case 'music':
      case 'ringback':
        return this.fixed(hears);
    }
  }

  /** The class to play to a bridge; null: nothing. */
  async toBridge(played: Played): Promise<string | null> {
    return played.from === 'sound' ? await this.classOf(played) : this.fixed(played);
  }

  /** Asterisk may have been started again meanwhile, and on another configuration. */
  forgetAll(): void {
    this.loaded = new Map();
  }

  /** The class of a sound. It need not have been declared. */
  nameOf(app: AppId, sound: Sound): string {
    const about = `${this.settings.application}/${app}/${sound}`;
    return `parley-${createHash('sha256').update(about).digest('hex').slice(0, 20)}`;
  }

  private fixed(played: Exclude<Played, { from: 'sound' }>): string {
    return played.from === 'music' ? played.musicClass : this.settings.ringbackClass;
  }

  /** Null: the sound is missing, or cannot be made known to Asterisk, and that is logged. */
  private async classOf({ app, sound, instead }: Played & { from: 'sound' }): Promise<string | null> {
    const found = await this.classOfSound(app, sound);
    return found === null && instead !== undefined ? await this.classOfSound(app, instead) : found;
  }

  private async classOfSound(app: AppId, sound: Sound): Promise<string | null> {
    const paths = await this.paths.find(app, sound);
    if (paths === null) return null;
    const name = this.nameOf(app, sound);
    const text = sectionOf(name, `${app}/${sound}`, paths);
    try {
      await this.declare(name, text);
      return name;
    } catch (error) {
      if (error instanceof TelephonyUnavailable) throw error;
      const { soundClassesFile: file } = this.settings;
      this.logger.error('a sound cannot be made known to Asterisk', { app, sound, file, error });
      return null;
    }
  }

  private async declare(name: string, text: string): Promise<void> {
    this.wanted.delete(name);
    this.wanted.set(name, text);
    for (const oldest of this.wanted.keys()) {
      if (this.wanted.size <= MOST_CLASSES) break;
      this.wanted.delete(oldest);
    }
    if (this.loaded.get(name) !== text) await this.load();
  }

  /** Whatever is wanted by now is loaded when it settles. Those who ask while one is under way share the next. */
  private load(): Promise<void> {
    this.nextLoading ??= this.loading
      .catch(() => {}) // Told to those who asked for that one.
      .then(() => {
        this.nextLoading = undefined;
        this.loading = this.write();
        return this.loading;
      });
    return this.nextLoading;
  }

  private async write(): Promise<void> {
    const classes = new Map(this.wanted);
    await replaceFile(this.settings.soundClassesFile, `${HEADING}${[...classes.values()].join('')}`);
    await this.reload();
    this.loaded = classes;
  }

  /** Asterisk reloads one thing at a time, whoever asks. */
  private async reload(): Promise<void> {
    for (let tries = 1; ; tries++) {
      const answer = await attempt(
        this.ari,
        'reload music on hold',
        tries < BUSY_TRIES ? ['reload-under-way'] : [],
        ({ asterisk }) => asterisk.reloadModule({ moduleName: 'res_musiconhold.so' }),
      );
      if (answer === 'done') return;
      await wait(BUSY_PAUSE_MS);
    }
  }
}

const HEADING = '; Written by Parley while it runs: the sounds that are played over and over.\n';

/** Neither names of sounds nor paths have a character that ends a line or begins a comment. */
function sectionOf(name: string, sound: string, paths: readonly string[]): string {
  const entries = paths.map((path) => `entry = ${path}\n`).join('');
  return `\n; ${sound}\n[${name}]\nmode = playlist\n${entries}`;
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}-${randomBytes(6).toString('hex')}`);
  // Asterisk may run as another user.
  if ((await mkdir(dirname(path), { recursive: true })) !== undefined) await chmod(dirname(path), 0o755);
  try {
    await writeFile(draft, text);
    await chmod(draft, 0o644);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
