import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';
import { winstonLogger } from '../../src/adapters/system/winston-logger';
import { HttpCallbacks } from '../../src/adapters/webhook/http-callbacks';
import type { ConversationId, EventId, Instant } from '../../src/domain/ids';
import { Secret } from '../../src/ports/secret';
import { AccountRefused } from '../../src/ports/telephony';
import type { Service } from '../../src/runtime/service';
import { eventually } from '../../scripts/phone-farm/eventually';
import { anEvent } from '../contract/storage-objects';
import { anApplication, aToken, startTestServerFor, type TestServer } from '../support/http-client';
import { idOf } from '../support/http-objects';
import { aServiceWith } from '../support/service-behind-http';
import { signedHeaders } from '../support/signed-headers';
import { APP, NOW } from '../support/worlds';

const [TOKEN, WRONG_TOKEN] = ['canary-token', 'canary-guess'];
const [SECRET, WRONG_SECRET] = ['canary-of-signing', 'canary-of-forging'];
const [PASSWORD, ODD_PASSWORD] = ['canary42', 'canary-is-odd'];
const WEBHOOK_KEY = Buffer.from('canary-of-the-webhook-of-32-byte');
const digestOf = (user: string, password: string): string =>
  createHash('md5').update(`${user}:parley:${password}`).digest('hex');

/** All that nobody may read anywhere, but the password in the answer to whom makes the extension. */
const canaries = new Set([
  'canary', // That is most of them, and the key of the callback URL.
  aToken(TOKEN).hash,
  aToken(WRONG_TOKEN).hash,
  WEBHOOK_KEY.toString('base64'),
  WEBHOOK_KEY.toString('hex'),
  digestOf('100001', PASSWORD),
  digestOf('100002', PASSWORD),
]);

const application = anApplication({
  id: APP,
  tokens: [aToken(TOKEN)],
  secrets: [new Secret(SECRET)],
  certId: 'cert1',
});

let log = '';
const logger = winstonLogger(
  'info',
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log += chunk.toString();
      done();
    },
  }),
);
const receiver = createServer((request, response) => {
  canaries.add(String(request.headers['webhook-signature']));
  request.resume().once('end', () => response.writeHead(500).end());
});
const metrics = new PrometheusMetrics();
const callbacks = new HttpCallbacks('any');
const answers: string[] = [];
let service: Service;
/** It has started a while ago. */
let now = (NOW - 60_000) as Instant;
let server: TestServer<Service>;

/** Nine events of conversations of their own, of which the first has been tried for a day. */
const events = Array.from({ length: 9 }, (_, index) =>
  anEvent(index + 1, {
    app: APP,
    id: idOf<EventId>(index + 1),
    conversation: idOf<ConversationId>(index + 1),
    at: (NOW - (index === 0 ? 25 * 3_600_000 : 0)) as Instant,
  }),
);

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?key=canary`;
  const deliveries = events.map(({ id }) => ({ app: APP, url, event: id }));
  service = await aServiceWith({ changes: [], events, deliveries }, [APP], {
    callbacks,
    destinations: [{ app: APP, url, secrets: [WEBHOOK_KEY] }],
    logger,
    metrics,
    telephony: {
      provision: async ({ user }) => {
        if (user === '100002') throw new AccountRefused('auth 100002: no room');
      },
    },
  });
  server = await startTestServerFor(
    service,
    { authentication: ['token', 'signature'], applications: [application], limits: { failuresAtOnce: 100 } },
    { metrics, logger, clock: { now: () => now } },
  );
  now = NOW;
}, 30_000);

afterAll(async () => {
  await server.close();
  await service.stop();
  callbacks.close();
  metrics.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

type Headers = Readonly<Record<string, string>>;
const bearer = (token: string): Headers => ({ Authorization: `Bearer ${token}`, 'Accept-Language': 'en' });

async function send(method: string, path: string, headers: Headers, body?: unknown): Promise<number> {
  const answer = await server.send(method, `/v1/callcenter/${path}`, { headers, ...(body ? { body } : {}) });
  const isOwnPassword = path === 'extension' && answer.status === 200 && method === 'POST';
  answers.push(JSON.stringify(answer.headers), isOwnPassword ? '' : answer.text);
  return answer.status;
}

function signed(secret: string, body: object): Headers {
  const headers = signedHeaders(secret, {
    method: 'POST',
    path: '/v1/callcenter/agent',
    body: JSON.stringify(body),
    contentType: 'application/json',
    timestamp: TIMESTAMP,
    appId: APP,
    certId: 'cert1',
  });
  canaries.add(headers['Signature']!);
  return headers;
}

/** `NOW` on the clocks of Shanghai. */
const TIMESTAMP = new Date(NOW + 8 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14);

const extension = (user: string, password: string) => ({ type: '1', user, password });

test('given all that can go right and wrong, no secret is in the log, the figures or an answer', async () => {
  const admin = bearer(TOKEN);
  const statuses = [
    await send('GET', 'agent', admin),
    await send('GET', 'agent?token=canary&key=canary', bearer(WRONG_TOKEN)),
    await send('GET', 'agent', { Authorization: `Basic ${TOKEN}` }),
    await send('POST', 'extension', admin, extension('100001', PASSWORD)),
    await send('POST', 'extension', admin, extension('100001', PASSWORD)),
    await send('POST', 'extension', admin, extension('100002', PASSWORD)),
    await send('POST', 'extension', admin, extension('100003', ODD_PASSWORD)),
    await send('POST', 'extension', admin, { ...extension('canary!', PASSWORD), type: 'canary' }),
    await send('POST', 'extension', admin, `{"password":"${PASSWORD}" "canary"`),
    await send('GET', 'extension', admin),
    await send('GET', 'delivery', admin),
    await send('GET', 'nothing?password=canary', admin),
  ];
  expect(statuses).toEqual([200, 401, 401, 200, 409, 502, 400, 400, 400, 200, 200, 404]);

  const { envelope } = await server.send('GET', '/v1/callcenter/extension', { headers: admin });
  const { result } = envelope.data as { readonly result: readonly { readonly id: string }[] };
  const login = { name: 'ann', extension: result[0]!.id, state: 'idle' };
  expect(await send('POST', 'agent', signed(WRONG_SECRET, login), login)).toBe(401);
  expect(await send('POST', 'agent', signed(SECRET, login), login)).toBe(200);
  expect(await send('POST', 'agent', signed(SECRET, login), login)).toBe(401);

  const broken = async () => Promise.reject(new TypeError('x is not a function'));
  Object.assign(server.sounds, { list: broken });
  expect(await send('GET', 'sound', admin)).toBe(500);

  const happened = [
    'events are not delivered, trying again',
    'event set aside, not delivered for a day',
    'effect refused',
    'extension created',
    'agent logged in',
    'request failed',
  ];
  await eventually(
    () => happened.every((message) => log.includes(`"${message}"`)),
    10_000,
    () => `all of it should be in the log: ${log}`,
  );
  expect(await send('GET', 'delivery', admin)).toBe(200);

  const { text: page } = await server.send('GET', '/metrics');
  const told = [log, page, ...answers].join('\n');
  expect(told).toContain('parley_callbacks_total');
  expect(told).toContain('"url":"http://127.0.0.1');
  for (const canary of canaries) expect(told).not.toContain(canary);
  expect(canaries.size).toBeGreaterThan(9); // With the signatures.
});
