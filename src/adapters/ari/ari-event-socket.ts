import { setTimeout as wait } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { isActedOn, type AriEventType } from './ari-signals';
import { webSocketTo, type Access } from './ari-web-socket';

type Times = {
  /** How long it may take to open. */
  readonly deadlineMs: number;
  /** A loss that nobody tells of is noticed within two of these. */
  readonly heartbeatMs: number;
};

/**
 * The WebSocket on which Asterisk tells what happens. Not that of ari-client, which makes objects with all operations of
 * every channel that it reads of, some ten for a call, and connects again by itself when it should not.
 */
export class AriEventSocket {
  /** Resolves with the reason when it is closed, by whomever, or nobody answers on it. */
  readonly lost: Promise<Error>;
  private lose: (reason: Error) => void = () => undefined;
  private readonly socket: WebSocket;
  private readonly opened: Promise<void>;
  private heart: NodeJS.Timeout | undefined;
  private answers = true;
  private isRetired = false;

  constructor(
    access: Access,
    applications: readonly string[],
    private readonly times: Times,
    private readonly hear: (type: AriEventType, event: unknown) => void,
  ) {
    this.lost = new Promise((resolve) => (this.lose = resolve));
    this.socket = webSocketTo(access, applications);
    this.opened = new Promise((resolve) => this.socket.once('open', resolve));
    this.socket.on('message', (data: Buffer) => this.take(data.toString()));
    this.socket.on('pong', () => (this.answers = true));
    this.socket.on('error', (error) => this.lose(error));
    this.socket.on('close', () => this.lose(new Error('the WebSocket was closed')));
  }

  /** Resolves when it is open. @throws Error when it does not open in time. */
  async open(): Promise<void> {
    const { deadlineMs, heartbeatMs } = this.times;
    const late = wait(deadlineMs, new Error(`the WebSocket did not open in ${deadlineMs} ms`), { ref: false });
    const problem = await Promise.race([this.opened, this.lost, late]);
    if (problem !== undefined) throw problem;
    this.heart = setInterval(() => setImmediate(() => this.beat()), heartbeatMs).unref();
  }

  /** For good. `isGone`: nobody is there to say goodbye to. */
  retire({ isGone }: { readonly isGone: boolean }): void {
    if (this.isRetired) return;
    this.isRetired = true;
    clearInterval(this.heart);
    if (isGone) this.socket.terminate();
    else this.socket.close();
    this.lose(new Error('it was closed'));
  }

  private take(text: string): void {
    if (this.isRetired) return;
    const event = JSON.parse(text) as { readonly type: string };
    if (isActedOn(event.type)) this.hear(event.type, event);
  }

  /** After everything that has arrived was read: if we were busy for long, the answer may have been waiting. */
  private beat(): void {
    if (this.isRetired) return;
    if (!this.answers) return this.lose(new Error('Asterisk does not answer on the WebSocket'));
    this.answers = false;
    this.socket.ping();
  }
}
