import type { Played } from '../../src/domain/conversation/listen-speak-mode';
import type { Effect } from '../../src/domain/effect';
import type { BridgeId, ChannelId } from '../../src/domain/ids';
import type { PhoneSystemView } from '../../src/domain/input';

/** Does what it is asked at once, forgets nothing, and throws where it is asked for what makes no sense. */
export class PlainAsterisk {
  readonly channels = new Map<ChannelId, 'ringing' | 'up' | 'hung up'>();
  readonly bridges = new Set<BridgeId>();
  private readonly pairs = new Set<BridgeId>();
  /** Every channel that was ever asked for, in order. */
  readonly dialled: ChannelId[] = [];
  readonly released = new Set<ChannelId>();
  /** What is played under the talk. */
  readonly underTalk = new Map<BridgeId, Played>();
  /** The leg that each ear was asked to be on. */
  readonly ears = new Map<ChannelId, ChannelId>();
  /** Whose phones hold. */
  readonly holding = new Set<ChannelId>();
  private readonly callers = new Set<ChannelId>();
  private readonly usedBridges = new Set<BridgeId>();
  private readonly lostBridges = new Set<BridgeId>();
  private readonly seats = new Map<ChannelId, BridgeId | null>();

  callerComes(channelId: ChannelId): void {
    this.channels.set(channelId, 'up');
    this.callers.add(channelId);
  }

  ringing(): readonly ChannelId[] {
    return [...this.channels].flatMap(([channelId, state]) => (state === 'ringing' ? [channelId] : []));
  }

  /** Legs of ours that are up. */
  talking(): readonly ChannelId[] {
    const up = [...this.channels].flatMap(([channelId, state]) => (state === 'up' ? [channelId] : []));
    return up.filter((channelId) => !this.callers.has(channelId) && !this.ears.has(channelId));
  }

  /** The old one lives on, alone. `isSeated`: the new one sits where it sat. */
  replace(channelId: ChannelId, by: ChannelId, isSeated: boolean): void {
    this.channels.set(by, 'up');
    if (isSeated) this.seats.set(by, this.seats.get(channelId) ?? null);
    this.seats.set(channelId, null);
  }

  /** It is gone, with the ears that are on it. All that have ended by that. */
  end(channelId: ChannelId): readonly ChannelId[] {
    this.channels.delete(channelId);
    this.seats.delete(channelId);
    this.holding.delete(channelId);
    const ears = [...this.ears].filter(([ear, on]) => on === channelId && this.channels.has(ear));
    return [channelId, ...ears.flatMap(([ear]) => this.end(ear))];
  }

  /** Opened, and not closed by whoever asked for it. */
  wasLeftOpen(bridgeId: BridgeId): boolean {
    return this.bridges.has(bridgeId) || this.lostBridges.has(bridgeId);
  }

  loseBridge(bridgeId: BridgeId): void {
    this.bridges.delete(bridgeId);
    this.lostBridges.add(bridgeId);
    for (const [channelId, seat] of this.seats) if (seat === bridgeId) this.seats.set(channelId, null);
  }

  seen(): Pick<PhoneSystemView, 'channels' | 'bridges' | 'unsettled'> {
    const alive = [...this.channels].flatMap(([id, state]) => (state === 'hung up' ? [] : [[id, state] as const]));
    const dying = [...this.channels].flatMap(([id, state]) => (state === 'hung up' ? [id] : []));
    return {
      channels: new Map(alive),
      bridges: new Map([...this.bridges].map((id) => [id, this.seatedIn(id)])),
      unsettled: new Set(dying),
    };
  }

  carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'dial':
        this.dialled.push(effect.channelId);
        this.channels.set(effect.channelId, 'ringing');
        return;
      case 'snoop':
        this.ears.set(effect.channelId, effect.on);
        if (this.channels.has(effect.on)) this.channels.set(effect.channelId, 'ringing'); // Until its `leg-answered`.
        return;
      case 'place':
        return this.place(effect);
      case 'hang-up':
        if (this.callers.has(effect.channelId)) throw new Error(`the caller ${effect.channelId} is hung up`);
        if (this.channels.has(effect.channelId)) this.channels.set(effect.channelId, 'hung up');
        this.seats.delete(effect.channelId);
        return;
      case 'release':
        if (this.released.has(effect.channelId)) throw new Error(`${effect.channelId} is released twice`);
        this.released.add(effect.channelId);
        this.end(effect.channelId);
        return;
      case 'open-bridge':
        if (this.usedBridges.has(effect.bridgeId)) throw new Error(`the bridge ${effect.bridgeId} is used again`);
        this.usedBridges.add(effect.bridgeId);
        this.bridges.add(effect.bridgeId);
        if (effect.kind === 'pair') this.pairs.add(effect.bridgeId);
        return;
      case 'close-bridge':
        if (this.seatedIn(effect.bridgeId).length > 0)
          throw new Error(`${effect.bridgeId} is closed under a channel`);
        this.bridges.delete(effect.bridgeId);
        this.lostBridges.delete(effect.bridgeId);
        this.underTalk.delete(effect.bridgeId);
        return;
      case 'limit':
        if (!Number.isSafeInteger(effect.until)) throw new Error(`a limit until ${effect.until}`);
        return;
      case 'play-under':
        this.expectBridge(effect.bridgeId);
        if (effect.played === null) return void this.underTalk.delete(effect.bridgeId);
        this.expectMixing(effect.bridgeId);
        this.underTalk.set(effect.bridgeId, effect.played);
        return;
      case 'announce':
        this.expectMixing(effect.bridgeId);
        if (effect.sounds.length === 0) throw new Error('nothing is announced');
        return;
      case 'receive':
      case 'provision':
      case 'unprovision':
        return;
    }
  }

  private place({ channelId, placement: { bridgeId } }: Extract<Effect, { do: 'place' }>): void {
    if (bridgeId !== null) this.expectBridge(bridgeId);
    if (this.released.has(channelId)) throw new Error(`${channelId} is placed after its release`);
    if (this.channels.has(channelId)) this.seats.set(channelId, bridgeId);
    if (bridgeId !== null && this.seatedIn(bridgeId).length > 2) this.expectMixing(bridgeId);
  }

  private expectBridge(bridgeId: BridgeId): void {
    if (!this.usedBridges.has(bridgeId)) throw new Error(`there never was a bridge ${bridgeId}`);
  }

  private expectMixing(bridgeId: BridgeId): void {
    this.expectBridge(bridgeId);
    if (this.pairs.has(bridgeId)) throw new Error(`the bridge ${bridgeId} is for two`);
  }

  private seatedIn(bridgeId: BridgeId): ChannelId[] {
    return [...this.seats].flatMap(([channelId, seat]) => (seat === bridgeId ? [channelId] : []));
  }
}
