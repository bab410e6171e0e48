import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'ari-client';
import type { Logger } from '../../ports/system';
import { apiOver, type AriApi } from './ari-api';
import { ariMessage } from './ari-failure';
import { AriRequestSocket } from './ari-request-socket';
import type { Lane } from './ari-requests';
import type { AriSettings } from './ari-settings';

/** So many are opened at once, and more while all of them are taken. */
const AT_FIRST = 8;
/** Half of the connections that an Asterisk takes which nobody told otherwise. */
const AT_MOST = 50;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The WebSockets that carry our requests. Each carries one at a time, so that one that is held up in Asterisk, as by a
 * playback, holds up no other. One whose request was given up is replaced.
 *
 * They are opened one after another: of 16 at once, some found no place in the queue of Asterisk's web server and came
 * in a second later (measured on 22.10).
 */
export class AriRequestSockets {
  private readonly all = new Set<AriRequestSocket>();
  /** The one used last at the end. */
  private readonly free: Lane<AriApi>[] = [];
  private wanted = AT_FIRST;
  private opened = 0;
  private isOpening = false;
  private lastComplaint = '';
  private readonly closing = new AbortController();

  constructor(
    private readonly client: Client,
    private readonly settings: AriSettings,
    private readonly logger: Logger,
    /** There may be a free lane now. */
    private readonly freed: () => void,
  ) {
    void this.openWanted();
  }

  /** While it is not, there is another way. */
  get isOpen(): boolean {
    return this.all.size > 0;
  }

  /** Undefined: all are taken. */
  take(): Lane<AriApi> | undefined {
    const lane = this.free.pop();
    if (lane === undefined) {
      this.wanted = Math.max(this.wanted, Math.min(AT_MOST, this.all.size + 1));
      void this.openWanted();
    }
    return lane;
  }

  close(): void {
    this.closing.abort();
    for (const socket of this.all) socket.close();
  }

  private async openWanted(): Promise<void> {
    if (this.isOpening) return;
    this.isOpening = true;
    const { signal } = this.closing;
    const { application, deadlineMs } = this.settings;
    let failures = 0;
    while (this.all.size < this.wanted && !signal.aborted) {
      try {
        const inTime = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
        const name = `${application}-requests-${++this.opened}`;
        this.add(await AriRequestSocket.open(this.settings, name, inTime));
        failures = 0;
      } catch (error) {
        this.complain(error);
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
        await wait(pause, undefined, { signal, ref: false }).catch(() => {});
      }
    }
    this.isOpening = false;
  }

  private add(socket: AriRequestSocket): void {
    if (this.closing.signal.aborted) return socket.close();
    const lane: Lane<AriApi> = {
      api: { ...apiOver(this.client, (request) => socket.send(request)), keepsOrder: true },
      release: () => {
        if (socket.isAwaited) return socket.close();
        if (this.all.has(socket)) this.free.push(lane);
        this.freed();
      },
    };
    this.all.add(socket);
    this.free.push(lane);
    socket.onClosed(() => {
      this.all.delete(socket);
      const index = this.free.indexOf(lane);
      if (index >= 0) this.free.splice(index, 1);
      void this.openWanted();
      this.freed();
    });
    this.lastComplaint = '';
    this.freed();
  }

  /** Once for each kind of trouble. Without sockets all goes on by the other way, which costs more. */
  private complain(error: unknown): void {
    if (this.closing.signal.aborted) return;
    const reason = ariMessage(error);
    if (reason === this.lastComplaint) return;
    this.lastComplaint = reason;
    this.logger.warn('Asterisk takes no request over a WebSocket', { url: this.settings.url, reason });
  }
}
