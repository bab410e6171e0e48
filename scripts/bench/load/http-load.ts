import { connect, type Socket } from 'node:net';
import { quantile } from '../measuring/figures';

export type HttpTarget = {
  readonly port: number;
  /** Whole requests, taken in turn by each connection. */
  readonly requests: readonly string[];
};

export type HttpResult = {
  readonly answered: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers that are not 200. */
  readonly failed: number;
};

const HEAD_END = Buffer.from('\r\n\r\n');

/** Requests over some kept connections, on each the next when the one before is answered, for some time. It costs little, because the server is to be the slow one. */
export async function loadHttp(target: HttpTarget, connections: number, seconds: number): Promise<HttpResult> {
  const times: number[] = [];
  let failed = 0;
  const begin = performance.now();
  const until = begin + seconds * 1000;
  const converse = (first: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket: Socket = connect({ host: '127.0.0.1', port: target.port, noDelay: true });
      let turn = first;
      let since = 0;
      let received: Buffer = Buffer.alloc(0);
      const ask = (): void => {
        since = performance.now();
        socket.write(target.requests[turn++ % target.requests.length]!);
      };
      socket.on('connect', ask).on('error', reject);
      socket.on('close', () => reject(new Error('a connection has ended before its answer'))); // After it, nobody listens.
      socket.on('data', (data: Buffer) => {
        received = received.length === 0 ? data : Buffer.concat([received, data]);
        const length = lengthOf(received);
        if (length === undefined || received.length < length) return;
        const at = performance.now();
        times.push(at - since);
        if (received.toString('latin1', 9, 12) !== '200') failed++;
        received = Buffer.alloc(0);
        if (at < until) return ask();
        socket.end();
        resolve();
      });
    });
  await Promise.all(Array.from({ length: connections }, (_, index) => converse(index)));
  const elapsed = (performance.now() - begin) / 1000;
  return {
    answered: times.length,
    perSecond: times.length / elapsed,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    failed,
  };
}

/** Of the whole answer; undefined while its head is not there. */
function lengthOf(received: Buffer): number | undefined {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('an answer without Content-Length');
  return end + HEAD_END.length + Number(length);
}

export function request(method: string, path: string, body?: object): string {
  const content = body === undefined ? '' : JSON.stringify(body);
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: keep-alive'];
  if (body !== undefined)
    head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(content)}`);
  return `${head.join('\r\n')}\r\n\r\n${content}`;
}
