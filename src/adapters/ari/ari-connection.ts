import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { connect, type Client } from 'ari-client';
import type { SoundFiles } from '../../ports/sounds';
import type { Logger } from '../../ports/system';
import { TelephonyUnavailable } from '../../ports/telephony';
import type { AriApi } from './ari-api';
import { ariMessage } from './ari-failure';
import { AriRequestSockets } from './ari-request-sockets';
import { AlikeLanes, AriRequests, type Turn } from './ari-requests';
import { EVENT_TYPES, type AriEventType } from './ari-signals';
import type { AriSettings } from './ari-settings';
import { AriTelephony } from './ari-telephony';

/**
 * Returns at once; the signal `connected` tells when there is a connection, now or whenever Asterisk comes up.
 * One set of credentials for each process: ari-client keeps them in a global.
 */
export function connectAri(settings: AriSettings, logger: Logger, sounds: SoundFiles): AriTelephony {
  return new AriTelephony(settings, logger, sounds, (listener) => new AriConnection(settings, logger, listener));
}

export type ConnectionListener = {
  /** Our application is live, its subscriptions are made. Events may have been missed until now. */
  connected(): void;
  disconnected(): void;
  event(type: AriEventType, event: unknown): void;
};

/** Each takes a connection, and Asterisk closes those beyond its `sessionlimit` without an answer: 1,000 as shipped. */
const HTTP_REQUESTS_AT_ONCE = 100;
const HEARTBEAT_MS = 5_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** ari-client's typings know each event, not events in general, and hide the socket. */
type Emitter = { on(type: string, listener: (argument: unknown) => void): unknown };
type Socket = { terminate(): void };
type SocketOwner = { readonly _ws?: Socket };

/**
 * The connection to Asterisk: made as soon as Asterisk is there, made again whenever it is lost, for ever.
 *
 * ari-client itself reconnects a lost WebSocket ten times, for some 45 s; then, and before the first connection, it is
 * our turn. A listener that throws leaves it deaf for good, so nothing of ours runs on its stack.
 */
export class AriConnection {
  /** Without an API of its own a lane is ari-client's, over HTTP. */
  private readonly requests: AriRequests<AriApi | undefined>;
  private sockets: AriRequestSockets | undefined;
  private client: Client | undefined;
  private isUp = false;
  private isClosed = false;
  /** Counts the WebSockets, so that what belongs to an earlier one is recognised. */
  private socket = 0;
  private lastComplaint = '';
  private readonly closing = new AbortController();
  private readonly closed = once(this.closing.signal, 'abort');
  private heart: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: AriSettings,
    private readonly logger: Logger,
    private readonly listener: ConnectionListener,
  ) {
    const overHttp = new AlikeLanes(undefined, HTTP_REQUESTS_AT_ONCE, () => this.requests.startWaiting());
    this.requests = new AriRequests(
      () => (this.sockets?.isOpen ? this.sockets.take() : overHttp.take()),
      settings.deadlineMs,
    );
    void this.keepConnected();
  }

  /**
   * One request, over a WebSocket if Asterisk can, else over HTTP. Rejects with what ari-client says, see `ariFailure`.
   *
   * @throws TelephonyUnavailable at once when the connection is down, else after the deadline.
   */
  async ask<Result>(
    operation: string,
    call: (api: AriApi) => PromiseLike<Result>,
    turn: Turn = 'in-turn',
  ): Promise<Result> {
    const { client } = this;
    if (!client || !this.isUp) throw new TelephonyUnavailable(`${operation}: not connected to Asterisk`);
    return await this.requests.run(operation, (api) => call(api ?? client), turn);
  }

  /** Ends the connection for good. What the application has in Asterisk stays there. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.isUp = false;
    this.closing.abort();
    this.sockets?.close();
    if (this.client) retire(this.client);
  }

  private async keepConnected(): Promise<void> {
    for (let attempt = 0; !this.isClosed; attempt++) {
      try {
        const client = await this.load();
        if (this.isClosed) return;
        attempt = 0;
        await this.live(client);
      } catch (error) {
        this.complain(error);
      }
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
      // Rejects when we are closed meanwhile, and the loop is over then.
      const jittered = pause * (0.5 + Math.random() / 2);
      await wait(jittered, undefined, { signal: this.closing.signal }).catch(() => {});
    }
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
    const { url, user, password, deadlineMs } = this.settings;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const signal = AbortSignal.any([AbortSignal.timeout(deadlineMs), this.closing.signal]);
    const { status } = await fetch(new URL('/ari/asterisk/ping', url), { headers: { authorization }, signal });
    if (status === 401 || status === 403) throw new Error(`Asterisk does not accept the ARI user ${user}`);
    if (status !== 200) throw new Error(`no ARI at this address: HTTP status ${status}`);
  }

  /** Resolves when ari-client has given up to reconnect, or we are closed. */
  private async live(client: Client): Promise<void> {
    this.client = client;
    const emitter = client as unknown as Emitter;
    const queued = (action: (argument: unknown) => void) => (argument: unknown) =>
      queueMicrotask(() => {
        if (!this.isClosed) action(argument);
      });
    for (const type of EVENT_TYPES) {
      emitter.on(type, queued((event) => this.listener.event(type, event ?? {}))); // prettier-ignore
    }
    const gaveUp = new Promise<void>((resolve) => emitter.on('WebSocketMaxRetries', () => resolve()));
    let answers = true;
    emitter.on('pong', () => (answers = true));
    emitter.on('WebSocketReconnecting', queued((error) => this.lost(error))); // prettier-ignore
    const opened = (): void => {
      answers = true;
      void this.settle(client);
    };
    emitter.on('WebSocketConnected', queued(opened));

    this.heart = setInterval(() => {
      if (!this.isUp) return;
      if (!answers) terminate(client); // Nobody is there, although the socket is open: the network is gone.
      answers = false;
      client.ping();
    }, this.settings.heartbeatMs ?? HEARTBEAT_MS).unref();

    client.start(this.settings.application).catch(() => {}); // WebSocketMaxRetries tells the same, for reconnects too.
    await Promise.race([gaveUp, this.closed]);
    clearInterval(this.heart);
  }

  /** Makes what does not survive a new WebSocket; only then is the connection of any use. */
  private async settle(client: Client): Promise<void> {
    const socket = ++this.socket;
    const { application: applicationName } = this.settings;
    const filter = { allowed: EVENT_TYPES.map((type) => ({ type })) };
    try {
      await this.requests.run('filter events', () => client.applications.filter({ applicationName, filter }));
      await this.requests.run('subscribe', () =>
        client.applications.subscribe({ applicationName, eventSource: 'endpoint:PJSIP' }),
      );
    } catch (error) {
      this.complain(error);
      if (socket === this.socket && !this.isClosed) terminate(client);
      return;
    }
    if (socket !== this.socket || this.isClosed) return;
    this.sockets = new AriRequestSockets(client, this.settings, this.logger, () => this.requests.startWaiting());
    this.isUp = true;
    this.lastComplaint = '';
    this.logger.info('connected to Asterisk', { url: this.settings.url, application: applicationName });
    this.listener.connected();
  }

  private lost(error: unknown): void {
    this.socket++;
    if (this.isUp) {
      this.isUp = false;
      this.listener.disconnected();
    }
    this.requests.giveUpAll('the connection was lost');
    this.sockets?.close();
    this.sockets = undefined;
    this.complain(error ?? new Error('the WebSocket was closed'), 'warn');
  }

  /** Once for each kind of trouble, however often it is tried. */
  private complain(error: unknown, level: 'warn' | 'error' = 'error'): void {
    if (this.isClosed) return;
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    const reason = `${ariMessage(error)}${cause}`.replaceAll(this.settings.password, '***');
    if (reason === this.lastComplaint) return;
    this.lastComplaint = reason;
    this.logger[level]('no connection to Asterisk, trying again', { url: this.settings.url, reason });
  }
}

/** As if the network had been cut: ari-client reconnects. */
function terminate(client: Client): void {
  (client as unknown as SocketOwner)._ws?.terminate();
}

/**
 * Closes the WebSocket and sees to it that there is no other. ari-client cannot be told to forget the reconnect that it
 * waits for: it would take the application from whoever comes after us (measured).
 */
function retire(client: Client): void {
  client.stop();
  let socket = (client as unknown as SocketOwner)._ws;
  Object.defineProperty(client, '_ws', {
    get: () => socket,
    set: (next: Socket) => {
      socket = next;
      next.terminate();
    },
  });
}
