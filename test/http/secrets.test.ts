import { inspect } from 'node:util';
import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';
import type { AppId, Instant } from '../../src/domain/ids';
import { Secret } from '../../src/ports/secret';
import {
  anApplication,
  aToken,
  type Received,
  sendRaw,
  startTestServer,
  type TestServer,
} from '../support/http-client';
import { ENDPOINTS } from '../support/http-endpoints';
import { addWhatEndpointsName } from '../support/http-objects';
import { signedHeaders } from '../support/signed-headers';

const NOW = Date.parse('2017-04-01T04:00:00Z') as Instant;
const SIGNING_SECRET = 'a-secret-to-sign-with';
const PASSWORD = 'talk2me42';
const STATE = '/v1/callcenter/agent/1001/state';
const IDLE = { state: 'idle' };
const TOKENS = {
  admin: 'token-of-an-admin',
  read: 'token-of-a-reader',
  closed: 'token-of-the-disabled',
  far: 'token-from-afar',
};

const applications = [
  anApplication({
    tokens: [aToken(TOKENS.admin), aToken(TOKENS.read, 'read')],
    secrets: [new Secret(SIGNING_SECRET)],
    certId: 'cert1',
  }),
  anApplication({ id: 'closed' as AppId, tokens: [aToken(TOKENS.closed)], disabled: true }),
  anApplication({ id: 'far' as AppId, tokens: [aToken(TOKENS.far)], networks: ['192.0.2.7'] }),
];

const metrics = new PrometheusMetrics();
/** It has started a while ago. */
let now = (NOW - 60_000) as Instant;
let server: TestServer;
const received: Received[] = [];
const signatures: string[] = [];

beforeAll(async () => {
  server = await startTestServer(
    { authentication: ['token', 'signature'], applications, limits: { failuresAtOnce: 1_000 } },
    { metrics, clock: { now: () => now } },
  );
  now = NOW;
  addWhatEndpointsName(server);
});
afterAll(async () => {
  await server.close();
  metrics.close();
});

async function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<number> {
  const answer = await server.send(method, path, { headers, ...(body && { body }) });
  received.push(answer);
  return answer.status;
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}`, 'Accept-Language': 'en' });

/** A POST of the agent's state. */
function signed(secret: string): Record<string, string> {
  const headers = signedHeaders(secret, {
    method: 'POST',
    path: STATE,
    body: JSON.stringify(IDLE),
    contentType: 'application/json',
    timestamp: '20170401120000',
    appId: 'default',
    certId: 'cert1',
  });
  signatures.push(headers['Signature']!);
  return headers;
}

describe('given requests of every kind that are taken and refused', () => {
  beforeAll(async () => {
    for (const { method, path, body } of ENDPOINTS) {
      const at = `/v1/callcenter/${path}`;
      for (const token of [...Object.values(TOKENS), 'token-of-nobody'])
        await send(method, at, bearer(token), body);
    }
    const taken = signed(SIGNING_SECRET);
    const statuses = [
      await send('POST', STATE, taken, IDLE),
      await send('POST', STATE, taken, IDLE),
      await send('POST', STATE, signed('another-secret-to-sign'), IDLE),
      await send(
        'POST',
        STATE,
        { ...bearer(TOKENS.admin), 'X-Request-Id': `Bearer ${TOKENS.admin}` },
        { state: 7 },
      ),
    ];
    server.callCenter.refuseWith(new TypeError('x is not a function'));
    statuses.push(await send('POST', STATE, bearer(TOKENS.admin), IDLE));
    const line = `Authorization: Bearer ${TOKENS.admin}`;
    await sendRaw(server.port, `GET ${STATE} HTTP/1.1\r\nHost: x\r\n${line}\r\nContent-Length: x\r\n\r\n`);
    expect(statuses).toEqual([200, 401, 401, 400, 500]);
  }, 60_000);

  /** Passwords of extensions are in no request that gets as far as an answer but the one below. */
  const secrets = [
    ...Object.values(TOKENS),
    ...Object.values(TOKENS).map((token) => aToken(token).hash),
    'token-of-nobody',
    SIGNING_SECRET,
    'another-secret-to-sign',
  ];

  test.each(secrets)('no log, answer or metric has %s', async (secret) => {
    const page = await metrics.text();
    const told = [
      inspect(server.log, { depth: 20 }),
      JSON.stringify(server.log),
      page,
      inspect(received, { depth: 9 }),
    ];

    expect(server.log.length).toBeGreaterThan(200);
    for (const text of told) expect(text).not.toContain(secret);
  });

  test('nor one of the signatures', () => {
    expect(new Set(signatures).size).toBe(2);
    const told = inspect(server.log, { depth: 20 }) + inspect(received, { depth: 9 });
    for (const signature of signatures) expect(told).not.toContain(signature);
  });
});

test('the password of an extension is told to whom makes it, and to nobody else', async () => {
  server.callCenter.beforeAnswer = async () => undefined;
  received.length = 0;
  const wish = { type: '1', user: '100009', password: PASSWORD };
  await send('POST', '/v1/callcenter/extension', bearer(TOKENS.admin), wish);
  await send('POST', '/v1/callcenter/extension', bearer(TOKENS.admin), { ...wish, password: `${PASSWORD}-odd` });
  await send('POST', '/v1/callcenter/extension', bearer(TOKENS.read), wish);
  await send('GET', '/v1/callcenter/extension', bearer(TOKENS.admin));

  expect(received.map(({ status }) => status)).toEqual([200, 400, 403, 200]);
  expect(received.map(({ text }) => text.includes(PASSWORD))).toEqual([true, false, false, false]);
  expect(inspect(server.log, { depth: 20 })).not.toContain(PASSWORD);
});
