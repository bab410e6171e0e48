import { REFUSAL_CODES, Refusal, type RefusalReason } from '../../src/domain/refusal';
import { startTestServer, type TestServer } from '../support/http-client';
import { COMMANDS, type Endpoint, ENDPOINTS, ON_SOUNDS, READINGS } from '../support/http-endpoints';
import { addWhatEndpointsName } from '../support/http-objects';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
  addWhatEndpointsName(server);
});
afterEach(() => server.close());

const named = (endpoints: readonly Endpoint[]) =>
  endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const);

describe.each(named(ENDPOINTS))('%s', (_, { method, path, body }) => {
  const sent = body && { body };

  test.each([
    ['', ''],
    ['with a trailing slash', '/'],
  ])('succeeds %s', async (_, slash) => {
    const received = await server.send(method, `/v1/callcenter/${path}${slash}`, sent);

    expect(received.status).toBe(200);
    expect(received.envelope).toEqual({ code: '000000', msg: '请求成功', data: received.envelope.data });
    expect(received.envelope.data).toBeDefined();
    expect(received.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test('answers below an account too, whatever its name', async () => {
    const plain = await server.send(method, `/v1/callcenter/${path}`, sent);
    const asked = server.callCenter.asked.splice(0);

    const received = await server.send(method, `/v1/account/some-cert/callcenter/${path}`, sent);

    expect(received.text).toBe(plain.text);
    expect(server.callCenter.asked).toEqual(asked);
  });

  test('takes no other case, and nothing behind it', async () => {
    const shouted = await server.send(
      method,
      `/v1/callcenter/${path.replace(/^[a-z]+/, (word) => word.toUpperCase())}`,
      sent,
    );
    const longer = await server.send(method, `/v1/callcenter/${path}/a/b/c`, sent);

    for (const { status, envelope } of [shouted, longer]) {
      expect(status).toBe(404);
      expect(envelope).toEqual({ code: '000001', msg: '没有这个地址', data: null });
    }
    expect(server.callCenter.asked).toEqual([]);
  });

  test('names the methods that it takes', async () => {
    const { status, headers, envelope } = await server.send('PATCH', `/v1/callcenter/${path}`, sent);

    expect(status).toBe(405);
    expect(headers.allow?.split(', ')).toContain(method);
    expect(envelope).toEqual({ code: '000001', msg: '该地址不支持此方法', data: null });
  });
});

const refusalsOf = (endpoints: readonly Endpoint[]) =>
  endpoints.flatMap((endpoint) =>
    endpoint.refusals.map((reason) => [`${endpoint.method} ${endpoint.path}`, reason, endpoint] as const),
  );
const BY_THE_ENGINE = refusalsOf(COMMANDS);
const BY_ABSENCE = refusalsOf([...READINGS, ...ON_SOUNDS]);

const STATUSES: Readonly<Record<RefusalReason, number>> = {
  'parameter-illegal': 400,
  'phone-system-failed': 502,
  busy: 503,
  'idempotency-key-used': 422,
  'call-not-found': 404,
  'number-not-allowed': 403,
  'no-line': 503,
  'extension-user-exists': 409,
  'extension-bound': 409,
  'extension-not-found': 404,
  'extension-unavailable': 409,
  'agent-logged-in': 409,
  'agent-not-found': 404,
  'agent-busy': 409,
  'agent-expired': 409,
  'condition-not-found': 404,
  'expression-invalid': 400,
  'conversation-not-found': 404,
  'conversation-full': 409,
  'not-a-member': 409,
  'queue-task-not-found': 404,
  'plan-not-found': 404,
  'plan-in-file': 409,
  'sound-not-found': 404,
  'event-not-found': 404,
};

test.each(BY_THE_ENGINE)('%s can be refused: %s', async (_, reason, { method, path, body }) => {
  server.callCenter.refuseWith(new Refusal(reason, { about: 'this-one' }));

  const { status, envelope } = await server.call(method, path, body);

  expect(status).toBe(STATUSES[reason]);
  expect(envelope.code).toBe(REFUSAL_CODES[reason]);
  expect(envelope.msg).toMatch(/[\u4e00-\u9fff]+.*this-one/);
  expect(envelope.data).toBeNull();
});

test.each(BY_ABSENCE)('%s says that nothing is there: %s', async (_, reason, { method, path }) => {
  const empty = await startTestServer();
  const { status, envelope } = await empty.call(method, path);
  await empty.close();

  expect([status, envelope.code, envelope.data]).toEqual([STATUSES[reason], REFUSAL_CODES[reason], null]);
  expect(envelope.msg).toContain(path.split('/')[1]);
});

test('every reason for a refusal can come out of some endpoint', () => {
  expect(new Set([...BY_THE_ENGINE, ...BY_ABSENCE].map(([, reason]) => reason))).toEqual(
    new Set(Object.keys(REFUSAL_CODES)),
  );
});

test('the message names the parameter that the engine objects to, and why', async () => {
  server.callCenter.refuseWith(
    new Refusal('parameter-illegal', { parameter: 'extension', problem: { zh: '不妥', en: 'is odd' } }),
  );

  const { envelope } = await server.call('POST', 'agent', { name: '1001', extension: 'x' });

  expect(envelope.msg).toBe('参数错误: extension: 不妥');
});

test('the message names the rule that is against a number', async () => {
  server.callCenter.refuseWith(new Refusal('number-not-allowed', { number: '16812345', rule: 'premium' }));

  const { envelope } = await server.call('POST', 'agent/1001/call_out', {
    to: '16812345',
    max_answer_seconds: 60,
  });

  expect(envelope).toMatchObject({ code: '020001', msg: '号码不被允许: number 16812345: rule premium' });
});

describe('an id that cannot be one', () => {
  const body = { mode: 1 };
  const invitation = { to: '13800000000', max_answer_seconds: 60 };
  const ok = '1'.repeat(32);

  test.each([
    ['GET', 'extension/x', undefined, '040103'],
    ['GET', `extension/${'A'.repeat(32)}`, undefined, '040103'],
    ['DELETE', `extension/${ok}0`, undefined, '040103'],
    ['GET', 'agent/a%00b', undefined, '040202'],
    ['GET', 'agent/a%2Fb/keepalive', undefined, '040202'],
    ['GET', 'agent/%E5%9D%90', undefined, '040202'],
    ['GET', 'agent/%zz', undefined, '040202'],
    ['DELETE', `agent/${'a'.repeat(33)}`, undefined, '040202'],
    ['POST', 'agent/a-b/state', { state: 'idle' }, '040202'],
    ['POST', 'agent/a-b/extension', { id: ok }, '040202'],
    ['POST', 'agent/a-b/skills', { opts: [{ opt: 0 }] }, '040202'],
    ['GET', 'agent/a-b/conversation', undefined, '040202'],
    ['POST', 'agent/a-b/call_out', invitation, '040202'],
    ['POST', 'agent/a-b/enter', { conversation_id: ok }, '040202'],
    ['GET', 'condition/x', undefined, '040401'],
    ['DELETE', `condition/${ok}0`, undefined, '040401'],
    ['POST', 'condition/%00', {}, '040401'],
    ['DELETE', 'queue/x', undefined, '040601'],
    ['POST', 'queue/x', { priority: 1 }, '040601'],
    ['POST', 'routing/explain', { queue_id: 'x' }, '040601'],
    ['GET', 'plan/a.b', undefined, '040701'],
    ['GET', 'plan/__proto__%00', undefined, '040701'],
    ['DELETE', `plan/${'a'.repeat(65)}`, undefined, '040701'],
    ['GET', 'sound/..%2Fwelcome.wav', undefined, '040801'],
    ['DELETE', 'sound/%2e%2e%2fwelcome.wav', undefined, '040801'],
    ['GET', 'conversation/%00', undefined, '040501'],
    ['DELETE', 'conversation/1', undefined, '040501'],
    ['POST', 'conversation/1/invite_out', invitation, '040501'],
    ['POST', 'conversation/1/agent/1001/lsm', body, '040501'],
    ['POST', `conversation/${ok}/agent/a-b/lsm`, body, '040202'],
    ['POST', `conversation/1/call/${ok}/lsm`, body, '040501'],
    ['POST', `conversation/${ok}/call/x/lsm`, body, '020000'],
  ])('%s %s names nothing that exists', async (method, path, sent, code) => {
    const { status, envelope } = await server.call(method, path, sent);

    expect([status, envelope.code, envelope.data]).toEqual([404, code, null]);
    expect(server.callCenter.asked).toEqual([]);
    expect(server.callCenter.questions).toEqual([]);
    expect(server.sounds.asked).toEqual([]);
  });

  test('is found only after the body has been looked at', async () => {
    const { status, envelope } = await server.call('POST', 'conversation/1/call/x/lsm', { mode: 5 });

    expect([status, envelope.code]).toEqual([400, '000001']);
    expect(envelope.msg).toContain('mode');
  });
});
