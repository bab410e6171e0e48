import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { sendOverHttp } from '../../src/adapters/ari/ari-http';
import { TelephonyUnavailable } from '../../src/ports/telephony';

const PING = { method: 'GET', uri: 'asterisk/ping' };
const IN_TIME = AbortSignal.timeout(20_000);

let server: Server | undefined;
afterEach(async () => {
  const closed = server && once(server, 'close');
  server?.close();
  server?.closeAllConnections();
  await closed;
});

type Access = Parameters<typeof sendOverHttp>[0];

async function answering(listener: RequestListener, host = '127.0.0.1'): Promise<Access> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, user: 'parley', password: 'of ARI' };
}

async function failureOf(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TelephonyUnavailable);
  return (error as Error).message;
}

test('given a request with a body, it comes letter by letter with who we are, and the answer as it is', async () => {
  const heard: unknown[] = [];
  const access = await answering((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const { authorization, 'content-type': type } = request.headers;
      heard.push([request.method, request.url, authorization, type, body]);
      response.writeHead(404).end('{"message":"Channel not found"}');
    });
  });
  const sent = { method: 'POST', uri: "channels/a/b?c='d'%2Ce", body: '{"e":"ü"}' };
  const answer = await sendOverHttp(access, sent, IN_TIME);
  expect(answer).toEqual({ status: 404, text: '{"message":"Channel not found"}' });
  const credentials = Buffer.from('parley:of ARI').toString('base64');
  expect(heard).toEqual([
    ['POST', "/ari/channels/a/b?c='d'%2Ce", `Basic ${credentials}`, 'application/json', '{"e":"ü"}'],
  ]);
});

test('given one request after another, each has its answer, and one without content has none', async () => {
  const access = await answering((_, response) => void response.writeHead(204).end());
  for (let count = 0; count < 3; count++)
    expect(await sendOverHttp(access, PING, IN_TIME)).toEqual({ status: 204, text: '' });
});

test.each<[string, RequestListener]>([
  ['before its answer', (request) => void request.socket.destroy()],
  [
    'within its answer',
    (request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('[', () => request.socket.destroy());
    },
  ],
  [
    'by an answer that is none',
    (request) =>
      void request.socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  ],
])('given the connection is lost %s, nobody knows what came of it', async (_, listener) => {
  const access = await answering(listener);
  expect(await failureOf(sendOverHttp(access, PING, IN_TIME))).not.toBe('');
});

test('given no answer in time, that is the reason, and the connection is given up', async () => {
  const closed: Promise<unknown>[] = [];
  const access = await answering((request) => void closed.push(once(request.socket, 'close')));
  expect(await failureOf(sendOverHttp(access, PING, AbortSignal.timeout(100)))).toMatch(/timeout/);
  expect(closed).toHaveLength(1);
  await Promise.all(closed);
});

test('given nobody at any address of a name, that is the reason', async () => {
  const access = await answering(() => undefined, 'localhost');
  const closed = once(server!, 'close');
  server!.close();
  await closed;
  expect(await failureOf(sendOverHttp(access, PING, IN_TIME))).toMatch(/ECONNREFUSED/);
});
