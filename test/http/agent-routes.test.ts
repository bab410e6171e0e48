import type { AgentState } from '../../src/domain/agent/agent';
import type { AppId, CallId, ConversationId, Instant } from '../../src/domain/ids';
import { APP, startTestServer, type TestServer } from '../support/http-client';
import { aCall, addAgents, addCalls, anAgent, BEGUN, idOf } from '../support/http-objects';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const refused = async (parameter: string, sent: ReturnType<TestServer['call']>) => {
  const { status, envelope } = await sent;
  expect([status, envelope.code, envelope.data]).toEqual([400, '000001', null]);
  expect(envelope.msg).toMatch(new RegExp(`^参数错误: ${parameter.replaceAll('.', '\\.')}: .`));
  expect(server.callCenter.asked).toEqual([]);
};

describe('login', () => {
  const LOGIN = { name: 'agent_1', extension: idOf(1) };
  const asked = {
    type: 'log-in',
    app: APP,
    name: 'agent_1',
    extensionId: idOf(1),
    num: null,
    state: 'online',
    skills: [],
  };

  test('given no more than it needs, the rest is as documented', async () => {
    const { text } = await server.call('POST', 'agent', LOGIN);

    expect(text).toBe('{"code":"000000","msg":"请求成功","data":null}');
    expect(server.callCenter.asked).toEqual([asked]);
  });

  test('given everything, all of it is asked', async () => {
    const skills = [
      { name: '英语', score: '80', enabled: 'yes' },
      { name: 'sales', score: -5, enabled: true },
      { name: 7, score: null, enabled: null, level: 'odd' },
      { name: 'rest' },
    ];
    await server.call('POST', 'agent', { ...LOGIN, num: 8001, state: 'busy/午餐', skills });

    expect(server.callCenter.asked).toEqual([
      {
        ...asked,
        num: '8001',
        state: 'busy/午餐',
        skills: [
          { name: '英语', score: 80, enabled: true },
          { name: 'sales', score: -5, enabled: true },
          { name: '7', score: 0, enabled: false },
          { name: 'rest', score: 0, enabled: false },
        ],
      },
    ]);
  });

  test.each([
    ['nulls', { num: null, state: null, skills: null, from: null }, {}],
    ['a name in digits', { name: 1001 }, { name: '1001' }],
    ['the longest name', { name: 'a'.repeat(32) }, { name: 'a'.repeat(32) }],
    ['an extension that may not be there', { extension: 'nonsense' }, { extensionId: 'nonsense' }],
    ['idle', { state: 'idle' }, { state: 'idle' }],
    ['away', { state: 'away' }, { state: 'away' }],
    ['the longest sub-state', { state: `away/${'😀'.repeat(256)}` }, { state: `away/${'😀'.repeat(256)}` }],
    ['a slash in a sub-state', { state: 'busy/a/b' }, { state: 'busy/a/b' }],
    ['zeros in front of a number', { num: '0012' }, { num: '0012' }],
  ])('takes %s', async (_, given, expected) => {
    await server.call('POST', 'agent', { ...LOGIN, ...given });
    expect(server.callCenter.asked).toEqual([{ ...asked, ...expected }]);
  });

  test.each([
    ['name', { name: undefined }],
    ['name', { name: null }],
    ['name', { name: '' }],
    ['name', { name: 'a'.repeat(33) }],
    ['name', { name: 'a-b' }],
    ['name', { name: 'a&b' }],
    ['name', { name: '坐席' }],
    ['name', { name: 1.5 }],
    ['name', { name: 2 ** 53 }],
    ['name', { name: { $ne: '' } }],
    ['extension', { extension: undefined }],
    ['extension', { extension: null }],
    ['extension', { extension: ['x'] }],
    ['extension', { extension: 'x'.repeat(65) }],
    ['num', { num: 'abc' }],
    ['num', { num: '-1' }],
    ['num', { num: '1'.repeat(33) }],
    ['state', { state: 'fetching' }],
    ['state', { state: 'talking' }],
    ['state', { state: 'idle/x' }],
    ['state', { state: 'online/x' }],
    ['state', { state: 'Busy' }],
    ['state', { state: `busy/${'x'.repeat(257)}` }],
    ['state', { state: 'busy/a\u0000b' }],
    ['state', { state: 'busy/\ud800' }],
    ['skills', { skills: 'sales' }],
    ['skills', { skills: { name: 'sales' } }],
    ['skills.0', { skills: ['sales'] }],
    ['skills.0.name', { skills: [{}] }],
    ['skills.0.name', { skills: [{ name: '' }] }],
    ['skills.1.name', { skills: [{ name: 'ok' }, { name: 'a\nb' }] }],
    ['skills.2.name', { skills: [{ name: 'ok' }, { name: 'Ok' }, { name: 'ok', score: 2 }] }],
    ['skills.0.score', { skills: [{ name: 'ok', score: 'high' }] }],
    ['skills.0.score', { skills: [{ name: 'ok', score: 1.5 }] }],
    ['skills.0.enabled', { skills: [{ name: 'ok', enabled: 'perhaps' }] }],
    ['skills.0.enabled', { skills: [{ name: 'ok', enabled: 2 }] }],
  ])('refuses a wrong %s by name: %j', async (parameter, given) => {
    await refused(parameter, server.call('POST', 'agent', { ...LOGIN, ...given }));
  });
});

describe('logout', () => {
  test.each([
    ['', false],
    ['?force=', false],
    ['?force=true', true],
    ['?force=1', true],
    ['?force=on', true],
    ['?force=yes', true],
    ['?force=True', true],
    ['?force=false', false],
    ['?force=0', false],
    ['?force=off', false],
    ['?force=no', false],
  ])('%s forces: %j', async (query, force) => {
    const { envelope } = await server.call('DELETE', `agent/1001${query}`);

    expect(envelope.data).toBeNull();
    expect(server.callCenter.asked).toEqual([{ type: 'log-out', app: APP, name: '1001', force }]);
  });

  test('refuses a force that is no boolean', async () => {
    await refused('force', server.call('DELETE', 'agent/1001?force=maybe'));
  });
});

test('a keepalive is asked as one', async () => {
  const { envelope } = await server.call('GET', 'agent/1001/keepalive');

  expect(envelope.data).toBeNull();
  expect(server.callCenter.asked).toEqual([{ type: 'keep-alive', app: APP, name: '1001' }]);
});

describe('an agent', () => {
  test('is shown whole, and reading it counts as a keepalive', async () => {
    const skills = [{ name: 'sales', score: 3, enabled: true }];
    const callId = idOf<CallId>(5);
    addCalls(server.callCenter, aCall(5, { memberOf: [idOf<ConversationId>(8), idOf<ConversationId>(9)] }));
    addAgents(
      server.callCenter,
      anAgent('1001', { num: '88', state: 'talking', skills, callId, lastTalkAt: BEGUN }),
    );

    const { envelope } = await server.call('GET', 'agent/1001');

    expect(envelope.data).toEqual({
      name: '1001',
      num: '88',
      state: 'talking',
      extension: idOf(1),
      skills,
      last_time: BEGUN,
      conversations: [idOf(8), idOf(9)],
    });
    expect(server.callCenter.asked).toEqual([{ type: 'keep-alive', app: APP, name: '1001' }]);
  });

  test('that never talked has nulls and empty lists', async () => {
    addAgents(server.callCenter, anAgent('1001'));

    const { envelope } = await server.call('GET', 'agent/1001');

    expect(envelope.data).toMatchObject({ num: null, skills: [], last_time: null, conversations: [] });
  });

  test('that has gone since its keepalive does not exist', async () => {
    const { status, envelope } = await server.call('GET', 'agent/1001');
    expect([status, envelope.code, envelope.msg]).toEqual([404, '040202', '坐席不存在: name 1001']);
  });
});

describe('the list', () => {
  const loggedInAt = (seconds: number) => (BEGUN + seconds) as Instant;
  const skill = (name: string, enabled: boolean) => ({ name, score: 1, enabled });

  beforeEach(() =>
    addAgents(
      server.callCenter,
      anAgent('late', { loggedInAt: loggedInAt(9), state: 'busy', skills: [skill('sales', true)] }),
      anAgent('b', { loggedInAt: loggedInAt(1), state: 'busy/lunch', skills: [skill('sales', false)] }),
      anAgent('a', { loggedInAt: loggedInAt(1), state: 'busyness' as AgentState }),
      anAgent('first', { loggedInAt: loggedInAt(0), state: 'talking', skills: [skill('tax', true)] }),
      anAgent('alien', { app: 'other' as AppId }),
    ),
  );

  test.each([
    ['', ['first', 'a', 'b', 'late']],
    ['?state=&skill=', ['first', 'a', 'b', 'late']],
    ['?state=busy', ['b', 'late']],
    ['?state=busy/lunch', ['b']],
    ['?state=busy/l', []],
    ['?state=talking', ['first']],
    ['?skill=sales', ['late']],
    ['?skill=tax&state=busy', []],
    ['?pageNo=2&pageSize=3', ['late']],
    ['?page=1&size=1', ['first']],
  ])('%s shows %j', async (query, names) => {
    const { envelope } = await server.call('GET', `agent${query}`);
    const { result } = envelope.data as { result: { name: string }[] };

    expect(result.map(({ name }) => name)).toEqual(names);
    expect(server.callCenter.asked).toEqual([]);
  });

  test('counts what the filters leave', async () => {
    const { envelope } = await server.call('GET', 'agent?state=busy&pageSize=1');
    expect(envelope.data).toMatchObject({ totalCount: 2, totalPageCount: 2, startIndex: 1, currentPageNo: 1 });
  });

  test.each([
    ['state=sleeping', 'state'],
    ['state=idle/x', 'state'],
    ['skill=a%00b', 'skill'],
    ['pageSize=0', 'pageSize'],
  ])('refuses %s by name', async (query, parameter) => {
    await refused(parameter, server.call('GET', `agent?${query}`));
  });
});

describe('binding another extension', () => {
  test('is asked by id', async () => {
    const { envelope } = await server.call('POST', 'agent/1001/extension', { id: idOf(4) });

    expect(envelope.data).toBeNull();
    expect(server.callCenter.asked).toEqual([
      { type: 'bind-extension', app: APP, name: '1001', extensionId: idOf(4) },
    ]);
  });

  test.each([{}, { id: null }, { id: true }, { id: {} }])('refuses %j by name', async (body) => {
    await refused('id', server.call('POST', 'agent/1001/extension', body));
  });
});

describe('setting the state', () => {
  test.each(['idle', 'busy', 'busy/', 'busy/paperwork', 'away', `away/${'字'.repeat(256)}`])(
    'takes %s',
    async (state) => {
      const { envelope } = await server.call('POST', 'agent/1001/state', { state });

      expect(envelope.data).toBeNull();
      expect(server.callCenter.asked).toEqual([{ type: 'set-state', app: APP, name: '1001', state }]);
    },
  );

  test.each([
    ['online'],
    ['fetching'],
    ['talking'],
    ['idle/x'],
    ['busy paperwork'],
    [`busy/${'x'.repeat(257)}`],
    [''],
    [null],
    [1],
    [['busy']],
  ])('refuses %j', async (state) => {
    await refused('state', server.call('POST', 'agent/1001/state', { state }));
  });
});
