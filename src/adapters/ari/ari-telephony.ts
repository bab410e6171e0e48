import type { Client } from 'ari-client';
import type { Placement } from '../../domain/conversation/listen-speak-mode';
import type { SipDigest } from '../../domain/extension/extension';
import type { BridgeId, ChannelId, SipUser } from '../../domain/ids';
import type { Logger } from '../../ports/system';
import type { Alive, Fate, OutgoingCall, Telephony, TelephonySignal } from '../../ports/telephony';
import { readCaller, surveyAsterisk } from './ari-survey';
import type { AriConnection, ConnectionListener } from './ari-connection';
import { ariFailure, type AriFailure } from './ari-failure';
import { audioAt, JUST_ANSWERED, NOTHING_KNOWN, stepsTo, type Audio, type AudioStep } from './ari-placement';
import type { AriSettings } from './ari-settings';
import { DIALLED, SIGNALS, type AriEventType, type CallerArrived } from './ari-signals';
import { provisionAccount, unprovisionAccount } from './ari-sip-accounts';
import { endpointOf, fenced, shownNumber } from './dial-string';

/** The phone system is an Asterisk, reached over ARI. */
export class AriTelephony implements Telephony {
  private readonly connection: AriConnection;
  private readonly listeners = new Set<(signal: TelephonySignal) => void>();
  /** What each channel was last asked for. Empty after each connect: much may have happened meanwhile. */
  private readonly audio = new Map<ChannelId, Audio>();
  /** Signals of callers whose variables are being read: they must not overtake `caller-entered`. */
  private readonly held = new Map<ChannelId, TelephonySignal[]>();
  private readonly registered = new Map<SipUser, boolean>();
  /** Channels whose music is being ended for sure. */
  private readonly silencing = new Map<ChannelId, Promise<unknown>>();
  /** Channels that were asked into a bridge and are not seen in it yet: what to do when they are, or are gone (null). */
  private readonly entering = new Map<ChannelId, (bridgeId: BridgeId | null) => void>();

  constructor(
    private readonly settings: AriSettings,
    private readonly logger: Logger,
    connect: (listener: ConnectionListener) => AriConnection,
  ) {
    this.connection = connect({
      connected: () => {
        this.audio.clear();
        this.registered.clear();
        this.emit({ type: 'connected' });
      },
      disconnected: () => this.emit({ type: 'disconnected' }),
      event: (type, event) => this.takeEvent(type, event),
    });
  }

  async dial({ channelId, to, from, ringSeconds, lifeSeconds }: OutgoingCall): Promise<void> {
    const endpoint = endpointOf(to);
    const shown = shownNumber(from);
    const callerId = shown === '' ? {} : { callerId: shown };
    await this.connection.ask('dial', ({ channels }) =>
      channels.originateWithId({
        channelId,
        endpoint,
        app: this.settings.application,
        appArgs: DIALLED,
        timeout: ringSeconds,
        ...callerId,
        // Functions work as names here (measured). The one of the limit counts while it rings, too.
        variables: { [LIMIT]: String(lifeSeconds), [KEEP_HOLD_TO_ITSELF]: '1' },
      }),
    );
  }

  async receive(channelId: ChannelId, answer: boolean): Promise<Fate> {
    const asked = [this.setVariable(channelId, KEEP_HOLD_TO_ITSELF, '1')];
    if (answer) asked.push(this.ask('answer', GONE, ({ channels }) => channels.answer({ channelId })));
    const fate = fateOf(...(await Promise.all(asked)));
    // Answering has ended what was played.
    const known = this.knownOf(channelId);
    if (answer && fate === 'asked') this.learn(channelId, { ...known, answered: true, music: undefined });
    return fate;
  }

  async place(channelId: ChannelId, from: BridgeId | null, placement: Placement): Promise<Fate> {
    const { silenceClass: silence } = this.settings;
    await this.silencing.get(channelId);
    const known = await this.locate(channelId, placement.bridgeId);
    const seat = known.bridgeId ?? from;
    this.audio.delete(channelId); // Until all of it is done, nothing is certain.
    for (const group of stepsTo(placement, known, silence)) {
      const results = await Promise.all(group.map((step) => this.carryOut(step, channelId, seat)));
      if (fateOf(...results) === 'gone') return 'gone';
      if (group.some(({ step }) => step === 'stop-music')) void this.stopMusicForSure(channelId);
      if (placement.bridgeId !== null && results.includes('bridge-gone')) return 'asked';
    }
    this.learn(channelId, audioAt(placement, known, silence));
    return 'asked';
  }

  async limit(channelId: ChannelId, seconds: number): Promise<Fate> {
    return fateOf(await this.setVariable(channelId, LIMIT, String(seconds)));
  }

  async hangUp(channelId: ChannelId): Promise<Fate> {
    return fateOf(await this.ask('hang up', GONE, ({ channels }) => channels.hangup({ channelId })));
  }

  async release(
    channelId: ChannelId,
    from: BridgeId | null,
    variables: Readonly<Record<string, string>>,
  ): Promise<Fate> {
    this.audio.delete(channelId);
    await this.silencing.get(channelId);
    if (from !== null && (await this.carryOut({ step: 'leave' }, channelId, from)) === 'channel-gone')
      return 'gone';
    const cleared = await Promise.all([
      this.carryOut({ step: 'stop-music' }, channelId, from).then(() => this.stopMusicForSure(channelId)),
      this.carryOut({ step: 'unmute' }, channelId, from),
      this.setVariable(channelId, SHARE_HOLD_AGAIN, '1'),
      this.setVariable(channelId, LIMIT, '0'),
      ...Object.entries(variables).map(([name, value]) => this.setVariable(channelId, name, value)),
    ]);
    if (fateOf(...cleared) === 'gone') return 'gone';
    return fateOf(await this.ask('release', GONE, ({ channels }) => channels.continueInDialplan({ channelId })));
  }

  async openBridge(bridgeId: BridgeId): Promise<void> {
    await this.ask('open bridge', ['already-exists'], ({ bridges }) =>
      bridges.createWithId({ bridgeId, type: ALWAYS_MIXING, name: this.settings.application }),
    );
  }

  async closeBridge(bridgeId: BridgeId): Promise<void> {
    // Whoever is hung up leaves some milliseconds later; deleting the bridge before that overwrites the cause.
    const giveUpAt = performance.now() + LEAVING_MS;
    while ((await this.channelsIn(bridgeId)).length > 0 && performance.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, LEAVING_POLL_MS));
    }
    await this.ask('close bridge', ['bridge-gone'], ({ bridges }) => bridges.destroy({ bridgeId }));
    for (const [channelId, known] of this.audio) {
      if (known.bridgeId === bridgeId) this.learn(channelId, { ...known, bridgeId: null });
    }
  }

  async provision(user: SipUser, digest: SipDigest): Promise<void> {
    await provisionAccount(this.connection, { user: fenced(user), realm: this.settings.realm, digest });
  }

  async unprovision(user: SipUser): Promise<void> {
    await unprovisionAccount(this.connection, fenced(user));
  }

  async alive(known: ReadonlySet<string> = new Set()): Promise<Alive> {
    const alive = await surveyAsterisk(this.connection, this.settings.application, known);
    // Where a channel sits may be other than we think; what it hears and says cannot be seen.
    const seats = new Map([...alive.bridges].flatMap(([id, inside]) => inside.map((each) => [each, id])));
    for (const [channelId, known] of this.audio) {
      if (!alive.channels.has(channelId)) this.audio.delete(channelId);
      else if ((seats.get(channelId) ?? null) !== known.bridgeId) {
        this.learn(channelId, { ...known, bridgeId: undefined });
      }
    }
    return alive;
  }

  onSignal(listener: (signal: TelephonySignal) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Ends the connection. Calls and bridges live on in Asterisk. */
  async close(): Promise<void> {
    this.connection.close();
  }

  private takeEvent(type: AriEventType, event: unknown): void {
    const report = SIGNALS[type](event as never); // The row for a type takes that type of event.
    if (report === undefined) return;
    switch (report.type) {
      case 'caller-arrived':
        void this.announce(report);
        return;
      case 'stray-arrived':
        this.logger.warn('hanging up a channel that took the place of one of ours', report);
        void this.hangUp(report.channelId).catch(() => {}); // The next comparison sees it if it is still there.
        return;
      case 'bridge-entered':
        this.entering.get(report.channelId)?.(report.bridgeId);
        return;
      case 'prompt-ended':
        void this.playAgain(report.channelId);
        return;
      case 'leg-answered':
        this.learn(report.channelId, JUST_ANSWERED);
        break;
      case 'leg-ended':
        this.audio.delete(report.channelId);
        this.entering.get(report.channelId)?.(null);
        break;
      case 'phone-registered':
        // Each call of the phone is a change of its state, too.
        if (this.registered.get(report.user) === report.registered) return;
        this.registered.set(report.user, report.registered);
        break;
      case 'replaced':
        this.logger.error('another process has taken over our application', { ...this.names() });
        this.connection.close();
        break;
      case 'caller-entered':
      case 'connected':
      case 'disconnected':
        break;
    }
    const waiting = 'channelId' in report ? this.held.get(report.channelId) : undefined;
    if (waiting) waiting.push(report);
    else this.emit(report);
  }

  /** Reads what the dialplan has set for the caller, and only then tells of it. */
  private async announce({ channel, args }: CallerArrived): Promise<void> {
    const channelId = channel.id as ChannelId;
    const later: TelephonySignal[] = [];
    this.held.set(channelId, later);
    try {
      const caller = await readCaller(this.connection, channel, args);
      if (caller !== 'gone') this.emit(caller);
    } catch (error) {
      this.logger.warn('a caller could not be read, comparing with Asterisk', { channelId, error });
      later.push({ type: 'connected' });
    }
    this.held.delete(channelId);
    later.forEach((signal) => this.emit(signal));
  }

  /** What is known of a channel, its bridge included if it is to go into one: nobody enters the bridge that it is in. */
  private async locate(channelId: ChannelId, bridgeId: BridgeId | null): Promise<Audio> {
    const known = this.knownOf(channelId);
    if (known.bridgeId !== undefined || bridgeId === null) return known;
    const isInside = (await this.channelsIn(bridgeId)).includes(channelId);
    return { ...known, bridgeId: isInside ? bridgeId : undefined };
  }

  private async channelsIn(bridgeId: BridgeId): Promise<readonly string[]> {
    try {
      const { channels } = await this.connection.ask('look into bridge', ({ bridges }) =>
        bridges.get({ bridgeId }),
      );
      return typeof channels === 'string' ? [channels] : channels;
    } catch (error) {
      if (ariFailure(error) === 'bridge-gone') return [];
      throw error;
    }
  }

  /**
   * The order to end music is lost if it comes while a packet of the music is being made, for Asterisk takes the music
   * for ended then (one in 230 on a busy machine, 22.10). So it is given again at other moments, and what is asked of
   * the channel next waits for that.
   */
  private stopMusicForSure(channelId: ChannelId): Promise<'done'> {
    const stopping = (async () => {
      for (const pause of STOP_AGAIN_MS) {
        await new Promise((resolve) => setTimeout(resolve, pause));
        await this.carryOut({ step: 'stop-music' }, channelId, null).catch(() => 'unknown'); // The first was answered.
      }
      this.silencing.delete(channelId);
      return 'done' as const;
    })();
    this.silencing.set(channelId, stopping);
    return stopping;
  }

  /** A prompt has ended what was played, or has not: asking for the same music again does not restart it (measured). */
  private async playAgain(channelId: ChannelId): Promise<void> {
    const { music } = this.knownOf(channelId);
    if (music === undefined || music === null) return;
    try {
      await this.carryOut({ step: 'start-music', musicClass: music }, channelId, null);
    } catch (error) {
      this.logger.warn('music does not go on after a prompt', { channelId, error });
    }
  }

  /**
   * Settles when the channel sits in the bridge. The answer to the request comes before that, and what is asked of the
   * channel's music in between may be lost.
   */
  private async enter(channelId: ChannelId, bridgeId: BridgeId): Promise<AriFailure | 'done'> {
    let timer: NodeJS.Timeout | undefined;
    const isInside = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ENTERING_MS);
      this.entering.set(channelId, (entered) => (entered === bridgeId || entered === null) && resolve());
    });
    try {
      const answer = await this.ask('enter', GONE, ({ bridges }) =>
        bridges.addChannel({ bridgeId, channel: channelId }),
      );
      if (answer === 'done') await isInside;
      return answer;
    } finally {
      clearTimeout(timer);
      this.entering.delete(channelId);
    }
  }

  private async carryOut(
    step: AudioStep,
    channelId: ChannelId,
    from: BridgeId | null,
  ): Promise<AriFailure | 'done'> {
    if (step.step === 'enter') return await this.enter(channelId, step.bridgeId);
    return await this.ask(step.step, GONE, ({ channels, bridges }) => {
      switch (step.step) {
        case 'answer':
          return channels.answer({ channelId });
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
  }

  private async setVariable(channelId: ChannelId, variable: string, value: string): Promise<AriFailure | 'done'> {
    return await this.ask(`set ${variable}`, GONE, ({ channels }) =>
      channels.setChannelVar({ channelId, variable, value }),
    );
  }

  /** `harmless`: failures that mean that it is so already; they are returned. Any other is thrown. */
  private async ask(
    operation: string,
    harmless: readonly AriFailure[],
    call: (client: Client) => Promise<unknown>,
  ): Promise<AriFailure | 'done'> {
    try {
      await this.connection.ask(operation, call);
      return 'done';
    } catch (error) {
      const failure = ariFailure(error);
      if (!harmless.includes(failure)) throw error;
      return failure;
    }
  }

  private knownOf(channelId: ChannelId): Audio {
    return this.audio.get(channelId) ?? NOTHING_KNOWN;
  }

  private learn(channelId: ChannelId, audio: Audio): void {
    this.audio.set(channelId, audio);
  }

  private names(): { readonly url: string; readonly application: string } {
    return { url: this.settings.url, application: this.settings.application };
  }

  private emit(signal: TelephonySignal): void {
    this.listeners.forEach((listener) => listener(signal));
  }
}

/** Asterisk ends the channel after so many seconds; 0: never. */
const LIMIT = 'TIMEOUT(absolute)';
/**
 * Without it, one party's phone that holds and takes back starts and ends the music of the others. It guards the
 * channel that it is set on against the holding of others, so every channel of ours has it (measured).
 */
const KEEP_HOLD_TO_ITSELF = 'HOLD_INTERCEPT(set)';
const SHARE_HOLD_AGAIN = 'HOLD_INTERCEPT(remove)';

/**
 * Mixes by software from the first member on; without video, that is all `video_sfu` does. An ordinary bridge passes
 * two members' packets on and begins to mix when a third comes: in 2 of 150 changes one member got no packet at all for
 * one to three seconds, in this kind in none. And whoever is alone with a muted member still gets its packets (measured
 * on 22.10). It costs 0.3 % of a processor more for each two talkers.
 */
const ALWAYS_MIXING = 'mixing,video_sfu';

/** The event that ends the wait may be lost with a connection. */
const ENTERING_MS = 1_000;
const LEAVING_MS = 1_000;
const LEAVING_POLL_MS = 10;
/** Music is made every 20 ms. */
const STOP_AGAIN_MS = [25, 25] as const;

const GONE: readonly AriFailure[] = ['channel-gone', 'bridge-gone', 'not-in-bridge', 'not-in-stasis'];

/** Back in the dialplan is gone, too: no longer ours to touch. */
function fateOf(...results: readonly (AriFailure | 'done')[]): Fate {
  return results.includes('channel-gone') || results.includes('not-in-stasis') ? 'gone' : 'asked';
}
