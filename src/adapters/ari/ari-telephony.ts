import type { BridgeKind } from '../../domain/conversation/conversation';
import type { Placement, Played } from '../../domain/conversation/listen-speak-mode';
import type { Account } from '../../domain/extension/extension';
import type { AppId, BridgeId, ChannelId, SipUser } from '../../domain/ids';
import type { Sound } from '../../domain/queue/enqueue-sound';
import type { SoundFiles } from '../../ports/sounds';
import type { Logger } from '../../ports/system';
import type { Alive, Fate, OutgoingCall, Telephony, TelephonySignal } from '../../ports/telephony';
import { answerCaller } from './ari-answer';
import { attempt, fateOf, GONE } from './ari-attempt';
import { AriAudio } from './ari-audio';
import { AriBridgeSounds } from './ari-bridge-sounds';
import { AriBridges } from './ari-bridges';
import type { AriConnection, ConnectionListener } from './ari-connection';
import { AriLimits, LIMIT } from './ari-limits';
import { AriMusic } from './ari-music';
import type { AriSettings } from './ari-settings';
import { SIGNALS, type AriEventType, type CallerArrived } from './ari-signals';
import { snoopOn } from './ari-snoop';
import { isHolding, readCaller, surveyAsterisk } from './ari-survey';
import { provisionAccount, unprovisionAccount } from './ari-sip-accounts';
import { AriVariables } from './ari-variables';
import { SoundPaths } from './sound-paths';
import { endpointOf, shownNumber } from './dial-string';

type HoldReport = Extract<TelephonySignal, { type: 'leg-held' | 'leg-resumed' }>;

/** The phone system is an Asterisk, reached over ARI. */
export class AriTelephony implements Telephony {
  private readonly connection: AriConnection;
  private readonly listeners = new Set<(signal: TelephonySignal) => void>();
  private readonly bridges: AriBridges;
  private readonly bridgeSounds: AriBridgeSounds;
  private readonly music: AriMusic;
  private readonly audio: AriAudio;
  private readonly variables: AriVariables;
  private readonly limits: AriLimits;
  /** Callers whom the holding of other phones does not reach, before anything was asked of them. */
  private readonly guarded = new Set<ChannelId>();
  /** Signals of callers whose variables are being read: they must not overtake `caller-entered`. */
  private readonly held = new Map<ChannelId, TelephonySignal[]>();
  /** By channel, the last look at whether its phone holds. */
  private readonly looking = new Map<ChannelId, Promise<void>>();
  private isConnected = false;

  constructor(
    private readonly settings: AriSettings,
    private readonly logger: Logger,
    files: SoundFiles,
    connect: (listener: ConnectionListener) => AriConnection,
  ) {
    this.connection = connect({
      connected: () => {
        this.audio.forgetAll();
        this.music.forgetAll();
        this.variables.forgetAll();
        this.limits.forgetAll();
        this.guarded.clear();
        this.isConnected = true;
        this.emit({ type: 'connected' });
      },
      disconnected: () => {
        this.isConnected = false;
        this.emit({ type: 'disconnected' });
      },
      occupied: (by) => this.emit({ type: 'occupied', by }),
      event: (type, event) => this.takeEvent(type, event),
    });
    const paths = new SoundPaths(files, logger);
    this.music = new AriMusic(this.connection, settings, paths, logger);
    this.bridges = new AriBridges(this.connection, settings.application);
    this.bridgeSounds = new AriBridgeSounds(this.connection, this.music, paths);
    this.variables = new AriVariables(this.connection);
    this.limits = new AriLimits(this.variables);
    this.audio = new AriAudio(this.connection, this.bridges, this.music, logger);
    files.onRemoved((app, sound) => void this.audio.goWithout(this.music.nameOf(app, sound)));
  }

  async dial({ channelId, to, from, ringSeconds, lifeSeconds }: OutgoingCall): Promise<void> {
    const endpoint = endpointOf(to);
    const shown = shownNumber(from);
    const callerId = shown === '' ? {} : { callerId: shown };
    this.limits.dialled(channelId, lifeSeconds);
    try {
      await this.connection.ask(
        'dial',
        ({ channels }) =>
          channels.originateWithId({
            channelId,
            endpoint,
            ...LEG,
            timeout: ringSeconds,
            ...callerId,
            // Functions work as names here (measured). The one of the limit counts while it rings, too.
            variables: {
              [OWNER]: this.settings.application,
              [LIMIT]: String(lifeSeconds),
              [KEEP_HOLD_TO_ITSELF]: '1',
            },
          }),
        'first', // Somebody waits for the phone to ring.
      );
    } catch (error) {
      this.limits.forget(channelId);
      throw error;
    }
  }

  async receive(channelId: ChannelId, answer: boolean): Promise<Fate> {
    const asked = this.guarded.has(channelId) ? [] : [this.variables.setOne(channelId, KEEP_HOLD_TO_ITSELF, '1')];
    const isToBeAnswered = answer && !this.audio.isAnswered(channelId);
    if (isToBeAnswered) asked.push(answerCaller(this.connection, channelId));
    const fate = fateOf(...(await Promise.all(asked)));
    if (isToBeAnswered && fate === 'asked') this.audio.answered(channelId);
    return fate;
  }

  place(channelId: ChannelId, from: BridgeId | null, placement: Placement): Promise<Fate> {
    return this.audio.place(channelId, from, placement);
  }

  limit(channelId: ChannelId, seconds: number): Promise<Fate> {
    return this.limits.limit(channelId, seconds);
  }

  async hangUp(channelId: ChannelId, answeredElsewhere = false): Promise<Fate> {
    const why = answeredElsewhere ? { reason: 'answered_elsewhere' } : {};
    return fateOf(
      await attempt(this.connection, 'hang up', GONE, ({ channels }) => channels.hangup({ channelId, ...why })),
    );
  }

  async release(
    channelId: ChannelId,
    from: BridgeId | null,
    variables: Readonly<Record<string, string>>,
  ): Promise<Fate> {
    this.forget(channelId);
    if ((await this.audio.clear(channelId, from)) === 'gone') return 'gone'; // In its bridge still, it leaves that by going.
    const cleared = { [SHARE_HOLD_AGAIN]: '1', [LIMIT]: '0', ...variables };
    if (fateOf(await this.variables.set(channelId, cleared)) === 'gone') return 'gone';
    return fateOf(
      await attempt(this.connection, 'release', GONE, ({ channels }) =>
        channels.continueInDialplan({ channelId }),
      ),
    );
  }

  snoop(channelId: ChannelId, on: ChannelId): Promise<Fate> {
    return snoopOn(this.connection, this.settings.application, channelId, on);
  }

  async openBridge(bridgeId: BridgeId, kind: BridgeKind): Promise<void> {
    await this.bridges.open(bridgeId, kind);
  }

  playUnder(bridgeId: BridgeId, played: Played | null): Promise<void> {
    return this.bridgeSounds.playUnder(bridgeId, played);
  }

  announce(bridgeId: BridgeId, app: AppId, sounds: readonly Sound[]): Promise<void> {
    return this.bridgeSounds.announce(bridgeId, app, sounds);
  }

  async closeBridge(bridgeId: BridgeId): Promise<void> {
    await this.bridges.close(bridgeId);
    this.audio.bridgeClosed(bridgeId);
  }

  async provision(account: Account): Promise<void> {
    await provisionAccount(this.connection, account, this.settings.realm);
    const { user } = account;
    // An account that was there before, and deleted, is reachable as it was then, and Asterisk tells of changes alone (measured).
    const { state } = await this.connection.ask('look at account', ({ endpoints }) =>
      endpoints.get({ tech: 'PJSIP', resource: user }),
    );
    this.emit({ type: 'phone-reachable', user, reachable: state === 'online' });
  }

  async unprovision(user: SipUser): Promise<void> {
    await unprovisionAccount(this.connection, user);
  }

  async alive(known: ReadonlySet<string> = new Set(), held: ReadonlySet<ChannelId> = new Set()): Promise<Alive> {
    const alive = await surveyAsterisk(this.connection, this.variables, this.settings.application, known, held);
    this.audio.compare(alive);
    // A leg that was dialled meanwhile is forgotten with those whose end was missed, and its limit asked for once more.
    for (const channelId of [...this.limits.channels(), ...this.guarded]) {
      if (!alive.channels.has(channelId)) this.forget(channelId);
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
        this.arrived(report);
        return;
      case 'bridge-entered':
        this.audio.entered(report.channelId, report.bridgeId);
        return;
      case 'prompt-ended':
        void this.audio.playAgain(report.channelId);
        return;
      case 'leg-answered':
        this.audio.begin(report.channelId);
        break;
      case 'leg-ended':
      case 'leg-replaced':
        this.audio.ended(report.channelId);
        this.forget(report.channelId);
        break;
      case 'replaced': {
        const { url, application } = this.settings;
        this.logger.error('another process has taken over our application', { url, application });
        this.connection.close();
        break;
      }
      case 'leg-held':
      case 'leg-resumed':
        this.tellOfHold(report);
        return;
      case 'caller-entered':
      case 'leg-alerting':
      case 'phone-reachable':
      case 'connected':
      case 'disconnected':
      case 'occupied':
        break;
    }
    const waiting = 'channelId' in report ? this.held.get(report.channelId) : undefined;
    if (waiting) waiting.push(report);
    else this.emit(report);
  }

  /** Its limit and its guard are gone, or it is. */
  private forget(channelId: ChannelId): void {
    this.limits.forget(channelId);
    this.guarded.delete(channelId);
  }

  private arrived(caller: CallerArrived): void {
    const { channel, prepared } = caller;
    const channelId = channel.id as ChannelId;
    this.audio.arrived(channelId, channel.state === 'Up', prepared.music);
    if (prepared.isGuarded) this.guarded.add(channelId);
    void this.tellOf(caller);
  }

  /** Reads what the dialplan has set for the caller, and only then tells of it. */
  private async tellOf({ channel, args }: CallerArrived): Promise<void> {
    const channelId = channel.id as ChannelId;
    const later: TelephonySignal[] = [];
    this.held.set(channelId, later);
    try {
      const caller = await readCaller(this.variables, channel, args);
      if (caller !== 'gone') this.emit(caller);
    } catch (error) {
      this.logger.warn('a caller could not be read, comparing with Asterisk', { channelId, error });
      if (this.isConnected) later.push({ type: 'connected' }); // Else it is looked at anyhow, as soon as it is.
    }
    this.held.delete(channelId);
    later.forEach((signal) => this.emit(signal));
  }

  /**
   * Of two in a bridge for a pair, Asterisk says of both that they hold when one of them does (measured on 22.10). One look
   * after the other, for each goes by a connection of its own.
   */
  private tellOfHold(report: HoldReport): void {
    const { channelId } = report;
    const look = (this.looking.get(channelId) ?? Promise.resolve()).then(() => this.lookAtHold(report));
    this.looking.set(channelId, look);
    void look.then(() => this.looking.get(channelId) === look && this.looking.delete(channelId));
  }

  private async lookAtHold(report: HoldReport): Promise<void> {
    const { type, channelId } = report;
    try {
      const holds = await isHolding(this.variables, channelId);
      if (holds === (type === 'leg-held')) this.emit(report);
    } catch (error) {
      this.logger.warn('whether a phone holds could not be read', { channelId, error });
    }
  }

  private emit(signal: TelephonySignal): void {
    this.listeners.forEach((listener) => listener(signal));
  }
}

/**
 * Where a leg goes when it is answered. Not straight into the application: Asterisk hangs up on whom it cannot hand over,
 * as while we are away. The dialplan keeps it, and hands it over when we are back.
 */
const LEG = { context: 'parley', extension: 'leg', priority: 1 };
/** Names the application that has the leg, to the dialplan and to whoever looks. */
const OWNER = 'CHANNEL(accountcode)';
/**
 * Without it, one party's phone that holds and takes back starts and ends the music of the others. It guards the
 * channel that it is set on against the holding of others, so every channel of ours has it (measured).
 */
const KEEP_HOLD_TO_ITSELF = 'HOLD_INTERCEPT(set)';
const SHARE_HOLD_AGAIN = 'HOLD_INTERCEPT(remove)';
