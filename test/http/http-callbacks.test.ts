import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { HttpCallbacks } from '../../src/adapters/webhook/http-callbacks';
import { CallbackRefused } from '../../src/ports/events';
import { readWebhookSecret, signatureHeaders } from '../../src/adapters/webhook/webhook-signature';
import { anEventRecord } from '../support/recording-events';

const [SECRET, NEXT_SECRET] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const EVENT = anEventRecord(1, { body: '{"text":"\u00fc"}' });
const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function aReceiver(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=1`;
}

function callbacks(networks: 'any' | 'public' = 'any', deadlineMs = 2_000): HttpCallbacks {
  const made = new HttpCallbacks(networks, deadlineMs);
  closing.push(() => made.close());
  return made;
}

const to = (url: string) => ({ app: EVENT.app, url, secrets: [SECRET, NEXT_SECRET] });

test('the event is posted as it is, and signed with each secret', async () => {
  const received: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
  const url = await aReceiver((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push({ url: request.url, headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await callbacks().post(to(url), EVENT);

  const [{ headers, body }] = received as [(typeof received)[0]];
  const signed = `${EVENT.id}.${String(headers['webhook-timestamp'])}.${EVENT.body}`;
  const by = (secret: Buffer): string => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`;
  expect(received[0]!.url).toBe('/hook?key=1');
  expect(body).toBe(EVENT.body);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(headers['webhook-id']).toBe(EVENT.id);
  expect(Math.abs(Number(headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(60_000);
  expect(headers['webhook-signature']).toBe(`${by(SECRET)} ${by(NEXT_SECRET)}`);
});

test('the signature is that of the example of Standard Webhooks', () => {
  const secret = readWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')!;

  expect(signatureHeaders([secret], 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test.each([301, 307, 400, 410, 500])('status %i is a failure, and nobody is followed', async (status) => {
  let requests = 0;
  const url = await aReceiver((_, response) => {
    requests++;
    response.writeHead(status, { Location: '/elsewhere' }).end();
  });

  await expect(callbacks().post(to(url), EVENT)).rejects.toThrow(new CallbackRefused(`HTTP status ${status}`));
  expect(requests).toBe(1);
});

test('given a receiver that does not answer, it is a failure in time', async () => {
  const url = await aReceiver(() => undefined);

  await expect(callbacks('any', 100).post(to(url), EVENT)).rejects.toThrow('no answer within 100 ms');
});

test('given a receiver that would go on in another protocol, it is a failure', async () => {
  const server = createTcpServer((socket) =>
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
    ),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => void server.close());
  const { port } = server.address() as AddressInfo;

  await expect(callbacks().post(to(`http://127.0.0.1:${port}/`), EVENT)).rejects.toThrow('without an answer');
});

test('given a receiver that is not there, it is a failure', async () => {
  await expect(callbacks().post(to('http://127.0.0.1:1/'), EVENT)).rejects.toThrow('ECONNREFUSED');
});

test('given an answer without end, its status counts and the rest is not read', async () => {
  let sent = 0;
  const url = await aReceiver((_, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(10_000))) sent += 10_000;
    };
    response.on('drain', more);
    more();
  });
  const made = callbacks();
  await made.post(to(url), EVENT);
  await made.post(to(url), EVENT);

  expect(sent).toBeLessThan(20_000_000);
});

test('given an answer that stops half way, its status counts, and its connection is ended in time', async () => {
  const connections: Socket[] = [];
  const url = await aReceiver((request, response) => {
    connections.push(request.socket);
    response.writeHead(200).write('and');
  });
  await callbacks('any', 100).post(to(url), EVENT);

  await once(connections[0]!, 'close');
});

test('given news before the status, though nobody has asked for any, the status counts', async () => {
  const url = await aReceiver((_, response) => {
    response.writeContinue();
    response.writeEarlyHints({ link: '</elsewhere>; rel=preload' });
    response.writeHead(204).end();
  });

  await expect(callbacks().post(to(url), EVENT)).resolves.toBeUndefined();
});

test('given events one after the other, connections are used again', async () => {
  const connections = new Set<Socket>();
  const url = await aReceiver((request, response) => {
    connections.add(request.socket);
    response.end('thanks');
  });
  const made = callbacks();
  for (let count = 0; count < 20; count++) await made.post(to(url), EVENT);

  expect(connections.size).toBeLessThan(3); // The next may begin before all of the last answer was read.
});

test('given many that are not answered, others are delivered meanwhile, to the same receiver and to another', async () => {
  let requests = 0;
  const slow = await aReceiver((_, response) => {
    if (++requests > 64) response.end();
  });
  const other = await aReceiver((_, response) => response.end());
  const made = callbacks();
  const unanswered = Array.from({ length: 64 }, () => made.post(to(slow), EVENT));
  const failures = Promise.allSettled(unanswered);
  await made.post(to(other), EVENT);
  await made.post(to(slow), EVENT);
  made.close();

  expect((await failures).map(({ status }) => status)).toEqual(unanswered.map(() => 'rejected'));
});

test('given public networks only, an address of this one is refused, by name too', async () => {
  const url = await aReceiver((_, response) => response.end());
  const made = callbacks('public');

  await expect(made.post(to(url), EVENT)).rejects.toThrow('127.0.0.1 is not a public address');
  await expect(made.post(to(url.replace('127.0.0.1', 'localhost')), EVENT)).rejects.toThrow(
    'not a public address',
  );
});

test.each([
  '',
  'whsec_',
  'secret',
  `whsec_${Buffer.alloc(23).toString('base64')}`,
  `whsec_${Buffer.alloc(65).toString('base64')}`,
])('the secret %p is none', (text) => {
  expect(readWebhookSecret(text)).toBeUndefined();
});
