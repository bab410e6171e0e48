import { handle } from '../../src/domain/engine';
import type { AppId, CallId, ConversationId, Instant } from '../../src/domain/ids';
import { startTestServer, type TestServer } from '../support/http-client';
import {
  aCall,
  aConversation,
  addAgents,
  addCalls,
  addConversations,
  addExtensions,
  addTasks,
  aMember,
  anAgent,
  aTask,
  aTerminal,
  BEGUN,
  idOf,
} from '../support/http-objects';

const OTHER = 'other' as AppId;
const FOR_ANYBODY = '<enqueue><route><skill name="s"/></route></enqueue>';
const ENQUEUE = '<enqueue><route><agent name="1002"/></route></enqueue>';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

/** What is asked for is put to the engine's rules, on the world of the test. */
function askTheRules({ callCenter: { world, asked }, callCenter }: TestServer): void {
  callCenter.beforeAnswer = async () => {
    handle(world, { ...asked.at(-1)!, at: BEGUN, seed: '0'.repeat(15), random: 0 });
  };
}

describe('what the rules refuse is told in both languages', () => {
  const LANGUAGES = ['zh', 'en'] as const;
  const expectTold = async (
    operation: string,
    body: object,
    [status, code]: readonly [number, string],
    texts: Readonly<Record<(typeof LANGUAGES)[number], string>>,
  ) => {
    askTheRules(server);
    for (const language of LANGUAGES) {
      const received = await server.send('POST', `/v1/callcenter/agent/1001/${operation}`, {
        body,
        headers: { 'Accept-Language': language },
      });
      expect(received.status).toBe(status);
      expect(received.envelope).toEqual({ code, msg: texts[language], data: null });
    }
  };

  const PHONE_FIRST = [
    ['call_agent', { enqueue: ENQUEUE }],
    ['enter', { conversation_id: idOf(1) }],
    ['coach', { conversation_id: idOf(1), to: '1002' }],
  ] as const;
  const withColleague = () => {
    const colleague = anAgent('1002', { extensionId: idOf(2), callId: idOf<CallId>(2), state: 'talking' });
    addAgents(server.callCenter, colleague);
    addCalls(server.callCenter, aCall(2, { memberOf: [idOf<ConversationId>(1)] }));
    addConversations(server.callCenter, aConversation(1, { members: [aMember(2), aMember(3)] }));
  };

  test.each(PHONE_FIRST)('%s, at a telephone that is not registered', async (operation, body) => {
    withColleague();
    addAgents(server.callCenter, anAgent('1001'));
    addExtensions(server.callCenter, aTerminal(1, { enabled: false }));

    await expectTold(operation, body, [409, '040104'], {
      zh: `分机不可用: extension ${idOf(1)}`,
      en: `extension is not available: extension ${idOf(1)}`,
    });
  });

  test.each(PHONE_FIRST)('%s, of an agent who has sent no keepalive', async (operation, body) => {
    withColleague();
    addAgents(server.callCenter, anAgent('1001', { keptAliveAt: (BEGUN - 300_000) as Instant }));
    addExtensions(server.callCenter, aTerminal(1, { enabled: true }));

    await expectTold(operation, body, [409, '040204'], {
      zh: '坐席已过期: name 1001',
      en: 'agent has expired: name 1001',
    });
  });

  test.each([
    ['reject', { queue_id: idOf(3) }],
    ['fwd_agent', { queue_task_id: idOf(3), enqueue: FOR_ANYBODY }],
  ])('%s, of a call that does not ring at the agent', async (operation, body) => {
    addAgents(server.callCenter, anAgent('1001'));
    addTasks(server.callCenter, aTask(3));

    await expectTold(operation, body, [503, '000004'], {
      zh: '系统忙，请稍后再试: 排队任务未在 1001 处振铃',
      en: 'busy, try again later: the task does not ring at 1001',
    });
  });

  test('merge, of a conversation with itself', async () => {
    const body = { src_conversation_id: idOf(1), dst_conversation_id: idOf(1) };
    await expectTold('merge', body, [400, '000001'], {
      zh: '参数错误: dst_conversation_id: 是同一个交谈',
      en: 'parameter error: dst_conversation_id: is the same conversation',
    });
  });

  test('coach, of oneself', async () => {
    addAgents(server.callCenter, anAgent('1001'));
    await expectTold('coach', { conversation_id: idOf(1), to: '1001' }, [400, '000001'], {
      zh: '参数错误: to: 不能辅导自己',
      en: 'parameter error: to: nobody coaches himself',
    });
  });
});

describe('the conversations of an agent', () => {
  const inTwo = anAgent('1001', { callId: idOf<CallId>(5), state: 'talking' });
  const HELD = aConversation(1, { members: [aMember(5, { mode: 4 }), aMember(6)] });
  const ACTIVE = aConversation(2, { type: 'call_agent', agentCallId: idOf<CallId>(5), members: [aMember(5)] });

  test('are those that its call is in, whole, in the order of joining', async () => {
    addAgents(server.callCenter, inTwo);
    addCalls(server.callCenter, aCall(5, { memberOf: [ACTIVE.id, HELD.id] }));
    addConversations(server.callCenter, HELD, aConversation(3), ACTIVE);
    server.callCenter.conversations.push(HELD, ACTIVE);

    const { envelope } = await server.call('GET', 'agent/1001/conversation');

    const alone = [ACTIVE, HELD].map(({ id }) => server.call('GET', `conversation/${id}`));
    expect(envelope.data).toEqual((await Promise.all(alone)).map((each) => each.envelope.data));
  });

  test.each([
    ['its phone is on hook', anAgent('1001')],
    ['its phone rings', anAgent('1001', { callId: idOf<CallId>(5), state: 'fetching' })],
  ])('are none while %s', async (_, agent) => {
    addAgents(server.callCenter, agent);
    addCalls(server.callCenter, aCall(5));

    const { envelope } = await server.call('GET', 'agent/1001/conversation');

    expect(envelope).toEqual({ code: '000000', msg: '请求成功', data: [] });
    expect(server.callCenter.asked).toEqual([]);
  });
});

describe('an agent of another application', () => {
  const notThere = { code: '040202', msg: '坐席不存在: name 1001', data: null };

  test('has no conversations to show', async () => {
    addAgents(server.callCenter, anAgent('1001', { app: OTHER }));
    const { status, envelope } = await server.call('GET', 'agent/1001/conversation');
    expect([status, envelope]).toEqual([404, notThere]);
  });

  test.each([
    ['reject', { queue_id: idOf(3) }],
    ['fwd_agent', { queue_task_id: idOf(3), enqueue: FOR_ANYBODY }],
    ['call_out', { to: '13800000000', max_answer_seconds: 60 }],
    ['call_agent', { enqueue: FOR_ANYBODY }],
    ['xfer_agent', { conversation_id: idOf(1), enqueue: FOR_ANYBODY }],
    ['xfer_out', { conversation_id: idOf(1), to: '13800000000', max_answer_seconds: 60 }],
    ['lsm', { conversation_id: idOf(1) }],
    ['enter', { conversation_id: idOf(1) }],
    ['coach', { conversation_id: idOf(1), to: '1002' }],
    ['exit', { conversation_id: idOf(1) }],
    ['merge', { src_conversation_id: idOf(1), dst_conversation_id: idOf(2) }],
  ])('cannot %s', async (operation, body) => {
    addAgents(server.callCenter, anAgent('1001', { app: OTHER }));
    askTheRules(server);

    const { status, envelope } = await server.call('POST', `agent/1001/${operation}`, body);

    expect([status, envelope]).toEqual([404, notThere]);
  });
});
