import type { AppId } from '../../src/domain/ids';
import type { Once } from '../../src/ports/call-center';
import type { Service } from '../../src/runtime/service';
import {
  anApplication,
  aToken,
  type Received,
  startTestServer,
  startTestServerFor,
  type TestServer,
} from '../support/http-client';
import { ENDPOINTS, type Endpoint, REPEATED } from '../support/http-endpoints';
import { addWhatEndpointsName, idOf } from '../support/http-objects';
import { aServiceWith } from '../support/service-behind-http';

const INVITE = `/v1/callcenter/conversation/${idOf(1)}/invite_out`;
const TO = { to: '13800000000', max_answer_seconds: 60 };
const named = (endpoints: readonly Endpoint[]) =>
  endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const);
const STARTING = ENDPOINTS.filter(({ refusals }) => refusals.includes(REPEATED));

describe('in front of a call centre that records what it is asked', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer();
    addWhatEndpointsName(server);
  });
  afterEach(() => server.close());

  async function onceOf(body: unknown, path = INVITE, key = 'one'): Promise<Once | undefined> {
    const { status } = await server.send('POST', path, { body, headers: { 'Idempotency-Key': key } });
    expect(status).toBe(200);
    return server.callCenter.onces.at(-1);
  }

  test.each(named(STARTING))('%s hands the key on', async (_, { method, path, body }) => {
    const headers = { 'Idempotency-Key': 'my key 1' };
    const { status } = await server.send(method, `/v1/callcenter/${path}`, { body, headers });

    expect(status).toBe(200);
    expect(server.callCenter.onces).toEqual([
      { key: 'my key 1', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  test.each(named(STARTING))('%s needs none', async (_, { method, path, body }) => {
    await server.send(method, `/v1/callcenter/${path}`, { body });
    expect(server.callCenter.onces).toEqual([undefined]);
  });

  test.each(named(ENDPOINTS.filter((each) => !STARTING.includes(each))))(
    '%s does not look at it',
    async (_, { method, path, body }) => {
      const headers = { 'Idempotency-Key': 'x'.repeat(300) };
      const { status } = await server.send(method, `/v1/callcenter/${path}`, { ...(body && { body }), headers });

      expect(status).toBe(200);
      expect(server.callCenter.onces.filter((each) => each !== undefined)).toEqual([]);
    },
  );

  test.each(['a', ' a ', '"8e03978e-40d5-43e8-bc93-6894a57f9324"', '~'.repeat(255)])(
    '%.40j is a key',
    async (key) => {
      expect(await onceOf(TO, INVITE, key)).toMatchObject({ key: key.trim() });
    },
  );

  test.each([
    ['', 'zh', '参数错误: Idempotency-Key: 应为 1 至 255 个可打印的 ASCII 字符'],
    ['x'.repeat(256), 'en', 'parameter error: Idempotency-Key: must be 1 to 255 printable ASCII characters'],
    ['k\u00e9y', 'en', 'parameter error: Idempotency-Key: must be 1 to 255 printable ASCII characters'],
    ['a\tb', 'en', 'parameter error: Idempotency-Key: must be 1 to 255 printable ASCII characters'],
  ])('%.40j is none: in %s', async (key, language, msg) => {
    const headers = { 'Idempotency-Key': key, 'Accept-Language': language };
    const { status, envelope } = await server.send('POST', INVITE, { body: TO, headers });

    expect([status, envelope]).toEqual([400, { code: '000001', msg, data: null }]);
    expect(server.callCenter.asked).toEqual([]);
  });

  describe('a request is the same', () => {
    test.each<[string, unknown, string?]>([
      ['in another order, with blanks and escapes', '{ "max_answer_seconds":60,"to":"\\u0031380000000\\u0030" }'],
      ['with what it leaves out as null, and what nobody knows', { ...TO, from: null, mode: null, unknown: [1] }],
      ['with a number as text', { ...TO, max_answer_seconds: '60' }],
      ['with its defaults', { ...TO, mode: 1, max_dial_seconds: 45 }],
      ['below an account, with a slash behind it', TO, `${INVITE.replace('/v1', '/v1/account/some')}/`],
      ['with a query', TO, `${INVITE}?now=1`],
    ])('%s', async (_, body, path = INVITE) => {
      expect(await onceOf(body, path)).toEqual(await onceOf(TO));
    });

    test.each<[string, unknown, string?]>([
      ['another number', { ...TO, to: '13800000001' }],
      ['another mode', { ...TO, mode: 2 }],
      ['another conversation', TO, INVITE.replace(idOf(1), idOf(2))],
      ['another operation', { ...TO, conversation_id: idOf(1) }, '/v1/callcenter/agent/1001/xfer_out'],
    ])('but not with %s', async (_, body, path = INVITE) => {
      const { fingerprint } = (await onceOf(TO))!;
      expect((await onceOf(body, path))!.fingerprint).not.toBe(fingerprint);
    });
  });
});

describe('in front of the service', () => {
  const [NORTH, SOUTH] = ['north' as AppId, 'south' as AppId];
  let server: TestServer<Service>;
  beforeEach(async () => {
    const service = await aServiceWith({ changes: [] }, [NORTH, SOUTH]);
    const applications = [
      anApplication({ id: NORTH, tokens: [aToken(NORTH)] }),
      anApplication({ id: SOUTH, tokens: [aToken(SOUTH)], alwaysOk: true }),
    ];
    server = await startTestServerFor(service, { authentication: ['token'], applications });
  });
  afterEach(async () => {
    await server.close();
    await server.callCenter.stop();
  });

  const CONDITION = { where: 'true', queue_timeout: 60 };
  function post(path: string, body: object, key: string, app = NORTH, language = 'zh'): Promise<Received> {
    const headers = { Authorization: `Bearer ${app}`, 'Idempotency-Key': key, 'Accept-Language': language };
    return server.send('POST', `/v1/callcenter/${path}`, { body, headers });
  }
  const conditions = (app: AppId) =>
    [...server.callCenter.world.conditions.values()].filter((each) => each.app === app);

  test('a repeat gets the first answer, in its own language, and nothing is made again', async () => {
    const first = await post('condition', CONDITION, 'one');
    const again = await post('condition', CONDITION, 'one', NORTH, 'en');
    const [side, bySide] = await Promise.all([
      post('condition', CONDITION, 'two'),
      post('condition', CONDITION, 'two'),
    ]);

    expect([first, again, side, bySide].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect([first.envelope.msg, again.envelope.msg]).toEqual(['请求成功', 'success']);
    expect(again.envelope.data).toEqual(first.envelope.data);
    expect(bySide.envelope.data).toEqual(side.envelope.data);
    expect(conditions(NORTH)).toHaveLength(2);
  });

  test.each([
    ['zh', '幂等键已用于另一个请求: Idempotency-Key one'],
    ['en', 'the idempotency key was used for another request: Idempotency-Key one'],
  ])('another request with the key is 422, in %s', async (language, msg) => {
    await post('condition', CONDITION, 'one');
    const { status, envelope } = await post('condition', { ...CONDITION, priority: 5 }, 'one', NORTH, language);

    expect([status, envelope]).toEqual([422, { code: '000006', msg, data: null }]);
    expect(conditions(NORTH)).toHaveLength(1);
  });

  test('where status 200 is wanted always, it is so for this', async () => {
    await post('condition', CONDITION, 'one', SOUTH);
    const { status, envelope } = await post('condition', { ...CONDITION, priority: 5 }, 'one', SOUTH);
    expect([status, envelope.code]).toEqual([200, '000006']);
  });

  test('a key of another application is another key', async () => {
    const north = await post('condition', CONDITION, 'one');
    const south = await post('condition', { ...CONDITION, priority: 5 }, 'one', SOUTH);

    expect([north.envelope.code, south.envelope.code]).toEqual(['000000', '000000']);
    expect(south.envelope.data).not.toEqual(north.envelope.data);
    expect([conditions(NORTH).length, conditions(SOUTH).length]).toEqual([1, 1]);
  });

  test('a refusal is not kept: the request may be sent again, and another one with its key', async () => {
    const login = { name: '1001', extension: idOf(9) };
    const refused = await post('agent', login, 'one');
    const extension = await post('extension', { type: '3', telnum: '13800000001' }, 'two');
    const { id } = extension.envelope.data as { readonly id: string };
    const granted = await post('agent', { ...login, extension: id }, 'one');
    const again = await post('agent', { ...login, extension: id }, 'one');

    expect([refused, granted, again].map(({ envelope }) => envelope.code)).toEqual(['040103', '000000', '000000']);
    expect((await post('agent', { ...login, extension: id }, 'three')).envelope.code).toBe('040201');
  });

  test('an extension that is asked for again is the same, with the password of the request', async () => {
    const wish = { type: '1', user: '100001', password: 'talk2me' };
    const first = await post('extension', wish, 'one');
    const again = await post('extension', wish, 'one');

    expect(again.text).toBe(first.text);
    expect(first.envelope.data).toMatchObject({ password: 'talk2me' });
    expect(server.callCenter.world.extensions.size).toBe(1);
  });
});
