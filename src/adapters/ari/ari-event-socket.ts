import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'ari-client';
import { type WebSocket } from 'ws';
import { EVENT_TYPES, type AriEventType } from './ari-signals';

type Times = {
  /** How long it may take to open. */
  readonly deadlineMs: number;
  /** A loss that nobody tells of is noticed within two of these. */
  readonly heartbeatMs: number;
};

/** ari-client's typings know each event, not events in general, and hide the socket. */
type Emitter = { on(type: string, listener: (argument: unknown) => void): unknown };
type SocketOwner = { readonly _ws?: Pick<WebSocket, 'terminate'> };

/**
 * The one WebSocket of a client of ari-client, which would connect it again by itself: ten times, with no chance in its
 * pauses, which grow to 10 s. A listener that throws leaves it deaf for good, so nothing of ours runs on its stack.
 */
export class AriEventSocket {
  /** Resolves with the reason when it is closed, by whomever, or nobody answers on it. */
  readonly lost: Promise<Error>;
  private lose: (reason: Error) => void = () => undefined;
  private readonly opened: Promise<void>;
  private heart: NodeJS.Timeout | undefined;
  private answers = true;
  private isRetired = false;

  constructor(
    private readonly client: Client,
    private readonly times: Times,
    hear: (type: AriEventType, event: unknown) => void,
  ) {
    const emitter = client as unknown as Emitter;
    for (const type of EVENT_TYPES) {
      emitter.on(type, (event) => queueMicrotask(() => this.isRetired || hear(type, event ?? {})));
    }
    emitter.on('pong', () => (this.answers = true));
    this.opened = new Promise((resolve) => emitter.on('WebSocketConnected', () => resolve()));
    this.lost = new Promise((resolve) => {
      this.lose = resolve;
      emitter.on('WebSocketReconnecting', (error) => resolve(asError(error)));
    });
  }

  /** @throws Error when it does not open in time. */
  async open(applications: string[]): Promise<void> {
    const { deadlineMs, heartbeatMs } = this.times;
    this.client.start(applications).catch(() => undefined); // `lost` tells the same.
    const late = wait(deadlineMs, new Error(`the WebSocket did not open in ${deadlineMs} ms`), { ref: false });
    const problem = await Promise.race([this.opened, this.lost, late]);
    if (problem !== undefined) throw problem;
    this.heart = setInterval(() => setImmediate(() => this.beat()), heartbeatMs).unref();
  }

  /** For good: ari-client does not come back. `isGone`: nobody is there to say goodbye to. */
  retire({ isGone }: { readonly isGone: boolean }): void {
    if (this.isRetired) return;
    this.isRetired = true;
    clearInterval(this.heart);
    if (isGone) (this.client as unknown as SocketOwner)._ws?.terminate();
    retire(this.client);
    this.lose(new Error('it was closed'));
  }

  /** After everything that has arrived was read: if we were busy for long, the answer may have been waiting. */
  private beat(): void {
    if (this.isRetired) return;
    if (!this.answers) return this.lose(new Error('Asterisk does not answer on the WebSocket'));
    this.answers = false;
    this.client.ping();
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the WebSocket was closed');
}

/**
 * Closes the WebSocket and sees to it that there is no other. ari-client cannot be told to forget the reconnect that it
 * waits for: it would take the application from whoever comes after us (measured).
 */
function retire(client: Client): void {
  client.stop();
  const nobody = { on: () => undefined, close: () => undefined, ping: () => undefined };
  Object.defineProperty(client, '_ws', {
    get: () => nobody,
    set: (next: WebSocket) => {
      next.on('error', () => undefined);
      next.terminate();
    },
  });
}
