import { type HttpSettings } from '../../src/adapters/http/http-settings';
import type { AppId } from '../../src/domain/ids';
import { anApplication, aToken, startTestServer, type TestServer } from '../support/http-client';
import { addAgents, anAgent } from '../support/http-objects';

const NORTH = anApplication({ id: 'north' as AppId, tokens: [aToken('north-1'), aToken('north-2')] });
const SOUTH = anApplication({ id: 'south' as AppId, tokens: [aToken('south-1')], alwaysOk: true });
const CLOSED = anApplication({
  id: 'closed' as AppId,
  tokens: [aToken('closed-1')],
  disabled: true,
  alwaysOk: true,
});
const DEFAULT = anApplication({ tokens: [aToken('default-1')] });

let server: TestServer;
afterEach(() => server.close());

async function start(authentication: HttpSettings['authentication']): Promise<void> {
  server = await startTestServer({ authentication, applications: [NORTH, SOUTH, CLOSED, DEFAULT] });
}

const keepAlive = (authorization?: string, path = '/v1/callcenter/agent/1001/keepalive') =>
  server.send('GET', path, authorization === undefined ? {} : { headers: { Authorization: authorization } });

describe('with tokens', () => {
  beforeEach(() => start(['token']));

  test.each([
    ['Bearer north-1', 'north'],
    ['Bearer north-2', 'north'],
    ['Bearer south-1', 'south'],
    ['bearer  north-1', 'north'],
  ])('%s acts in %s', async (authorization, app) => {
    const { status } = await keepAlive(authorization);

    expect(status).toBe(200);
    expect(server.callCenter.asked).toMatchObject([{ app }]);
    expect(server.log).toMatchObject([{ application: app }]);
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    'Bearer north-1 south-1',
    'Bearer north-',
    `Bearer ${aToken('north-1').hash}`,
    'Basic bm9ydGg6bm9ydGgtMQ==',
    'north-1',
    `Bearer ${'x'.repeat(10_000)}`,
  ])('%.40j is 401 and never says why', async (authorization) => {
    const { status, envelope, headers } = await keepAlive(authorization);

    expect([status, envelope]).toEqual([401, { code: '000007', msg: '鉴权失败', data: null }]);
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(server.callCenter.asked).toEqual([]);
  });

  test('who is not known learns nothing of paths, methods or bodies', async () => {
    const unknown = await server.send('GET', '/v1/nothing');
    const method = await server.send('PUT', '/v1/callcenter/agent');
    const body = await server.send('POST', '/v1/callcenter/agent', { body: '{' });

    for (const { status, envelope, headers } of [unknown, method, body]) {
      expect([status, envelope.code, headers.allow]).toEqual([401, '000007', undefined]);
    }
  });

  test('an account in the path changes nothing', async () => {
    await keepAlive('Bearer south-1', '/v1/account/north/callcenter/agent/1001/keepalive');
    const without = await keepAlive(undefined, '/v1/account/north/callcenter/agent/1001/keepalive');

    expect(server.callCenter.asked).toMatchObject([{ app: 'south' }]);
    expect(without.status).toBe(401);
  });

  test('a disabled application is refused, by status too', async () => {
    const { status, envelope } = await keepAlive('Bearer closed-1');
    expect([status, envelope]).toEqual([403, { code: '010002', msg: '应用已停用', data: null }]);
  });

  test('a failed authentication is 401 in English too, whatever application there is', async () => {
    const { status, envelope } = await server.send('GET', '/v1/callcenter/agent', {
      headers: { Authorization: 'Bearer wrong', 'Accept-Language': 'en' },
    });
    expect([status, envelope.msg]).toEqual([401, 'authentication failed']);
  });

  test("applications do not see each other's agents", async () => {
    addAgents(server.callCenter, anAgent('1001', { app: NORTH.id }));

    const north = await keepAlive('Bearer north-1', '/v1/callcenter/agent');
    const south = await keepAlive('Bearer south-1', '/v1/callcenter/agent');

    expect(north.envelope.data).toMatchObject({ totalCount: 1 });
    expect(south.envelope.data).toMatchObject({ totalCount: 0, result: [] });
  });

  test('health needs no token, and no path outside of the API does', async () => {
    expect((await server.send('GET', '/healthz')).status).toBe(200);
    expect((await server.send('GET', '/readyz')).status).toBe(200);
    expect((await server.send('GET', '/v1x')).status).toBe(404);
  });
});

describe('without', () => {
  beforeEach(() => start(['none']));

  test.each([undefined, 'Bearer north-1', 'Basic x'])(
    '%j acts in the default application',
    async (authorization) => {
      await keepAlive(authorization);
      expect(server.callCenter.asked).toMatchObject([{ app: 'default' }]);
    },
  );
});

describe('without, for what a page in a browser or a proxy sends', () => {
  beforeEach(() => start(['none']));

  test.each([
    ['another page', { Host: 'localhost:8080', Origin: 'https://pages.example' }, 401],
    ['a page without a name', { Origin: 'null' }, 401],
    ['a name that leads here', { Host: 'rebound.example' }, 401],
    ['an address', { Host: '127.0.0.1:8080' }, 200],
    ['an address of the other kind', { Host: '[::1]:8080' }, 200],
    ['localhost', { Host: 'localhost:8080' }, 200],
    ['a page from here', { Host: 'localhost:8080', Origin: 'http://localhost:8080' }, 200],
    ['a page from here, by address', { Host: '127.0.0.1:8080', Origin: 'http://127.0.0.1:8080' }, 200],
    ['a page from here, by the other kind', { Host: '[::1]:8080', Origin: 'http://[::1]:8080' }, 200],
    ['a page from here on the port of the web', { Host: 'localhost', Origin: 'http://localhost' }, 200],
    ['a page on another port', { Host: 'localhost:8080', Origin: 'http://localhost:3000' }, 401],
    ['a page by TLS on this port', { Host: 'localhost:8080', Origin: 'https://localhost:8080' }, 401],
    ['a page by another name of ours', { Host: '127.0.0.1:8080', Origin: 'http://localhost:8080' }, 401],
    ['a page whose name leads here', { Host: 'rebound.example:8080', Origin: 'http://rebound.example:8080' }, 401],
    ['a page from an address of others', { Host: '192.0.2.7:8080', Origin: 'http://192.0.2.7:8080' }, 401],
    ['a page whose name begins like ours', { Host: 'localhost:80', Origin: 'http://localhost:8080' }, 401],
    [
      'a page from here through a proxy',
      { Host: 'localhost:8080', Origin: 'http://localhost:8080', Forwarded: 'for=127.0.0.1' },
      401,
    ],
    ['a proxy on this machine', { 'X-Forwarded-For': '127.0.0.1' }, 401],
    ['a proxy of the newer kind', { Forwarded: 'for=127.0.0.1' }, 401],
  ])('%s: %j is answered %i', async (_, headers, status) => {
    const answer = await server.send('GET', '/v1/callcenter/agent', { headers });
    expect(answer.status).toBe(status);
  });
});

describe('with both', () => {
  beforeEach(() => start(['none', 'token']));

  test('a token counts where one is given', async () => {
    await keepAlive('Bearer north-1');
    await keepAlive();
    expect(server.callCenter.asked).toMatchObject([{ app: 'north' }, { app: 'default' }]);
  });

  test('a wrong one is not passed over', async () => {
    expect((await keepAlive('Bearer wrong')).status).toBe(401);
  });
});

describe('what does not go together is refused at the start', () => {
  beforeEach(() => start(['token']));

  test.each<[string, Partial<HttpSettings>, RegExp]>([
    ['no way at all', { authentication: [] }, /authentication/],
    ['no authentication on all interfaces', { host: '0.0.0.0' }, /loopback/],
    ['no authentication on all IPv6 interfaces', { host: '::' }, /loopback/],
    ['no authentication on a name', { host: 'parley.example', authentication: ['none', 'token'] }, /loopback/],
    ['no authentication and no default application', { applications: [NORTH] }, /default/],
    [
      'a token that is not hashed',
      { applications: [anApplication({ tokens: [{ hash: 'north-1', role: 'admin' }] })] },
      /SHA-256/,
    ],
    ['a time zone that does not exist', { timeZone: 'Mars/Olympus' }, /Mars\/Olympus/],
  ])('%s', async (_, settings, problem) => {
    await expect(startTestServer(settings)).rejects.toThrow(problem);
  });

  test('a port that is taken', async () => {
    await expect(startTestServer({ port: server.port })).rejects.toThrow(/EADDRINUSE/);
  });

  test.each(['127.0.0.1', '127.8.8.8', 'localhost'])('but not %s without authentication', async (host) => {
    const local = await startTestServer({ host });
    await local.close();
  });

  test('and with tokens alone any address will do', async () => {
    const open = await startTestServer({ host: '0.0.0.0', authentication: ['token'] });
    expect((await open.send('GET', '/healthz')).status).toBe(200);
    await open.close();
  });
});
