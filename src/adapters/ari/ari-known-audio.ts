import { entryOf } from '../../domain/entry-of';
import type { BridgeId, ChannelId } from '../../domain/ids';
import { NOTHING_KNOWN, type Audio } from './ari-placement';

/** What is known of each channel, found by the bridge that it sits in as well: no end of a talk goes through all others. */
export class AriKnownAudio {
  private readonly audio = new Map<ChannelId, Audio>();
  private readonly inside = new Map<BridgeId, Set<ChannelId>>();

  [Symbol.iterator](): Iterator<[ChannelId, Audio]> {
    return this.audio[Symbol.iterator]();
  }

  of(channelId: ChannelId): Audio {
    return this.audio.get(channelId) ?? NOTHING_KNOWN;
  }

  learn(channelId: ChannelId, audio: Audio): void {
    this.leave(channelId);
    this.audio.set(channelId, audio);
    if (audio.bridgeId) entryOf(this.inside, audio.bridgeId, () => new Set<ChannelId>()).add(channelId);
  }

  forget(channelId: ChannelId): void {
    this.leave(channelId);
    this.audio.delete(channelId);
  }

  forgetAll(): void {
    this.audio.clear();
    this.inside.clear();
  }

  /** Those who sat in it sit in none. */
  bridgeClosed(bridgeId: BridgeId): void {
    for (const channelId of [...(this.inside.get(bridgeId) ?? [])]) {
      this.learn(channelId, { ...this.of(channelId), bridgeId: null });
    }
  }

  private leave(channelId: ChannelId): void {
    const bridgeId = this.audio.get(channelId)?.bridgeId;
    const inside = bridgeId ? this.inside.get(bridgeId) : undefined;
    if (inside === undefined) return;
    inside.delete(channelId);
    if (inside.size === 0) this.inside.delete(bridgeId!);
  }
}
