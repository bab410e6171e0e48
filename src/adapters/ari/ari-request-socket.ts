import { once } from 'node:events';
import { WebSocket } from 'ws';
import { TelephonyUnavailable } from '../../ports/telephony';
import { resultOf, type RestAnswer, type RestRequest } from './ari-api';
import { webSocketTo, type Access } from './ari-web-socket';

/** What we use of Asterisk's answer. */
type RestResponse = {
  readonly type: string;
  readonly request_id?: string;
  readonly status_code: number;
  readonly reason_phrase: string;
  readonly message_body?: string;
};
type Pending = { readonly resolve: (answer: RestAnswer) => void; readonly reject: (error: Error) => void };

const PING: RestRequest = { method: 'GET', uri: 'asterisk/ping' };

/**
 * A WebSocket of ARI that carries requests, which Asterisk 22.4 and later answer there. It needs the name of an
 * application, which gets no events as long as nobody subscribes it to any, and is gone when the socket is closed; an
 * `app` among the arguments of a request means what it means over HTTP. Asterisk carries out the requests of one socket
 * one after another, and behind one that is held up the next waits (measured on 22.10).
 */
export class AriRequestSocket {
  private readonly pending = new Map<string, Pending>();
  private asked = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.take(data.toString()));
    socket.on('error', () => {}); // Its close tells.
    socket.on('close', () => {
      const lost = new TelephonyUnavailable('the request socket was lost');
      for (const { reject } of this.pending.values()) reject(lost);
      this.pending.clear();
    });
  }

  /**
   * Resolves when it has been seen to carry a request.
   *
   * @throws Error when Asterisk does not let it in, or has not answered when `signal` says so.
   */
  static async open(access: Access, name: string, signal: AbortSignal): Promise<AriRequestSocket> {
    const socket = webSocketTo(access, [name]);
    const opened = new AriRequestSocket(socket);
    const giveUp = (): void => opened.close();
    signal.addEventListener('abort', giveUp);
    try {
      await once(socket, 'open');
      resultOf(await opened.send(PING));
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** @throws TelephonyUnavailable when it is lost. */
  send({ method, uri, body }: RestRequest): Promise<RestAnswer> {
    return new Promise((resolve, reject) => {
      const id = String(++this.asked);
      this.pending.set(id, { resolve, reject });
      const content = body === undefined ? {} : { content_type: 'application/json', message_body: body };
      this.socket.send(JSON.stringify({ type: 'RESTRequest', request_id: id, method, uri, ...content }));
    });
  }

  get isAwaited(): boolean {
    return this.pending.size > 0;
  }

  /** At once if it is closed already. */
  onClosed(listener: () => void): void {
    if (this.socket.readyState === WebSocket.CLOSED) listener();
    else this.socket.once('close', listener);
  }

  /** Whether what is under way happens, nobody knows. If nothing is, Asterisk is told, or its log would complain. */
  close(): void {
    if (this.isAwaited) this.socket.terminate();
    else this.socket.close();
  }

  private take(text: string): void {
    const answer = JSON.parse(text) as RestResponse;
    const { type, request_id: id = '', status_code: status, reason_phrase: reason, message_body: body } = answer;
    const waiting = type === 'RESTResponse' ? this.pending.get(id) : undefined;
    if (waiting === undefined) return;
    this.pending.delete(id);
    waiting.resolve({ status, text: body ?? (status >= 300 ? reason : '') });
  }
}
