import { gzipSync } from 'node:zlib';
import { Refusal } from '../../src/domain/refusal';
import { anApplication, startTestServer, type TestServer } from '../support/http-client';
import { ENDPOINTS } from '../support/http-endpoints';
import { addAgents, addWhatEndpointsName, anAgent, idOf } from '../support/http-objects';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const STATE = '/v1/callcenter/agent/1001/state';
const IDLE = '{"state":"idle"}';

describe('a body', () => {
  test.each([
    ['no content type', undefined],
    ['an empty content type', ''],
    ['JSON', 'application/json'],
    ['JSON in UTF-8', 'application/json; charset=utf-8'],
    ['JSON in UTF-8, shouted and quoted', 'Application/JSON;charset="UTF-8"'],
    ['JSON in UTF8', 'application/json;charset=utf8'],
    ['JSON with something else about it', 'application/json; odata=verbose'],
  ])('with %s is taken', async (_, type) => {
    const headers = type === undefined ? {} : { 'Content-Type': type };
    const { status } = await server.send('POST', STATE, { body: IDLE, headers });

    expect(status).toBe(200);
    expect(server.callCenter.asked).toHaveLength(1);
  });

  test.each([
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'state=idle'],
    ['text', { 'Content-Type': 'text/plain' }, IDLE],
    ['XML', { 'Content-Type': 'application/xml' }, '<state/>'],
    ['several parts', { 'Content-Type': 'multipart/form-data; boundary=x' }, '--x--'],
    ['another charset', { 'Content-Type': 'application/json; charset=gbk' }, IDLE],
    ['two charsets', { 'Content-Type': 'application/json; charset=utf-8; charset=gbk' }, IDLE],
    ['compressed JSON', { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }, gzipSync(IDLE)],
  ])('of %s is 415', async (_, headers, body) => {
    const { status, envelope } = await server.send('POST', STATE, { body, headers });

    expect([status, envelope.code, envelope.data]).toEqual([415, '000001', null]);
    expect(envelope.msg).toContain('application/json');
    expect(server.callCenter.asked).toEqual([]);
  });

  test('that is not there needs no content type, and misses what is required', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '0' };
    const { status, envelope } = await server.send('POST', STATE, { headers });

    expect([status, envelope.msg]).toEqual([400, '参数错误: state: 缺少此参数']);
  });

  test.each([
    ['half an object', '{"state":'],
    ['two objects', '{}{}'],
    ['a form', 'state=idle'],
    ['XML', '<state/>'],
    ['a trailing comma', '{"state":"idle",}'],
    ['single quotes', "{'state':'idle'}"],
    ['NaN', '{"state":NaN}'],
    ['blanks only', '   '],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ['UTF-16', Buffer.from(IDLE, 'utf16le')],
  ])('of %s is not JSON', async (_, body) => {
    const { status, envelope } = await server.send('POST', STATE, { body });
    expect([status, envelope]).toEqual([400, { code: '000001', msg: '请求体不是有效的 JSON', data: null }]);
  });

  test.each(['[]', '[{"state":"idle"}]', '"idle"', '1', 'true', 'null', '['.repeat(30_000) + ']'.repeat(30_000)])(
    'that is no object is refused: %.20s',
    async (body) => {
      const { status, envelope } = await server.send('POST', STATE, { body });
      expect([status, envelope]).toEqual([400, { code: '000001', msg: '请求体应为 JSON 对象', data: null }]);
    },
  );

  test.each([
    ['a byte order mark', `\uFEFF${IDLE}`],
    ['escapes', '{"st\\u0061te":"\\u0069dle"}'],
    ['a key twice, of which the last counts', '{"state":"x","state":"idle"}'],
    ['names of prototypes', '{"__proto__":{"state":"x"},"constructor":1,"toString":2,"state":"idle"}'],
    ['a deep one under an unknown key', `{"state":"idle","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
  ])('with %s is taken', async (_, body) => {
    const { status } = await server.send('POST', STATE, { body });

    expect(status).toBe(200);
    expect(server.callCenter.asked).toMatchObject([{ state: 'idle' }]);
  });

  test('cannot lend what it lacks from a prototype', async () => {
    const { status } = await server.send('POST', STATE, { body: '{"__proto__":{"state":"idle"}}' });
    expect(status).toBe(400);
  });

  const sized = (bytes: number) => `{"state":"idle","x":"${'x'.repeat(bytes - 23)}"}`;

  test('of 64 KiB is taken', async () => {
    expect(sized(65_536)).toHaveLength(65_536);
    const { status } = await server.send('POST', STATE, { body: sized(65_536) });
    expect(status).toBe(200);
  });

  test.each([
    ['told', {}],
    ['not told', { 'Transfer-Encoding': 'chunked' }],
  ])('of a byte more, its length %s, is 413, and the server goes on', async (_, headers) => {
    const { status, envelope } = await server.send('POST', STATE, { body: sized(65_537), headers });

    expect([status, envelope]).toEqual([413, { code: '000001', msg: '请求体超过 64 KiB', data: null }]);
    expect(server.callCenter.asked).toEqual([]);
    expect((await server.send('POST', STATE, { body: IDLE })).status).toBe(200);
  });

  describe.each(
    ENDPOINTS.filter(({ method }) => method === 'GET' || method === 'DELETE').map((each) => [
      each.method,
      each.path,
    ]),
  )('%s %s', (method, path) => {
    beforeEach(() => {
      addWhatEndpointsName(server);
    });

    test.each([
      ['a JSON array', '[1,2]', 'application/json'],
      ['garbage', '\u0000{{{', 'application/json'],
      ['a form', 'a=b', 'application/x-www-form-urlencoded'],
      ['100 KiB', 'x'.repeat(102_400), 'text/plain'],
    ])('is not refused for a body of %s', async (_, body, type) => {
      const headers = { 'Content-Type': type };
      const { status } = await server.send(method, `/v1/callcenter/${path}`, { body, headers });
      expect(status).toBe(200);
    });
  });
});

describe('the language', () => {
  test.each([
    [undefined, '坐席不存在'],
    ['', '坐席不存在'],
    ['*', '坐席不存在'],
    ['fr', '坐席不存在'],
    ['zh-CN,zh;q=0.9,en;q=0.8', '坐席不存在'],
    ['en;q=0.1, zh', '坐席不存在'],
    ['en', 'agent does not exist'],
    ['en-US,en;q=0.9', 'agent does not exist'],
    ['fr, en;q=0.5', 'agent does not exist'],
    ['zh;q=0.5, en', 'agent does not exist'],
    [';;,q=', '坐席不存在'],
  ])('for %j is that of %s', async (wish, expected) => {
    server.callCenter.refuseWith(new Refusal('agent-not-found', { name: '1001' }));
    const headers = wish === undefined ? {} : { 'Accept-Language': wish };

    const { envelope } = await server.send('POST', STATE, { body: IDLE, headers });

    expect(envelope.msg).toBe(`${expected}: name 1001`);
  });

  const english = { 'Accept-Language': 'en' };
  const INVITE = `/v1/callcenter/conversation/${idOf(1)}/invite_out`;
  test.each([
    [{ body: IDLE }, STATE, 'success'],
    [{ body: '{' }, STATE, 'the body is not JSON'],
    [{ body: '[]' }, STATE, 'the body must be a JSON object'],
    [{ body: {} }, STATE, 'parameter error: state: is missing'],
    [
      { body: { to: '1', max_answer_seconds: 60 } },
      INVITE,
      'parameter error: to: must be a phone number: + or nothing, then 3 to 20 digits',
    ],
    [{ body: { to: '123' } }, INVITE, 'parameter error: max_answer_seconds: is missing'],
    [
      { body: { to: '123', max_answer_seconds: 99999 } },
      INVITE,
      'parameter error: max_answer_seconds: must be at most 21600',
    ],
    [
      { body: { to: '123', max_answer_seconds: 'x' } },
      INVITE,
      'parameter error: max_answer_seconds: must be a whole number',
    ],
    [{ body: { type: 4 } }, '/v1/callcenter/extension', 'parameter error: type: must be 1 or 2 or 3'],
    [{ body: { type: 2 } }, '/v1/callcenter/extension', 'parameter error: ipaddr: is missing'],
    [
      { body: { name: 'x', extension: 'x'.repeat(65) } },
      '/v1/callcenter/agent',
      'parameter error: extension: must be at most 64 characters long',
    ],
    [
      { body: { name: 'x', extension: 'x', skills: 1 } },
      '/v1/callcenter/agent',
      'parameter error: skills: must be a list',
    ],
    [{ body: {} }, '/v1/nothing', 'there is nothing under this path'],
    [{ body: {} }, '/v1/callcenter/agent/1001', 'this path does not take this method'],
  ])('of %j to %s is English on demand: %s', async (sent, path, msg) => {
    const { envelope } = await server.send('POST', path, { ...sent, headers: english });
    expect(envelope.msg).toBe(msg);
  });
});

describe('a path that is not there', () => {
  test.each([
    '/',
    '/favicon.ico',
    '/v1',
    '/v1/',
    '/v1/callcenter',
    '/V1/callcenter/agent',
    '/v2/callcenter/agent',
  ])('%s is 404 in the envelope', async (path) => {
    const { status, envelope } = await server.send('GET', path);
    expect([status, envelope]).toEqual([404, { code: '000001', msg: '没有这个地址', data: null }]);
  });

  test.each([
    '/v1//callcenter/agent',
    '/v1/callcenter//agent',
    '/v1/account/callcenter/agent',
    '/v1/account/a/b/callcenter/agent',
    '/v1/callcenter/agent/../agent',
    '/v1/callcenter/routing',
  ])('%s is 404 too', async (path) => {
    expect((await server.send('GET', path)).status).toBe(404);
  });

  test('is 404 for every method, known or not', async () => {
    for (const method of ['POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'PROPFIND']) {
      expect((await server.send(method, '/v1/nothing')).status).toBe(404);
    }
  });
});

test.each(['PUT', 'PATCH', 'POST', 'PROPFIND'])(
  '%s where there is none of it is 405 with what there is',
  async (method) => {
    const { status, headers } = await server.send(method, '/v1/callcenter/agent/1001');

    expect(status).toBe(405);
    expect(headers.allow?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD']);
  },
);

test('OPTIONS tells the methods, HEAD the headers', async () => {
  addAgents(server.callCenter, anAgent('1001'));

  const options = await server.send('OPTIONS', '/v1/callcenter/agent/1001');
  const head = await server.send('HEAD', '/v1/callcenter/agent/1001');

  expect([options.status, options.headers.allow?.split(', ').sort()]).toEqual([200, ['DELETE', 'GET', 'HEAD']]);
  expect([head.status, head.text]).toEqual([200, '']);
  expect(Number(head.headers['content-length'])).toBeGreaterThan(100);
});

describe('a crash', () => {
  test('tells the client nothing but the id under which it is logged', async () => {
    const error = new Error('secret of the store');
    server.callCenter.refuseWith(error);

    const { status, envelope, headers, text } = await server.send('POST', STATE, { body: IDLE });

    expect([status, envelope]).toEqual([500, { code: '000002', msg: '未知错误', data: null }]);
    expect(text).not.toContain('secret');
    expect(server.log).toContainEqual({
      level: 'error',
      message: 'request failed',
      requestId: headers['x-request-id'],
      method: 'POST',
      path: STATE,
      error,
    });
  });

  test('does not stop the server', async () => {
    server.callCenter.refuseWith(new TypeError('x is not a function'));
    await server.send('POST', STATE, { body: IDLE });
    server.callCenter.beforeAnswer = async () => undefined;

    expect((await server.send('POST', STATE, { body: IDLE })).status).toBe(200);
  });
});

describe('the request id', () => {
  test.each(['a', 'A-b_c.9', 'x'.repeat(64)])("is the client's: %s", async (id) => {
    const { headers } = await server.send('GET', '/v1/nothing', { headers: { 'X-Request-Id': id } });
    expect(headers['x-request-id']).toBe(id);
  });

  test.each([undefined, '', 'x'.repeat(65), 'a b', 'a/b', 'a"b', 'ü'])('is made up instead of %j', async (id) => {
    const { headers } = await server.send(
      'GET',
      '/healthz',
      id === undefined ? {} : { headers: { 'X-Request-Id': id } },
    );
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  test('is another one for each request', async () => {
    const ids = [await server.send('GET', '/healthz'), await server.send('GET', '/healthz')].map(
      ({ headers }) => headers['x-request-id'],
    );
    expect(new Set(ids).size).toBe(2);
  });
});

describe('the log', () => {
  test('says nothing of probes', async () => {
    await server.send('GET', '/healthz');
    await server.send('GET', '/readyz');
    expect(server.log).toEqual([]);
  });

  test('has one line for each request, with nothing secret in it', async () => {
    const body = { type: '1', user: '100001', password: 'geheim123' };
    const headers = { Authorization: 'Bearer very-secret', 'X-Request-Id': 'mine' };
    await server.send('POST', '/v1/callcenter/extension?password=geheim123', { body, headers });

    expect(server.log).toEqual([
      {
        level: 'info',
        message: 'request',
        requestId: 'mine',
        method: 'POST',
        path: '/v1/callcenter/extension',
        application: 'default',
        status: 200,
        code: '000000',
        ms: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(server.log)).not.toMatch(/geheim|secret/);
  });

  test('has a line for a request that is refused', async () => {
    await server.send('POST', STATE, { body: '{' });
    expect(server.log).toMatchObject([{ status: 400, code: '000001', path: STATE }]);
  });
});

describe('given an application that wants status 200 always', () => {
  let old: TestServer;
  beforeEach(async () => {
    old = await startTestServer({ applications: [anApplication({ alwaysOk: true })] });
  });
  afterEach(() => old.close());

  test.each([
    ['POST', STATE, '{', '000001'],
    ['POST', STATE, 'x'.repeat(70_000), '000001'],
    ['POST', STATE, {}, '000001'],
    ['GET', '/v1/callcenter/agent/a-b', undefined, '040202'],
    ['GET', `/v1/callcenter/conversation/${idOf(1)}`, undefined, '040501'],
    ['PUT', STATE, undefined, '000001'],
    ['GET', '/v1/nothing', undefined, '000001'],
  ])('%s %s has its code in the envelope only', async (method, path, body, code) => {
    const { status, envelope } = await old.send(method, path, body === undefined ? {} : { body });
    expect([status, envelope.code, envelope.data]).toEqual([200, code, null]);
  });

  test('so have a busy engine and a crash', async () => {
    old.callCenter.refuseWith(new Refusal('busy'));
    const busy = await old.send('POST', STATE, { body: IDLE });
    old.callCenter.refuseWith(new Error('crash'));
    const crash = await old.send('POST', STATE, { body: IDLE });

    expect([busy.status, busy.envelope.code]).toEqual([200, '000004']);
    expect([crash.status, crash.envelope.code]).toEqual([200, '000002']);
  });

  test('what no application is known for has its own status', async () => {
    old.callCenter.problems.push({ zh: 'Asterisk 未连接', en: 'Asterisk is not connected' });
    expect((await old.send('GET', '/elsewhere')).status).toBe(404);
    expect((await old.send('GET', '/readyz')).status).toBe(503);
  });
});
