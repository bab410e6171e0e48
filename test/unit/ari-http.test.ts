import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { sendOverHttp } from '../../src/adapters/ari/ari-http';
import { TelephonyUnavailable } from '../../src/ports/telephony';

let server: Server | undefined;
afterEach(() => server?.close());

async function answering(listener: RequestListener): Promise<{ url: string; user: string; password: string }> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, user: 'parley', password: 'of ARI' };
}

test('given a request with a body, it comes with who we are, and the answer as it is', async () => {
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
  const answer = await sendOverHttp(access, { method: 'POST', uri: 'channels/a/b?c=d', body: '{"e":"ü"}' });
  expect(answer).toEqual({ status: 404, text: '{"message":"Channel not found"}' });
  const credentials = Buffer.from('parley:of ARI').toString('base64');
  expect(heard).toEqual([
    ['POST', '/ari/channels/a/b?c=d', `Basic ${credentials}`, 'application/json', '{"e":"ü"}'],
  ]);
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
])('given the connection is lost %s, nobody knows what came of it', async (_, listener) => {
  const access = await answering(listener);
  const asked = sendOverHttp(access, { method: 'GET', uri: 'channels' });
  await expect(asked).rejects.toBeInstanceOf(TelephonyUnavailable);
});

test('given it is ended by who asked, that is the reason', async () => {
  const access = await answering(() => undefined);
  const ending = new AbortController();
  const asked = sendOverHttp(access, { method: 'GET', uri: 'asterisk/ping' }, ending.signal);
  ending.abort();
  await expect(asked).rejects.toBeInstanceOf(TelephonyUnavailable);
});
