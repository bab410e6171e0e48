import type { AppId, Instant } from '../../src/domain/ids';
import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';
import { Secret } from '../../src/ports/secret';
import { anApplication, aToken, type Received, startTestServer, type TestServer } from '../support/http-client';
import { signedHeaders } from '../support/signed-headers';

const KEEPALIVE = '/v1/callcenter/agent/1001/keepalive';
const STATE = '/v1/callcenter/agent/1001/state';
const SECRET = 'secret-for-tests';
const NORTH = anApplication({ id: 'north' as AppId, tokens: [aToken('north-1'), aToken('north-2')] });
const FAST = anApplication({
  id: 'fast' as AppId,
  tokens: [aToken('fast-1')],
  requestsPerSecond: 5,
  alwaysOk: true,
});
const FREE = anApplication({ id: 'free' as AppId, tokens: [aToken('free-1')], requestsPerSecond: 0 });
const SIGNING = anApplication({ id: 'signing' as AppId, certId: 'cert1', secrets: [new Secret(SECRET)] });
const DEFAULT = anApplication({ tokens: [aToken('default-1')] });

const metrics = new PrometheusMetrics();
afterAll(() => metrics.close());
let now = Date.parse('2017-04-01T04:00:00Z');
let server: TestServer;
afterEach(() => server.close());

async function start(given: Parameters<typeof startTestServer>[0] = {}): Promise<void> {
  now = Date.parse('2017-04-01T03:59:00Z');
  server = await startTestServer(
    {
      authentication: ['token', 'signature'],
      applications: [NORTH, FAST, FREE, SIGNING, DEFAULT],
      requestsPerSecond: 2,
      trustedProxies: ['127.0.0.1'],
      ...given,
    },
    { clock: { now: () => now as Instant }, metrics },
  );
  now = Date.parse('2017-04-01T04:00:00Z');
}

function get(token: string, from = '192.0.2.1', path = KEEPALIVE): Promise<Received> {
  const headers = { Authorization: `Bearer ${token}`, 'X-Forwarded-For': from };
  return server.send('GET', path, { headers });
}

function signed(from = '192.0.2.1', secret = SECRET, body: string = '{"state":"idle"}'): Promise<Received> {
  const headers = signedHeaders(secret, {
    method: 'POST',
    path: STATE,
    body,
    contentType: 'application/json',
    timestamp: '20170401120000',
    appId: 'signing',
    certId: 'cert1',
  });
  return server.send('POST', STATE, { headers: { ...headers, 'X-Forwarded-For': from }, body });
}

/** One after the other, so many. */
async function statuses(times: number, send: () => Promise<Received>): Promise<readonly number[]> {
  const got: number[] = [];
  while (got.length < times) got.push((await send()).status);
  return got;
}

const limited = async (labels: string): Promise<number> => {
  const line = (await metrics.text())
    .split('\n')
    .find((each) => each.startsWith(`parley_http_requests_limited_total{${labels}}`));
  return Number(line?.split(' ').at(-1) ?? 0);
};

describe('a client that sends too much', () => {
  beforeEach(() => start());

  test('gets 429 with the seconds until it may go on, and then goes on', async () => {
    const before = await limited('app="north",by="requests"');
    expect(await statuses(5, () => get('north-1'))).toEqual([200, 200, 200, 200, 429]);
    const { headers, envelope } = await get('north-1');
    expect([headers['retry-after'], envelope]).toEqual(['1', { code: '000005', msg: '请求过多', data: null }]);
    expect(server.callCenter.asked).toHaveLength(4);
    expect(server.log.at(-1)).toMatchObject({
      status: 429,
      code: '000005',
      why: 'too many requests of this client',
      address: '192.0.2.1',
    });
    expect(await limited('app="north",by="requests"')).toBe(before + 2);

    now += 1_000;
    expect(await statuses(3, () => get('north-1'))).toEqual([200, 200, 429]);
  });

  test('is told so in English on demand', async () => {
    await statuses(4, () => get('north-1'));
    const headers = { Authorization: 'Bearer north-1', 'X-Forwarded-For': '192.0.2.1', 'Accept-Language': 'en' };
    const { envelope } = await server.send('GET', KEEPALIVE, { headers });
    expect(envelope.msg).toBe('too many requests');
  });

  test('holds up nobody with another token, or at another address', async () => {
    await statuses(5, () => get('north-1'));
    const others = [await get('north-2'), await get('north-1', '192.0.2.2'), await get('default-1')];
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('is the same at every address of its IPv6 network, and of IPv4 in both ways of writing', async () => {
    const networks = [
      '2001:db8::1',
      '2001:db8:0:0:9::',
      '2001:DB8::a:b',
      '2001:db8:0:0:ffff:ffff:ffff:ffff',
      '2001:db8::2',
    ];
    const same = [];
    for (const from of networks) same.push((await get('north-1', from)).status);
    expect(same).toEqual([200, 200, 200, 200, 429]);
    expect((await get('north-1', '2001:db8:0:1::1')).status).toBe(200);

    await statuses(4, () => get('north-1', '::ffff:192.0.2.9'));
    expect((await get('north-1', '192.0.2.9')).status).toBe(429);
  });

  test('is whoever signs for the application, before its body is read', async () => {
    await statuses(4, () => signed());
    const { status, envelope } = await signed('192.0.2.1', SECRET, 'x'.repeat(70_000));
    expect([status, envelope.code]).toEqual([429, '000005']); // It would be 413.
    expect((await get('north-1')).status).toBe(200);
  });

  test('may ask all the same whether the service is well', async () => {
    await statuses(5, () => get('north-1'));
    for (const path of ['/healthz', '/readyz']) expect((await get('north-1', '192.0.2.1', path)).status).toBe(200);
  });

  test('has the limit of its application, if that has one, and status 429 even where 200 is wanted always', async () => {
    expect((await statuses(11, () => get('fast-1'))).lastIndexOf(200)).toBe(9);
    expect((await get('fast-1')).status).toBe(429);
    expect(new Set(await statuses(10, () => get('free-1')))).toEqual(new Set([200]));
  });
});

test('without credentials, whoever comes is one client at each address', async () => {
  await start({ authentication: ['none'], trustedProxies: [] });
  const send = () => server.send('GET', KEEPALIVE);
  expect(await statuses(5, send)).toEqual([200, 200, 200, 200, 429]);
});

test('given no limit, there is none', async () => {
  await start({ requestsPerSecond: 0 });
  expect(new Set(await statuses(10, () => get('north-1')))).toEqual(new Set([200]));
});

describe('who guesses', () => {
  beforeEach(() => start({ requestsPerSecond: 0, limits: { failuresAtOnce: 3 } }));

  test.each<[string, () => Promise<Received>]>([
    ['tokens', () => get('guess')],
    ['signatures', () => signed('192.0.2.1', 'a-guess-for-tests')],
  ])('%s is not listened to any more, even with the right one, until some time has passed', async (_, guess) => {
    const before = await limited('app="",by="failures"');
    expect(await statuses(4, guess)).toEqual([401, 401, 401, 429]);
    const right = await get('north-1');

    expect([right.status, right.headers['retry-after'], right.envelope.code]).toEqual([429, '1', '000005']);
    expect(server.log.at(-1)).toMatchObject({ why: 'too many failed authentications from this address' });
    expect(server.callCenter.asked).toEqual([]);
    expect(await limited('app="",by="failures"')).toBe(before + 2);
    now += 1_000;
    expect((await get('north-1')).status).toBe(200);
    expect(await statuses(2, guess)).toEqual([401, 429]);
  });

  test('does not disturb those at other addresses', async () => {
    await statuses(4, () => get('guess'));
    expect((await get('north-1', '192.0.2.2')).status).toBe(200);
  });

  test('is nobody who shows no credentials, or sends the same twice', async () => {
    const nothing = () => server.send('GET', KEEPALIVE, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
    expect(await statuses(5, nothing)).toEqual([401, 401, 401, 401, 401]);
    expect(await statuses(5, () => signed())).toEqual([200, 401, 401, 401, 401]);
    expect((await get('north-1')).status).toBe(200);
  });
});
