import type { Conversation, Member } from '../../src/domain/conversation/conversation';
import type {
  AgentId,
  AgentName,
  AppId,
  CallId,
  ChannelId,
  ConditionId,
  ExtensionId,
  Instant,
  QueueTaskId,
} from '../../src/domain/ids';
import { agentEnqueue } from '../../src/domain/queue/enqueue';
import { NEW_ID } from '../support/http-call-center';
import { APP, startTestServer, type TestServer } from '../support/http-client';
import { aConversation, aMember, BEGUN, idOf } from '../support/http-objects';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const PATH = `conversation/${idOf(1)}`;
const later = (seconds: number) => (BEGUN + seconds * 1000) as Instant;

const refused = async (parameter: string, sent: ReturnType<TestServer['call']>) => {
  const { status, envelope } = await sent;
  expect([status, envelope.code, envelope.data]).toEqual([400, '000001', null]);
  expect(envelope.msg).toMatch(new RegExp(`^参数错误: ${parameter}: .`));
  expect(server.callCenter.asked).toEqual([]);
};

describe('a conversation', () => {
  const agent: Member = aMember(2, {
    party: {
      kind: 'agent',
      agentId: `${APP}/1001` as AgentId,
      name: '1001' as AgentName,
      extensionId: idOf<ExtensionId>(3),
    },
    mode: 2,
    until: later(61),
  });
  const withheld = aMember(4, { party: { kind: 'outside', from: 'dialplan', telnumber: null }, mode: 4 });
  const whole: Conversation = aConversation(1, {
    channelId: '1714607999.7' as ChannelId,
    queueId: idOf<QueueTaskId>(5),
    conditionId: idOf<ConditionId>(6),
    agentCallId: idOf<CallId>(7),
    members: [aMember(1), agent, withheld],
    stage: { at: 'ended', since: later(62), reason: 'dismiss', hadBegun: true },
  });

  test('that is over is shown with every key, in the order of the documentation', async () => {
    server.callCenter.conversations.push(whole);

    const { text } = await server.call('GET', PATH);

    const data = {
      id: idOf(1),
      type: 'queue',
      state: 'completed',
      channel_id: '1714607999.7',
      queue_id: idOf(5),
      condition_id: idOf(6),
      begin_time: 1_714_607_999_000,
      end_time: 1_714_608_061_000,
      end_reason: 'dismiss',
      agent_call_id: idOf(7),
      members: [
        { telnumber: '13800000000', call_id: idOf(1), mode: 1, begin_time: '2024-05-02 07:59:59', end_time: null },
        {
          name: '1001',
          extension_id: idOf(3),
          call_id: idOf(2),
          mode: 2,
          begin_time: '2024-05-02 07:59:59',
          end_time: '2024-05-02 08:01:00',
        },
        { telnumber: null, call_id: idOf(4), mode: 4, begin_time: '2024-05-02 07:59:59', end_time: null },
      ],
    };
    expect(text).toBe(JSON.stringify({ code: '000000', msg: '请求成功', data }));
  });

  test.each(['gathering', 'begun'] as const)('that is %s is running, and nulls are shown', async (at) => {
    const stage = at === 'begun' ? { at, since: BEGUN } : { at };
    server.callCenter.conversations.push(aConversation(1, { type: 'call_out', stage }));

    const { envelope } = await server.call('GET', PATH);

    expect(envelope.data).toEqual({
      id: idOf(1),
      type: 'call_out',
      state: 'running',
      channel_id: null,
      queue_id: null,
      condition_id: null,
      begin_time: BEGUN,
      end_time: null,
      end_reason: null,
      agent_call_id: null,
      members: [],
    });
  });

  test('of another application, or never there, does not exist', async () => {
    server.callCenter.conversations.push(aConversation(1, { app: 'other' as AppId }));

    for (const path of [PATH, `conversation/${idOf(2)}`]) {
      const { status, envelope } = await server.call('GET', path);
      expect([status, envelope.code]).toEqual([404, '040501']);
    }
  });
});

test.each([
  ['UTC', '2024-05-01 23:59:59'],
  ['Asia/Shanghai', '2024-05-02 07:59:59'],
  ['America/New_York', '2024-05-01 19:59:59'],
  ['Asia/Kathmandu', '2024-05-02 05:44:59'],
])("in %s a member's times are those of its clocks", async (timeZone, expected) => {
  const there = await startTestServer({ timeZone });
  there.callCenter.conversations.push(aConversation(1, { members: [aMember(1)] }));

  const { envelope } = await there.call('GET', PATH);
  await there.close();

  expect(envelope.data).toMatchObject({ members: [{ begin_time: expected }] });
});

test('midnight is 00, not 24', async () => {
  const midnight = 1_714_579_200_000 as Instant;
  server.callCenter.conversations.push(aConversation(1, { members: [aMember(1, { since: midnight })] }));

  const { envelope } = await server.call('GET', PATH);

  expect(envelope.data).toMatchObject({ members: [{ begin_time: '2024-05-02 00:00:00' }] });
});

describe('the list', () => {
  const defaults = { app: APP, offset: 0, limit: 20 };

  test('shows what the store found, members included', async () => {
    server.callCenter.conversations.push(aConversation(2, { members: [aMember(1)] }), aConversation(1));

    const { envelope } = await server.call('GET', 'conversation');

    expect(envelope.data).toMatchObject({
      pageSize: 20,
      startIndex: 1,
      totalCount: 2,
      totalPageCount: 1,
      currentPageNo: 1,
      result: [
        { id: idOf(2), members: [{ telnumber: '13800000000' }] },
        { id: idOf(1), members: [] },
      ],
    });
  });

  test.each([
    ['', {}],
    ['?state=&type=&agent=&telnumber=&from=&to=', {}],
    ['?pageNo=3&pageSize=7', { offset: 14, limit: 7 }],
    ['?page=2&size=5', { offset: 5, limit: 5 }],
    ['?state=running&type=call_out', { state: 'running', type: 'call_out' }],
    ['?state=completed&type=queue&agent=1001', { state: 'completed', type: 'queue', agent: '1001' }],
    ['?telnumber=%2B8613800000000', { telnumber: '+8613800000000' }],
    ['?telnumber=anonymous', { telnumber: 'anonymous' }],
    ['?from=0&to=1714607999000', { from: 0, to: 1_714_607_999_000 }],
  ])('%s asks the store for %j', async (query, expected) => {
    await server.call('GET', `conversation${query}`);
    expect(server.callCenter.queries).toEqual([{ ...defaults, ...expected }]);
  });

  test.each([
    ['state=over', 'state'],
    ['type=ivr', 'type'],
    ['agent=a-b', 'agent'],
    ['telnumber=' + '1'.repeat(65), 'telnumber'],
    ['from=yesterday', 'from'],
    ['from=-1', 'from'],
    ['to=8640000000000001', 'to'],
    ['to=1&to=2', 'to'],
    ['size=1001', 'size'],
  ])('refuses %s by name', async (query, parameter) => {
    await refused(parameter, server.call('GET', `conversation?${query}`));
    expect(server.callCenter.queries).toEqual([]);
  });
});

test('dissolving answers true', async () => {
  const { envelope } = await server.call('DELETE', PATH);

  expect(envelope.data).toBe(true);
  expect(server.callCenter.asked).toEqual([{ type: 'dissolve', app: APP, conversationId: idOf(1) }]);
});

describe('listen/speak modes', () => {
  test.each([1, 2, 3, 4, '1', '4'])("an agent's can be %j", async (mode) => {
    const { envelope } = await server.call('POST', `${PATH}/agent/1001/lsm`, { mode });

    expect(envelope.data).toBe(true);
    expect(server.callCenter.asked).toEqual([
      { type: 'set-agent-mode', app: APP, conversationId: idOf(1), name: '1001', mode: Number(mode) },
    ]);
  });

  test("any member's is set by its call", async () => {
    const { envelope } = await server.call('POST', `${PATH}/call/${idOf(2)}/lsm`, { mode: 3 });

    expect(envelope.data).toBe(true);
    expect(server.callCenter.asked).toEqual([
      { type: 'set-call-mode', app: APP, conversationId: idOf(1), callId: idOf(2), mode: 3 },
    ]);
  });

  const wrong = [undefined, null, 0, 5, 1.5, '', 'x', '1.0', ' 1', '0x1', true, [1], {}];
  test.each(wrong.flatMap((mode) => [`agent/1001`, `call/${idOf(2)}`].map((who) => ({ who, mode }))))(
    'it is refused: %j',
    async ({ who, mode }) => {
      await refused('mode', server.call('POST', `${PATH}/${who}/lsm`, { mode }));
    },
  );
});

describe('inviting an outside number', () => {
  const INVITATION = { to: '13800000000', max_answer_seconds: 60 };
  const asked = {
    type: 'invite-out',
    app: APP,
    conversationId: idOf(1),
    to: '13800000000',
    from: null,
    ringSeconds: 45,
    talkSeconds: 60,
    mode: 1,
  };

  test('answers the id of the call', async () => {
    const { envelope } = await server.call('POST', `${PATH}/invite_out`, INVITATION);

    expect(envelope.data).toEqual({ call_id: NEW_ID });
    expect(server.callCenter.asked).toEqual([asked]);
  });

  test.each([
    ['numbers for texts and texts for numbers', { to: 13800000000, max_answer_seconds: '60', mode: '1' }, {}],
    ['nulls', { from: null, max_dial_seconds: null, mode: null, max_dial_duration: null }, {}],
    ['all of it', { from: '+8610', max_dial_seconds: 300, mode: 4 }, { from: '+8610', ringSeconds: 300, mode: 4 }],
    ['the longest talk', { max_answer_seconds: 21600 }, { talkSeconds: 21600 }],
    [
      'the names of existing clients',
      { max_dial_duration: '30', max_call_duration: 90, max_answer_seconds: null },
      { ringSeconds: 30, talkSeconds: 90 },
    ],
    [
      'both names, of which ours counts',
      { max_dial_seconds: 10, max_dial_duration: 0, max_call_duration: 'x' },
      { ringSeconds: 10 },
    ],
    ['the shortest number', { to: '110' }, { to: '110' }],
    ['the longest number', { to: `+${'1'.repeat(20)}` }, { to: `+${'1'.repeat(20)}` }],
  ])('takes %s', async (_, given, expected) => {
    await server.call('POST', `${PATH}/invite_out`, { ...INVITATION, ...given });
    expect(server.callCenter.asked).toEqual([{ ...asked, ...expected }]);
  });

  const NO_NUMBERS = [
    '12',
    '1'.repeat(21),
    '+12',
    '++123',
    '123+',
    '138 0000 0000',
    '138-0000-0000',
    '13800000000&PJSIP/1001',
    '13800000000/n',
    '13800000000@elsewhere',
    'Local/100@default',
    'sip:100',
    '*98',
    '123#',
    '12a',
    '123\n',
    '１２３',
    '123,,w',
    '${EXTEN}',
    123.5,
    -123,
    1e21,
    2 ** 53,
    true,
    ['123'],
    { number: '123' },
  ];
  test.each(NO_NUMBERS)('%j is no number to call', async (to) => {
    await refused('to', server.call('POST', `${PATH}/invite_out`, { ...INVITATION, to }));
  });
  test.each(NO_NUMBERS)('%j is no number to show', async (from) => {
    await refused('from', server.call('POST', `${PATH}/invite_out`, { ...INVITATION, from }));
  });

  test.each([
    ['to', { to: undefined }],
    ['to', { to: null }],
    ['max_answer_seconds', { max_answer_seconds: undefined }],
    ['max_answer_seconds', { max_answer_seconds: 0 }],
    ['max_answer_seconds', { max_answer_seconds: 21601 }],
    ['max_answer_seconds', { max_answer_seconds: 1.5 }],
    ['max_answer_seconds', { max_answer_seconds: '1e3' }],
    ['max_call_duration', { max_answer_seconds: null, max_call_duration: 0 }],
    ['max_dial_seconds', { max_dial_seconds: 0 }],
    ['max_dial_seconds', { max_dial_seconds: 301 }],
    ['max_dial_seconds', { max_dial_seconds: '' }],
    ['max_dial_duration', { max_dial_duration: 301 }],
    ['mode', { mode: 5 }],
  ])('refuses a wrong %s by name: %j', async (parameter, given) => {
    await refused(parameter, server.call('POST', `${PATH}/invite_out`, { ...INVITATION, ...given }));
  });
});

describe('inviting an agent', () => {
  const enqueue = '<enqueue><route><agent name="1001"/></route></enqueue>';

  test('asks for what the document says and answers the id of the queue task', async () => {
    const { envelope } = await server.call('POST', `${PATH}/invite_agent`, { enqueue });

    expect(envelope.data).toEqual({ queue_id: NEW_ID });
    expect(server.callCenter.asked).toEqual([
      {
        type: 'invite-agent',
        app: APP,
        conversationId: idOf(1),
        enqueue: agentEnqueue('1001' as AgentName),
        mode: 1,
      },
    ]);
  });

  test('takes a mode', async () => {
    await server.call('POST', `${PATH}/invite_agent`, { enqueue, mode: '2' });
    expect(server.callCenter.asked).toMatchObject([{ mode: 2 }]);
  });

  test.each([
    ['enqueue', {}, '缺少'],
    ['enqueue', { enqueue: null }, '缺少'],
    ['enqueue', { enqueue: '' }, '缺少开始标签'],
    ['enqueue', { enqueue: 5 }, '字符串'],
    ['enqueue', { enqueue: '<enqueue>' }, '第 1 行'],
    ['enqueue', { enqueue: '<enqueue/>' }, 'enqueue: 至少需要一个 <route>'],
    ['enqueue', { enqueue: enqueue.replace('1001', 'a-b') }, '第 1 个 route 的第 1 个目标 .agent.: name 应为'],
    ['enqueue', { enqueue: enqueue.replace('<enqueue>', '<enqueue chioce="lru">') }, 'choice'],
    ['enqueue', { enqueue: `<!DOCTYPE x [<!ENTITY y "z">]>${enqueue}` }, '文档类型'],
    ['enqueue', { enqueue: enqueue + ' '.repeat(16_384) }, '16384 字节'],
    ['mode', { enqueue, mode: 0 }, '1'],
  ])('a wrong %s is refused, and the place is named: %j', async (parameter, body, place) => {
    const sent = server.call('POST', `${PATH}/invite_agent`, body);
    await refused(parameter, sent);
    expect((await sent).envelope.msg).toMatch(new RegExp(place));
  });
});
