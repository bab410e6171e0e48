import { setTimeout as wait } from 'node:timers/promises';
import type { Placement } from '../../domain/conversation/listen-speak-mode';
import type { BridgeId, ChannelId } from '../../domain/ids';
import type { Logger } from '../../ports/system';
import type { Alive, Fate } from '../../ports/telephony';
import { answerCaller } from './ari-answer';
import { inOrder, type AriApi } from './ari-api';
import { attempt, fateOf, GONE, type Attempt } from './ari-attempt';
import type { AriBridges } from './ari-bridges';
import type { AriConnection } from './ari-connection';
import { AriKnownAudio } from './ari-known-audio';
import type { AriMusic } from './ari-music';
import { audioAt, JUST_ANSWERED, justArrived, stepsTo, type Audio, type AudioStep } from './ari-placement';

/** What each channel says and hears, and in which bridge it sits. */
export class AriAudio {
  /** What each channel was last asked for. Empty after each connect: much may have happened meanwhile. */
  private readonly audio = new AriKnownAudio();
  /** The class to play to a channel when its sound is gone. */
  private readonly otherwise = new Map<ChannelId, string>();
  /** Channels whose music is being ended for sure. */
  private readonly silencing = new Map<ChannelId, Promise<unknown>>();
  /** Channels that were asked into a bridge and are not seen in it yet: what to do when they are, or are gone (null). */
  private readonly entering = new Map<ChannelId, (bridgeId: BridgeId | null) => void>();

  constructor(
    private readonly ari: AriConnection,
    private readonly bridges: AriBridges,
    private readonly music: AriMusic,
    private readonly logger: Logger,
  ) {}

  async place(channelId: ChannelId, from: BridgeId | null, placement: Placement): Promise<Fate> {
    await this.silencing.get(channelId);
    const [known, music] = await Promise.all([
      this.locate(channelId, placement.bridgeId),
      this.music.toLeg(placement.hears),
    ]);
    const target = { bridgeId: placement.bridgeId, muted: !placement.speaks, music };
    if (placement.hears.from === 'sound') this.otherwise.set(channelId, placement.hears.otherwise);
    const seat = known.bridgeId ?? from;
    this.audio.forget(channelId); // Until all of it is done, nothing is certain.
    for (const group of stepsTo(target, known)) {
      const results = await Promise.all(group.map((step) => this.carryOut(step, channelId, seat)));
      if (fateOf(...results) === 'gone') return 'gone';
      const isEnded = group.some(({ step }) => step === 'stop-music');
      if (isEnded && known.bridgeId !== null) void this.stopMusicForSure(channelId);
      if (placement.bridgeId !== null && results.includes('bridge-gone')) return 'asked';
    }
    this.audio.learn(channelId, audioAt(target, known));
    return 'asked';
  }

  /** Takes from it all that may still be played or muted, out of its bridge. Where there is nothing, it stays in that. */
  async clear(channelId: ChannelId, from: BridgeId | null): Promise<Fate> {
    await this.silencing.get(channelId);
    const { music, muted, bridgeId } = this.audio.of(channelId);
    this.audio.forget(channelId);
    this.otherwise.delete(channelId);
    if (music === null && muted === false) return 'asked';
    if (from !== null && fateOf(await this.carryOut({ step: 'leave' }, channelId, from)) === 'gone') return 'gone';
    const cleared: Promise<Attempt>[] = [];
    if (music !== null) {
      const stopped = this.carryOut({ step: 'stop-music' }, channelId, from);
      cleared.push(bridgeId === null ? stopped : stopped.then(() => this.stopMusicForSure(channelId)));
    }
    if (muted !== false) cleared.push(this.carryOut({ step: 'unmute' }, channelId, from));
    return fateOf(...(await Promise.all(cleared)));
  }

  /** A leg that we dialled was answered: nothing was asked of it yet. */
  begin(channelId: ChannelId): void {
    this.audio.learn(channelId, JUST_ANSWERED);
  }

  /** `music`: the class that it is known to hear. */
  arrived(channelId: ChannelId, isUp: boolean, music?: string): void {
    this.audio.learn(channelId, justArrived(isUp, music));
  }

  isAnswered(channelId: ChannelId): boolean {
    return this.audio.of(channelId).answered === true;
  }

  /** Answering has ended what was played. */
  answered(channelId: ChannelId): void {
    this.audio.learn(channelId, { ...this.audio.of(channelId), answered: true, music: undefined });
  }

  entered(channelId: ChannelId, bridgeId: BridgeId): void {
    this.bridges.entered(channelId, bridgeId);
    this.entering.get(channelId)?.(bridgeId);
  }

  ended(channelId: ChannelId): void {
    this.audio.forget(channelId);
    this.otherwise.delete(channelId);
    this.bridges.left(channelId);
    this.entering.get(channelId)?.(null);
  }

  bridgeClosed(bridgeId: BridgeId): void {
    this.audio.bridgeClosed(bridgeId);
  }

  forgetAll(): void {
    this.audio.forgetAll();
    this.otherwise.clear();
    this.bridges.forgetAll();
  }

  /** Where a channel sits may be other than we think; what it hears and says cannot be seen. */
  compare(alive: Alive): void {
    const seats = new Map([...alive.bridges].flatMap(([id, inside]) => inside.map((each) => [each, id])));
    for (const [channelId, known] of this.audio) {
      if (!alive.channels.has(channelId)) this.ended(channelId);
      else if ((seats.get(channelId) ?? null) !== known.bridgeId) {
        this.audio.learn(channelId, { ...known, bridgeId: undefined });
      }
    }
  }

  /** What it should hear. A prompt has ended that, or has not: asking for the same music again does not restart it (measured). */
  async playAgain(channelId: ChannelId): Promise<void> {
    const { music } = this.audio.of(channelId);
    if (music === undefined || music === null) return;
    try {
      await this.carryOut({ step: 'start-music', musicClass: music }, channelId, null);
    } catch (error) {
      this.logger.warn('music does not go on', { channelId, error });
    }
  }

  /** The sound of this class is gone: its music would end with it, and leave the phones without any packet (measured). */
  async goWithout(musicClass: string): Promise<void> {
    for (const [channelId, known] of this.audio) {
      const otherwise = this.otherwise.get(channelId);
      if (known.music !== musicClass || otherwise === undefined) continue;
      this.audio.learn(channelId, { ...known, music: otherwise });
      await this.playAgain(channelId);
    }
  }

  /** What is known of a channel, its bridge included if it is to go into one: nobody enters the bridge that it is in. */
  private async locate(channelId: ChannelId, bridgeId: BridgeId | null): Promise<Audio> {
    const known = this.audio.of(channelId);
    if (known.bridgeId !== undefined || bridgeId === null) return known;
    const isInside = (await this.bridges.inside(bridgeId)).includes(channelId);
    return { ...known, bridgeId: isInside ? bridgeId : undefined };
  }

  /**
   * In a bridge the order to end music is lost if it comes while a packet of the music is being made, for Asterisk takes
   * the music for ended then (one in 230 on a busy machine, 22.10). So it is given again at other moments, and what is
   * asked of the channel next waits for that. Outside, one thread makes the packets and takes the orders: of 3,840 none was
   * lost, beside one of 960 in a bridge.
   */
  private stopMusicForSure(channelId: ChannelId): Promise<'done'> {
    const stopping = (async () => {
      for (const pause of STOP_AGAIN_MS) {
        await wait(pause);
        await this.carryOut({ step: 'stop-music' }, channelId, null).catch(() => 'unknown'); // The first was answered.
      }
      this.silencing.delete(channelId);
      return 'done' as const;
    })();
    this.silencing.set(channelId, stopping);
    return stopping;
  }

  /**
   * Settles when the channel sits in the bridge. The answer to the request comes before that, and what is asked of the
   * channel's music in between may be lost.
   */
  private async enter(
    channelId: ChannelId,
    { bridgeId, endingMusic }: AudioStep & { readonly step: 'enter' },
  ): Promise<Attempt> {
    // Else a bridge for a pair tells either endpoint with `send_pai` or `send_rpid` the number of the other (measured).
    const seat = { bridgeId, channel: channelId, inhibitConnectedLineUpdates: true };
    let timer: NodeJS.Timeout | undefined;
    const isInside = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ENTERING_MS);
      this.entering.set(channelId, (entered) => (entered === bridgeId || entered === null) && resolve());
    });
    try {
      const answer = await attempt(this.ari, 'enter', GONE, (api) =>
        inOrder(api, [
          ...(endingMusic ? [({ channels }: AriApi) => channels.stopMoh({ channelId })] : []),
          ({ bridges }) => bridges.addChannel(seat),
        ]),
      );
      if (answer === 'done') await isInside;
      return answer;
    } finally {
      clearTimeout(timer);
      this.entering.delete(channelId);
    }
  }

  private async carryOut(step: AudioStep, channelId: ChannelId, from: BridgeId | null): Promise<Attempt> {
    if (step.step === 'enter') return await this.enter(channelId, step);
    if (step.step === 'answer') return await answerCaller(this.ari, channelId);
    const answer = await attempt(this.ari, step.step, GONE, ({ channels, bridges }) => {
      switch (step.step) {
        case 'mute':
          return channels.mute({ channelId, direction: 'in' });
        case 'unmute':
          return channels.unmute({ channelId, direction: 'in' });
        case 'start-music':
          return channels.startMoh({ channelId, mohClass: step.musicClass });
        case 'stop-music':
          return channels.stopMoh({ channelId });
        case 'leave':
          return from === null ? Promise.resolve() : bridges.removeChannel({ bridgeId: from, channel: channelId });
      }
    });
    if (step.step === 'leave') this.bridges.left(channelId);
    return answer;
  }
}

/** The event that ends the wait may be lost with a connection. */
const ENTERING_MS = 1_000;
/** Music is made every 20 ms. */
const STOP_AGAIN_MS = [25, 25] as const;
