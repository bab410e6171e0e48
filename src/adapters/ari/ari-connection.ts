import { connect, type Client } from 'ari-client';
import type { AsteriskMetrics } from '../../ports/metrics';
import type { SoundFiles } from '../../ports/sounds';
import { pause, type Chance, type Clock, type Logger } from '../../ports/system';
import { TelephonyUnavailable } from '../../ports/telephony';
import { parseAsteriskVersion, whyUnfit } from './asterisk-version';
import { apiOver, type AriApi } from './ari-api';
import { AriEventSocket } from './ari-event-socket';
import { ariMessage } from './ari-failure';
import { sendOverHttp } from './ari-http';
import { newOwnerName, ownerAmong } from './ari-owner';
import { AriRequestSockets } from './ari-request-sockets';
import { AlikeLanes, AriRequests, type Turn } from './ari-requests';
import { EVENT_TYPES, type AriEventType } from './ari-signals';
import type { AriSettings } from './ari-settings';
import { AriTelephony } from './ari-telephony';

/**
 * Returns at once; the signal `connected` tells when there is a connection, now or whenever Asterisk comes up.
 * One set of credentials for each process: ari-client keeps them in a global.
 */
export function connectAri(
  settings: AriSettings,
  logger: Logger,
  sounds: SoundFiles,
  metrics: AsteriskMetrics,
  pauses: Pauses,
): AriTelephony {
  return new AriTelephony(
    settings,
    logger,
    sounds,
    (listener) => new AriConnection(settings, logger, metrics, pauses, listener),
  );
}

/** How long it waits before it tries again is told by chance. */
export type Pauses = { readonly clock: Pick<Clock, 'after'>; readonly chance: Pick<Chance, 'number'> };

export type ConnectionListener = {
  /** Our application is live, its subscriptions are made. Events may have been missed until now. */
  connected(): void;
  disconnected(): void;
  /** `by` serves our application, and goes on with it: the connection is closed for good. */
  occupied(by: string): void;
  event(type: AriEventType, event: unknown): void;
};

/** Each takes a connection, and Asterisk closes those beyond its `sessionlimit` without an answer: 1,000 as shipped. */
const HTTP_REQUESTS_AT_ONCE = 100;
/** A loss is noticed within two of these: soon enough to say within five seconds that we are not ready. */
const HEARTBEAT_MS = 2_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** One that has ended elsewhere may be on the list a little longer, until Asterisk has noticed. */
const SUCCESSION_MS = 5_000;
const LOOK_AGAIN_MS = 250;

/**
 * The connection to Asterisk: made as soon as Asterisk is there, made again whenever it is lost, for ever. Each time it is
 * a new client of ari-client: to load one takes 50 ms (measured), and Asterisk may be another than before.
 */
export class AriConnection {
  /** Without an API of its own a lane is of HTTP. */
  private readonly requests: AriRequests<AriApi | undefined>;
  private sockets: AriRequestSockets | undefined;
  private overHttp: AriApi | undefined;
  private isUp = false;
  private isClosed = false;
  private events: AriEventSocket | undefined;
  private readonly owner: string;
  private lastComplaint = '';
  private readonly closing = new AbortController();
  private endPause = (): void => undefined;

  constructor(
    private readonly settings: AriSettings,
    private readonly logger: Logger,
    private readonly metrics: AsteriskMetrics,
    private readonly pauses: Pauses,
    private readonly listener: ConnectionListener,
  ) {
    this.owner = newOwnerName(settings.application);
    const httpLanes = new AlikeLanes(undefined, HTTP_REQUESTS_AT_ONCE, () => this.requests.startWaiting());
    this.requests = new AriRequests(
      () => (this.sockets?.isOpen ? this.sockets.take() : httpLanes.take()),
      settings.deadlineMs,
      (operation, outcome, seconds) => metrics.asteriskAsked(operation, outcome, seconds),
    );
    metrics.asteriskConnected(false);
    void this.keepConnected();
  }

  /**
   * One request, over a WebSocket if Asterisk can, else over HTTP. Rejects with what Asterisk says, see `ariFailure`.
   *
   * @throws TelephonyUnavailable at once when the connection is down, else after the deadline.
   */
  async ask<Result>(
    operation: string,
    call: (api: AriApi) => PromiseLike<Result>,
    turn: Turn = 'in-turn',
  ): Promise<Result> {
    const overHttp = this.apiFor(operation);
    return await this.requests.run(operation, (api) => call(api ?? overHttp), turn);
  }

  /**
   * As `ask`, for answers that grow with what Asterisk has: always over HTTP. An answer on a WebSocket lies on the stack of a
   * thread of half a megabyte, and a longer one is the end of Asterisk (measured on 22.10).
   */
  async list<Result>(operation: string, call: (api: AriApi) => PromiseLike<Result>): Promise<Result> {
    const overHttp = this.apiFor(operation);
    try {
      return await this.requests.run(operation, () => call(overHttp));
    } catch (error) {
      if (error instanceof TelephonyUnavailable) throw error;
      throw new Error(`${operation}: ${ariMessage(error)}`, { cause: error });
    }
  }

  /** Ends the connection for good. What the application has in Asterisk stays there. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.isUp = false;
    this.closing.abort();
    this.endPause();
    this.sockets?.close();
    this.events?.retire({ isGone: false });
  }

  private apiFor(operation: string): AriApi {
    const { overHttp, isUp } = this;
    if (!overHttp || !isUp) throw new TelephonyUnavailable(`${operation}: not connected to Asterisk`);
    return overHttp;
  }

  private async keepConnected(): Promise<void> {
    for (let failures = 0; !this.isClosed; failures++) {
      try {
        const client = await this.load();
        this.overHttp = apiOver(client, (request) => sendOverHttp(this.settings, request, this.deadline()));
        await this.expectAlone(this.overHttp);
        if (this.isClosed) return;
        const reason = await this.live(client, this.overHttp);
        failures = 0;
        this.complain(reason, 'warn');
      } catch (error) {
        this.complain(error);
      }
      await this.pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures));
    }
  }

  /** Half of it at least: not all who were cut off come back at once. Ends when we are closed. */
  private async pause(milliseconds: number): Promise<void> {
    if (this.isClosed) return;
    const { clock, chance } = this.pauses;
    const { over, end } = pause(clock, milliseconds * (0.5 + chance.number() / 2));
    this.endPause = end;
    await over;
  }

  /** A client that knows Asterisk's API; it has no WebSocket yet. */
  private async load(): Promise<Client> {
    const { url, user, password } = this.settings;
    await this.knock();
    // Swagger's client of 2014 logs into a global of its own, which prints to the console and keeps every line for ever.
    (globalThis as { log?: unknown }).log = () => {};
    return await this.requests.run('load the API', () => connect(url, user, password));
  }

  /** Asks whether somebody is there who knows us: from ari-client's own errors nobody could tell. */
  private async knock(): Promise<void> {
    const { user } = this.settings;
    const signal = AbortSignal.any([this.deadline(), this.closing.signal]);
    const { status } = await sendOverHttp(this.settings, { method: 'GET', uri: 'asterisk/ping' }, signal);
    if (status === 401 || status === 403) throw new Error(`Asterisk does not accept the ARI user ${user}`);
    if (status !== 200) throw new Error(`no ARI at this address: HTTP status ${status}`);
    await this.expectFit(signal);
  }

  /** One that crashes by what we ask of it is left alone. Of one that is not a release nothing is known. */
  private async expectFit(signal: AbortSignal): Promise<void> {
    const { status, text } = await sendOverHttp(this.settings, { method: 'GET', uri: 'asterisk/info' }, signal);
    if (status !== 200) return;
    const { system } = JSON.parse(text) as { readonly system?: { readonly version?: string } };
    const version = `Asterisk ${system?.version ?? ''}`;
    const problem = parseAsteriskVersion(version) === undefined ? undefined : whyUnfit(version);
    if (problem !== undefined) throw new Error(problem);
  }

  private deadline(): AbortSignal {
    return AbortSignal.timeout(this.settings.deadlineMs);
  }

  /** Asterisk gives an application to whoever comes last, and cuts off who has it: so it is looked first. */
  private async expectAlone({ applications }: AriApi): Promise<void> {
    const { application } = this.settings;
    for (const since = performance.now(); !this.isClosed; await this.pause(LOOK_AGAIN_MS)) {
      const list = await this.requests.run('list applications', () => applications.list());
      const others = list.map(({ name }) => name).filter((name) => name !== this.owner); // It may be there from before.
      const other = ownerAmong(others, application);
      if (other === undefined) return;
      if (performance.now() - since < SUCCESSION_MS) continue;
      this.close();
      this.listener.occupied(other);
    }
  }

  /** Resolves with the reason when a connection that was of use is lost. @throws Error when it has not come so far. */
  private async live(client: Client, overHttp: AriApi): Promise<Error> {
    const { application, heartbeatMs = HEARTBEAT_MS, deadlineMs } = this.settings;
    const events = new AriEventSocket(
      this.settings,
      [application, this.owner],
      { heartbeatMs, deadlineMs },
      (type, event) => this.listener.event(type, event),
    );
    this.events = events;
    try {
      await events.open();
      const problem = await Promise.race([this.settle(overHttp), events.lost]);
      if (problem !== undefined) throw problem;
      this.goUp(client);
      return await events.lost;
    } finally {
      events.retire({ isGone: true });
      this.goDown();
    }
  }

  /** Makes what does not survive a new WebSocket; only then is the connection of any use. */
  private async settle({ applications }: AriApi): Promise<void> {
    const { application: applicationName } = this.settings;
    const filter = { allowed: EVENT_TYPES.map((type) => ({ type })) };
    await this.requests.run('filter events', () => applications.filter({ applicationName, filter }));
    await this.requests.run('subscribe', () =>
      applications.subscribe({ applicationName, eventSource: 'endpoint:PJSIP' }),
    );
  }

  private goUp(client: Client): void {
    const { url, application } = this.settings;
    if (this.isClosed) return;
    this.sockets = new AriRequestSockets(client, this.settings, this.logger, () => this.requests.startWaiting());
    this.isUp = true;
    this.metrics.asteriskConnected(true);
    this.lastComplaint = '';
    this.logger.info('connected to Asterisk', { url, application });
    this.listener.connected();
  }

  private goDown(): void {
    if (this.isUp) {
      this.isUp = false;
      this.metrics.asteriskConnected(false);
      this.listener.disconnected();
    }
    this.requests.giveUpAll('the connection was lost');
    this.sockets?.close();
    this.sockets = undefined;
  }

  /** Once for each kind of trouble, however often it is tried. */
  private complain(error: unknown, level: 'warn' | 'error' = 'error'): void {
    if (this.isClosed) return;
    const reason = ariMessage(error).replaceAll(this.settings.password, '***');
    if (reason === this.lastComplaint) return;
    this.lastComplaint = reason;
    this.logger[level]('no connection to Asterisk, trying again', { url: this.settings.url, reason });
  }
}
