import type { AppId } from '../../src/domain/ids';
import { NEW_ID } from '../support/http-call-center';
import { APP, startTestServer, type TestServer } from '../support/http-client';
import { aCondition, addConditions, expression, idOf } from '../support/http-objects';
import { expectRefused } from '../support/http-refused';
import { MALFORMED_EXPRESSIONS } from '../support/expressions';
import { englishIn } from '../support/languages';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const WHERE = 'get("sales") >= 3 && has("english")';
const NEW = { where: WHERE, queue_timeout: 60 };
const ONE = `condition/${idOf(1)}`;
const where = expression(WHERE, 'boolean');
const created = {
  type: 'create-condition',
  app: APP,
  where,
  sort: null,
  priority: 0,
  queueTimeoutSeconds: 60,
  fetchTimeoutSeconds: 45,
  remark: null,
};

describe('creating', () => {
  test('given no more than it needs, the rest is as documented, and the id is told twice', async () => {
    const { envelope } = await server.call('POST', 'condition', NEW);

    expect(envelope.data).toEqual({ id: NEW_ID, conditionId: NEW_ID });
    expect(server.callCenter.asked).toEqual([created]);
  });

  test('given everything, all of it is asked', async () => {
    const all = { sort: 'idle()', priority: 99, queue_timeout: 1000, fetch_timeout: 60, remark: '销售' };
    await server.call('POST', 'condition', { ...NEW, ...all });

    expect(server.callCenter.asked).toEqual([
      {
        ...created,
        sort: expression('idle()', 'number'),
        priority: 99,
        queueTimeoutSeconds: 1000,
        fetchTimeoutSeconds: 60,
        remark: '销售',
      },
    ]);
  });

  const LONGEST = `name() == "${'😀'.repeat(512 - 12)}"`;

  test.each([
    ['nulls', { sort: null, priority: null, fetch_timeout: null, remark: null }, {}],
    ['an empty sort and remark', { sort: '', remark: '' }, {}],
    ['texts for numbers', { priority: '5', queue_timeout: '1', fetch_timeout: '1' }, { priority: 5 }],
    ['a sort that is a number', { sort: 5 }, { sort: expression('5', 'number') }],
    ['the longest remark, in characters', { remark: '😀'.repeat(128) }, { remark: '😀'.repeat(128) }],
    ['the longest where, in characters', { where: LONGEST }, { where: expression(LONGEST, 'boolean') }],
    ['a final semicolon', { where: 'true;' }, { where: expression('true;', 'boolean') }],
    ['unknown keys', { weight: 5 }, {}],
  ])('takes %s', async (_, given, expected) => {
    const { status } = await server.call('POST', 'condition', { ...NEW, ...given });

    expect(status).toBe(200);
    expect(server.callCenter.asked).toMatchObject([{ type: 'create-condition', ...expected }]);
  });

  test.each([
    ['where', { where: undefined }],
    ['where', { where: null }],
    ['where', { where: true }],
    ['where', { where: ['true'] }],
    ['where', { where: `${LONGEST} ` }],
    ['sort', { sort: false }],
    ['sort', { sort: `1${' '.repeat(512)}` }],
    ['priority', { priority: -1 }],
    ['priority', { priority: 100 }],
    ['priority', { priority: 1.5 }],
    ['priority', { priority: 'high' }],
    ['queue_timeout', { queue_timeout: undefined }],
    ['queue_timeout', { queue_timeout: null }],
    ['queue_timeout', { queue_timeout: 0 }],
    ['queue_timeout', { queue_timeout: 1001 }],
    ['queue_timeout', { queue_timeout: '' }],
    ['fetch_timeout', { fetch_timeout: 0 }],
    ['fetch_timeout', { fetch_timeout: 61 }],
    ['remark', { remark: 'x'.repeat(129) }],
    ['remark', { remark: {} }],
  ])('refuses a wrong %s by name: %j', async (parameter, given) => {
    await expectRefused(server, parameter, server.call('POST', 'condition', { ...NEW, ...given }));
  });
});

const misread = async (sent: ReturnType<TestServer['call']>) => {
  const { status, envelope } = await sent;
  expect([status, envelope.code, envelope.data]).toEqual([400, '040402', null]);
  expect(server.callCenter.asked).toEqual([]);
  return envelope.msg;
};

describe('a rule that is none', () => {
  test.each([
    ['POST', 'condition'],
    ['POST', ONE],
  ])('is refused by %s %s with parameter and place, the where first', async (method, path) => {
    const both = await misread(server.call(method, path, { ...NEW, where: 'hass("a")', sort: '1 +' }));
    const sort = await misread(server.call(method, path, { ...NEW, sort: 'get("a") + idel()' }));

    expect(both).toBe('where/sort 表达式无效: where: 第 1 个字符: 未知函数 "hass"，是否应为 has？');
    expect(sort).toBe('where/sort 表达式无效: sort: 第 12 个字符: 未知函数 "idel"，是否应为 idle？');
  });

  test('must give what the parameter is for', async () => {
    expect(await misread(server.call('POST', 'condition', { ...NEW, where: 'get("a")' }))).toMatch(
      /where: 第 1 个/,
    );
    expect(await misread(server.call('POST', 'condition', { ...NEW, sort: 'has("a")' }))).toMatch(/sort: 第 1 个/);
    expect(await misread(server.call('POST', 'condition', { ...NEW, where: '' }))).toMatch(/where: 第 1 个字符: /);
    expect(await misread(server.call('POST', ONE, { where: '' }))).toMatch(/where: 第 1 个字符: /);
  });

  test('is told in English on demand', async () => {
    const body = { ...NEW, where: '1 <' };
    const headers = { 'Accept-Language': 'en' };
    const { envelope } = await server.send('POST', '/v1/callcenter/condition', { body, headers });
    expect(envelope.msg).toMatch(/^where\/sort expression is invalid: where: character \d+: /);
  });

  const sendable = MALFORMED_EXPRESSIONS.filter(
    ({ text, wanted }) => [...text].length <= 512 && wanted !== 'string' && text !== '',
  );
  test.each(sendable)(
    '$text is refused as $wanted, in the language of the request',
    async ({ text, wanted, at, problem }) => {
      const body = wanted === 'boolean' ? { ...NEW, where: text } : { ...NEW, sort: text };
      const headers = { 'Accept-Language': 'en' };
      const chinese = await misread(server.call('POST', 'condition', body));
      const english = await misread(server.send('POST', '/v1/callcenter/condition', { body, headers }));

      const parameter = wanted === 'boolean' ? 'where' : 'sort';
      expect(chinese).toContain(`where/sort 表达式无效: ${parameter}: 第 ${at} 个字符: `);
      expect(englishIn(chinese)).toEqual([]);
      expect(english).toContain(`where/sort expression is invalid: ${parameter}: character ${at}: `);
      expect(english).toMatch(problem);
    },
  );

  test.each(MALFORMED_EXPRESSIONS.filter(({ text }) => [...text].length > 512))(
    'a text of too many characters is a parameter error: $text',
    async ({ text }) => {
      await expectRefused(
        server,
        'where',
        server.call('POST', 'condition', { ...NEW, where: text.slice(0, 50_000) }),
      );
    },
  );
});

describe('changing', () => {
  const changed = { type: 'change-condition', app: APP, conditionId: idOf(1) };

  test.each([
    ['nothing', {}, {}],
    [
      'nulls',
      { where: null, sort: null, priority: null, queue_timeout: null, fetch_timeout: null, remark: null },
      {},
    ],
    ['the where', { where: WHERE }, { where }],
    ['the sort', { sort: 'idle()' }, { sort: expression('idle()', 'number') }],
    ['an empty sort', { sort: '' }, { sort: null }],
    ['the priority', { priority: 0 }, { priority: 0 }],
    ['the limits', { queue_timeout: '5', fetch_timeout: 6 }, { queueTimeoutSeconds: 5, fetchTimeoutSeconds: 6 }],
    ['the remark', { remark: 'x' }, { remark: 'x' }],
    ['an empty remark', { remark: '' }, { remark: null }],
  ])('given %s asks for no more than that', async (_, body, expected) => {
    const { envelope } = await server.call('POST', ONE, body);

    expect(envelope.data).toBe(true);
    expect(server.callCenter.asked).toEqual([{ ...changed, ...expected }]);
  });

  test.each([
    ['where', { where: 'x'.repeat(513) }],
    ['sort', { sort: [] }],
    ['priority', { priority: 100 }],
    ['queue_timeout', { queue_timeout: 0 }],
    ['fetch_timeout', { fetch_timeout: 61 }],
    ['remark', { remark: 'x'.repeat(129) }],
  ])('refuses a wrong %s by name', async (parameter, body) => {
    await expectRefused(server, parameter, server.call('POST', ONE, body));
  });
});

test('deleting asks for it by id and answers true', async () => {
  const { envelope } = await server.call('DELETE', ONE);

  expect(envelope.data).toBe(true);
  expect(server.callCenter.asked).toEqual([{ type: 'delete-condition', app: APP, conditionId: idOf(1) }]);
});

describe('what there is', () => {
  test('is shown as it was written, with every key', async () => {
    const sort = expression('get( "sales" );', 'number');
    addConditions(server.callCenter, aCondition(1, { where, sort, priority: 7, remark: '销售' }), aCondition(2));

    const one = await server.call('GET', ONE);
    const two = await server.call('GET', `condition/${idOf(2)}`);

    expect(one.text).toBe(
      JSON.stringify({
        code: '000000',
        msg: '请求成功',
        data: {
          id: idOf(1),
          where: WHERE,
          sort: 'get( "sales" );',
          priority: 7,
          queue_timeout: 60,
          fetch_timeout: 45,
          remark: '销售',
        },
      }),
    );
    expect(two.envelope.data).toMatchObject({ sort: null, priority: 0, remark: null });
  });

  test('is listed in order of creation, bare', async () => {
    addConditions(server.callCenter, ...[3, 1, 2].map((number) => aCondition(number)));
    const { envelope } = await server.call('GET', 'condition');
    expect(envelope.data).toMatchObject([{ id: idOf(1) }, { id: idOf(2) }, { id: idOf(3) }]);
  });

  test('may be nothing', async () => {
    expect((await server.call('GET', 'condition')).envelope.data).toEqual([]);
  });

  test('of another application does not exist', async () => {
    addConditions(server.callCenter, aCondition(1, { app: 'other' as AppId }), aCondition(2));

    const single = await server.call('GET', ONE);
    const list = await server.call('GET', 'condition');

    expect([single.status, single.envelope.code]).toEqual([404, '040401']);
    expect(single.envelope.msg).toBe(`排队条件不存在: id ${idOf(1)}`);
    expect(list.envelope.data).toMatchObject([{ id: idOf(2) }]);
  });
});
