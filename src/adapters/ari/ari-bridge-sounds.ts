import { randomBytes } from 'node:crypto';
import type { Played } from '../../domain/conversation/listen-speak-mode';
import type { AppId, BridgeId } from '../../domain/ids';
import type { Sound } from '../../domain/queue/enqueue-sound';
import { attempt } from './ari-attempt';
import type { AriConnection } from './ari-connection';
import type { AriMusic } from './ari-music';
import type { SoundPaths } from './sound-paths';

/**
 * What everybody in a bridge hears beside each other. Asterisk plays it by a channel of its own in the bridge, which is
 * in no list of channels, holds up nobody and goes with its bridge (measured on 22.10).
 */
export class AriBridgeSounds {
  constructor(
    private readonly ari: AriConnection,
    private readonly music: AriMusic,
    private readonly paths: SoundPaths,
  ) {}

  /** Asking for what is played already does not restart it (measured). */
  async playUnder(bridgeId: BridgeId, played: Played | null): Promise<void> {
    const mohClass = played === null ? null : await this.music.toBridge(played);
    if (mohClass === null) {
      await attempt(this.ari, 'stop playing under', ['bridge-gone', 'nothing-played'], ({ bridges }) =>
        bridges.stopMoh({ bridgeId }),
      );
    } else {
      await attempt(this.ari, 'play under', ['bridge-gone'], ({ bridges }) =>
        bridges.startMoh({ bridgeId, mohClass }),
      );
    }
  }

  /** One after the other, and after what was announced before. */
  async announce(bridgeId: BridgeId, app: AppId, sounds: readonly Sound[]): Promise<void> {
    const media = await Promise.all(sounds.map((sound) => this.mediaOf(app, sound)));
    const found = media.filter((each) => each !== null);
    if (found.length === 0) return;
    const playbackId = randomBytes(16).toString('hex');
    await attempt(this.ari, 'announce', ['bridge-gone'], ({ bridges }) =>
      bridges.playWithId({ bridgeId, playbackId, media: found }),
    );
  }

  /** Null: it is missing. Asterisk knows its own sounds best: they may be elsewhere, or of another language. */
  private async mediaOf(app: AppId, sound: Sound): Promise<string | null> {
    if (sound.includes(':')) return sound;
    const paths = await this.paths.find(app, sound);
    return paths === null ? null : `sound:${paths[0]}`;
  }
}
