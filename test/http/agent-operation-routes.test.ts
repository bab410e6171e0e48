import type { AgentName } from '../../src/domain/ids';
import { agentEnqueue } from '../../src/domain/queue/enqueue';
import { NEW_ID } from '../support/http-call-center';
import { APP, startTestServer, type TestServer } from '../support/http-client';
import { idOf } from '../support/http-objects';
import { expectRefused } from '../support/http-refused';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

type Described = {
  /** The least that it takes. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What the engine is asked for then, on top of application and agent. */
  readonly asks: Readonly<Record<string, unknown>>;
  readonly answers: unknown;
};

const ENQUEUE = '<enqueue><route><agent name="1002"/></route></enqueue>';
const enqueue = agentEnqueue('1002' as AgentName);
const OUTSIDE = { to: '13800000000', max_answer_seconds: 60 };
const outside = { to: '13800000000', from: null, ringSeconds: 45, talkSeconds: 60 };
const HERE = { conversation_id: idOf(1) };
const here = { conversationId: idOf(1) };

const OPERATIONS = {
  reject: {
    body: { queue_id: idOf(3) },
    asks: { type: 'reject', taskId: idOf(3), userData: null },
    answers: true,
  },
  fwd_agent: {
    body: { queue_task_id: idOf(3), enqueue: ENQUEUE },
    asks: { type: 'forward-to-agent', taskId: idOf(3), enqueue },
    answers: { queue_id: NEW_ID },
  },
  call_out: {
    body: OUTSIDE,
    asks: { type: 'call-out', ...outside, userData: null },
    answers: { call_id: NEW_ID, conversation_id: NEW_ID },
  },
  call_agent: {
    body: { enqueue: ENQUEUE },
    asks: { type: 'call-agent', enqueue },
    answers: { call_id: NEW_ID, conversation_id: NEW_ID, queue_id: NEW_ID },
  },
  xfer_agent: {
    body: { ...HERE, enqueue: ENQUEUE },
    asks: { type: 'transfer-to-agent', ...here, enqueue },
    answers: { queue_id: NEW_ID },
  },
  xfer_out: {
    body: { ...HERE, ...OUTSIDE },
    asks: { type: 'transfer-out', ...here, ...outside },
    answers: { call_id: NEW_ID },
  },
  lsm: { body: HERE, asks: { type: 'set-agent-mode', ...here, mode: 1 }, answers: true },
  enter: { body: HERE, asks: { type: 'enter', ...here, mode: 1, holding: true }, answers: true },
  coach: { body: { ...HERE, to: '1002' }, asks: { type: 'coach', ...here, to: '1002' }, answers: true },
  exit: { body: HERE, asks: { type: 'exit', ...here }, answers: true },
  merge: {
    body: { src_conversation_id: idOf(1), dst_conversation_id: idOf(2) },
    asks: { type: 'merge', into: idOf(1), from: idOf(2), mode: 1 },
    answers: true,
  },
} as const satisfies Readonly<Record<string, Described>>;

type Name = keyof typeof OPERATIONS;
const NAMES = Object.keys(OPERATIONS) as Name[];
const IN_CONVERSATION: readonly Name[] = ['xfer_agent', 'xfer_out', 'lsm', 'enter', 'coach', 'exit'];
const ON_TASK: readonly Name[] = ['reject', 'fwd_agent'];
const BY_DOCUMENT: readonly Name[] = ['fwd_agent', 'call_agent', 'xfer_agent'];
const TO_NUMBER: readonly Name[] = ['call_out', 'xfer_out'];
const WITH_MODE: readonly Name[] = ['lsm', 'enter', 'merge'];
const WITH_USER_DATA: readonly Name[] = ['reject', 'call_out'];

function send(name: Name, given: object = {}): ReturnType<TestServer['call']> {
  return server.call('POST', `agent/1001/${name}`, { ...OPERATIONS[name].body, ...given });
}

/** The engine is asked for this, and for nothing else. */
function expectAsked(name: Name, given: object = {}): void {
  expect(server.callCenter.asked).toEqual([{ app: APP, name: '1001', ...OPERATIONS[name].asks, ...given }]);
}

const each = <Value>(names: readonly Name[], values: readonly Value[]): [Name, Value][] =>
  names.flatMap((name) => values.map((value): [Name, Value] => [name, value]));

test.each(NAMES)('%s asks the engine for what it says, and answers what came of it', async (name) => {
  const { text } = await send(name);

  expectAsked(name);
  const data = OPERATIONS[name].answers;
  expect(text).toBe(JSON.stringify({ code: '000000', msg: '请求成功', data }));
});

test.each(NAMES)('%s takes null for whatever it does not need', async (name) => {
  const optional = [
    ...['user_data', 'data', 'from', 'max_dial_seconds', 'max_dial_duration', 'max_call_duration'],
    ...['mode', 'holding', 'queue'],
  ];
  await send(name, Object.fromEntries(optional.map((parameter) => [parameter, null])));
  expectAsked(name);
});

test.each(
  NAMES.flatMap((name) => Object.keys(OPERATIONS[name].body).map((parameter) => [name, parameter] as const)),
)('%s needs %s', async (name, parameter) => {
  for (const nothing of [undefined, null]) {
    await expectRefused(server, parameter, send(name, { [parameter]: nothing }), /^缺少此参数$/);
  }
});

describe('what it is about', () => {
  test.each(IN_CONVERSATION)('%s takes a conversation by its id, whatever that looks like', async (name) => {
    await send(name, { conversation_id: 77 });
    expectAsked(name, { conversationId: '77' });
  });

  test.each(each(IN_CONVERSATION, [{}, [], true, 1.5, 'x'.repeat(65)]))(
    '%s refuses a conversation %j',
    async (name, conversation_id) => {
      await expectRefused(server, 'conversation_id', send(name, { conversation_id }));
    },
  );

  test.each(ON_TASK)('%s takes a task under both of its names', async (name) => {
    const [own, other] =
      name === 'reject' ? ['queue_id', 'queue_task_id'] : (['queue_task_id', 'queue_id'] as const);

    await send(name, { [own]: null, [other]: idOf(4) });
    await send(name, { [other]: idOf(4) });

    expect(server.callCenter.asked).toMatchObject([{ taskId: idOf(4) }, { taskId: idOf(3) }]);
    server.callCenter.asked.splice(0);
    await expectRefused(server, own, send(name, { [own]: {} }));
    await expectRefused(server, other, send(name, { [own]: null, [other]: 'x'.repeat(65) }));
  });

  test.each(['src_conversation_id', 'dst_conversation_id'])('merge refuses a wrong %s', async (parameter) => {
    await expectRefused(server, parameter, send('merge', { [parameter]: true }));
  });

  test.each(['a-b', '', 'x'.repeat(33), 1.5, ['1002']])('coach refuses %j for an agent', async (to) => {
    await expectRefused(server, 'to', send('coach', { to }));
  });

  test('coach takes a number for a name of digits', async () => {
    await send('coach', { to: 1002 });
    expectAsked('coach');
  });
});

describe('a document', () => {
  test.each([
    ['', '第 1 行第 1 列: 缺少开始标签'],
    [5, '字符串'],
    ['<enqueue>', '第 1 行第 1 列: 元素 enqueue 没有结束标签'],
    ['<enqueue/>', 'enqueue: 至少需要一个 <route>'],
    [ENQUEUE.replace('1002', 'a-b'), '第 1 个 route 的第 1 个目标 .agent.: name 应为'],
    [ENQUEUE + ' '.repeat(16_384), '16384 字节'],
  ])('that is wrong is refused, and the place is named: %j', async (wrong, place) => {
    for (const name of BY_DOCUMENT) {
      await expectRefused(server, 'enqueue', send(name, { enqueue: wrong }), new RegExp(place));
    }
  });

  test('of xfer_agent may be named queue', async () => {
    await send('xfer_agent', { enqueue: null, queue: ENQUEUE });
    expectAsked('xfer_agent');
  });

  test('of xfer_agent counts under its own name where it has both', async () => {
    await send('xfer_agent', { queue: '<enqueue>' });
    expectAsked('xfer_agent');
  });

  test('of the others may not', async () => {
    await expectRefused(server, 'enqueue', send('call_agent', { enqueue: null, queue: ENQUEUE }));
    await expectRefused(server, 'enqueue', send('fwd_agent', { enqueue: null, queue: ENQUEUE }));
  });
});

describe.each(TO_NUMBER)('the number that %s calls', (name) => {
  test.each([
    ['numbers for texts and texts for numbers', { to: 13800000000, max_answer_seconds: '60' }, {}],
    ['a number to show', { from: '+8610' }, { from: '+8610' }],
    [
      'the shortest ringing and talk',
      { max_dial_seconds: 1, max_answer_seconds: 1 },
      { ringSeconds: 1, talkSeconds: 1 },
    ],
    [
      'the longest ringing and talk',
      { max_dial_seconds: 300, max_answer_seconds: 21600 },
      { ringSeconds: 300, talkSeconds: 21600 },
    ],
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
    ['any mode, which means nothing', { mode: 'x' }, {}],
  ])('comes with %s', async (_, given, expected) => {
    await send(name, given);
    expectAsked(name, expected);
  });

  test.each([
    ['to', { to: '12' }],
    ['to', { to: '13800000000&PJSIP/1001' }],
    ['to', { to: 'sip:100' }],
    ['from', { from: 'me' }],
    ['max_answer_seconds', { max_answer_seconds: 0 }],
    ['max_answer_seconds', { max_answer_seconds: 21601 }],
    ['max_answer_seconds', { max_answer_seconds: '1e3' }],
    ['max_call_duration', { max_answer_seconds: null, max_call_duration: 0 }],
    ['max_dial_seconds', { max_dial_seconds: 0 }],
    ['max_dial_seconds', { max_dial_seconds: 301 }],
    ['max_dial_seconds', { max_dial_seconds: '' }],
    ['max_dial_duration', { max_dial_duration: 301 }],
  ])('does not come with a wrong %s: %j', async (parameter, given) => {
    await expectRefused(server, parameter, send(name, given));
  });
});

describe('a mode', () => {
  test.each(each(WITH_MODE, [1, 2, 3, 4, '4']))('of %s can be %j', async (name, mode) => {
    await send(name, { mode });
    expectAsked(name, { mode: Number(mode) });
  });

  test.each(each(WITH_MODE, [0, 5, 1.5, '', 'x', true, [1]]))('of %s cannot be %j', async (name, mode) => {
    await expectRefused(server, 'mode', send(name, { mode }));
  });
});

describe('holding', () => {
  const YES = [true, 'true', 'TRUE', 1, '1', 'on', 'On', 'yes'];
  const NO = [false, 'false', 'False', 0, '0', 'off', 'no', 'NO'];
  test.each([...YES.map((sent) => [sent, true] as const), ...NO.map((sent) => [sent, false] as const)])(
    '%j is %j',
    async (sent, holding) => {
      await send('enter', { holding: sent });
      expectAsked('enter', { holding });
    },
  );

  test.each([2, '', 'perhaps', 'null', [true], {}])('%j is refused', async (holding) => {
    await expectRefused(server, 'holding', send('enter', { holding }), /^应为 true 或 false$/);
  });
});

describe('user data', () => {
  test.each(each(WITH_USER_DATA, ['', 'no answer', '客户'.repeat(64), '😀'.repeat(128)]))(
    'of %s can be %j',
    async (name, user_data) => {
      await send(name, { user_data });
      expectAsked(name, { userData: user_data });
    },
  );

  test.each(WITH_USER_DATA)('of %s may be a number', async (name) => {
    await send(name, { user_data: 42 });
    expectAsked(name, { userData: '42' });
  });

  test.each(each(WITH_USER_DATA, ['x'.repeat(129), '😀'.repeat(129), {}, ['x'], true, 1.5]))(
    'of %s cannot be %j',
    async (name, user_data) => {
      await expectRefused(server, 'user_data', send(name, { user_data }));
    },
  );

  test('of reject may be named data', async () => {
    await send('reject', { data: 'no answer' });
    expectAsked('reject', { userData: 'no answer' });
  });

  test('of reject is named in a refusal as the client named it', async () => {
    await expectRefused(server, 'data', send('reject', { data: 'x'.repeat(129) }), /^不得大于 128 个字符$/);
  });

  test('of call_out may not', async () => {
    await send('call_out', { data: 'x'.repeat(129) });
    expectAsked('call_out');
  });
});
