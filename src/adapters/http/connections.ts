import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { REFUSAL_CODES } from '../../domain/refusal';
import type { Text } from '../../domain/text';
import type { Logger } from '../../ports/system';
import { newRequestId } from './request-log';

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

type Garbage = { readonly status: number; readonly text: Text };

const NOT_HTTP: Garbage = { status: 400, text: { zh: '不是有效的 HTTP 请求', en: 'not a valid HTTP request' } };

/** By Node's error code. */
const GARBAGE: Readonly<Record<string, Garbage>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    text: { zh: '请求行和请求头超过 16 KiB', en: 'the path and the headers are larger than 16 KiB' },
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, text: { zh: '请求体过大', en: 'the body is too large' } },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, text: { zh: '请求超时', en: 'the request took too long' } },
};

/** What goes on beneath the requests: who is being answered, what is no request at all, and how it all ends. */
export class Connections {
  private readonly underWay = new Set<ServerResponse>();
  private readonly latest = new WeakMap<Socket, Exchange>();
  private closing: Promise<void> | undefined;
  private whenIdle: () => void = () => undefined;

  constructor(
    private readonly server: Server,
    private readonly logger: Logger,
  ) {
    server.on('request', (request, response) => this.began({ request, response }));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.refuse(error, socket as Socket));
  }

  get isClosing(): boolean {
    return this.closing !== undefined;
  }

  close(withinMs: number): Promise<void> {
    this.closing ??= this.end(withinMs);
    return this.closing;
  }

  private async end(withinMs: number): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    const idle = new Promise<void>((resolve) => {
      this.whenIdle = resolve;
      if (this.underWay.size === 0) resolve();
    });
    const tooLate = new Promise((resolve) =>
      AbortSignal.timeout(withinMs).addEventListener('abort', resolve, { once: true }),
    );
    await Promise.race([idle, tooLate]);
    this.server.closeAllConnections();
    await closed;
  }

  private began(exchange: Exchange): void {
    const { request, response } = exchange;
    this.latest.set(request.socket, exchange);
    this.underWay.add(response);
    response.once('close', () => {
      this.underWay.delete(response);
      if (this.underWay.size === 0) this.whenIdle();
    });
  }

  /** Says what is wrong with bytes that are no request, unless an answer is on its way through the socket already. */
  private refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    if (!socket.writable || this.isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const { status, text } = GARBAGE[error.code ?? ''] ?? NOT_HTTP;
    const requestId = newRequestId();
    const address = socket.remoteAddress;
    this.logger.info('incomplete or invalid request', { requestId, status, why: error.code, address });
    const body = JSON.stringify({ code: REFUSAL_CODES['parameter-illegal'], msg: text.zh, data: null });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  }

  private isAnswering(socket: Socket): boolean {
    const exchange = this.latest.get(socket);
    if (exchange === undefined) return false;
    const { request, response } = exchange;
    return request.complete ? !response.writableFinished : response.headersSent;
  }
}
