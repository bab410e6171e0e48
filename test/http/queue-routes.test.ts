import { agentId } from '../../src/domain/agent/agent';
import type { AgentName, AppId, CallId, ConversationId } from '../../src/domain/ids';
import { APP, startTestServer, type TestServer } from '../support/http-client';
import { aCall, addAgents, addCalls, anAgent, aQueued, aTask, BEGUN, idOf } from '../support/http-objects';
import { expectRefused } from '../support/http-refused';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

describe('the list', () => {
  test('tells all of a caller who waits', async () => {
    addCalls(
      server.callCenter,
      aCall(1, { party: { kind: 'outside', from: 'dialplan', telnumber: '13800000000' } }),
    );
    const estimate = { seconds: 40, atLeastSeconds: 10, atMostSeconds: 95.5, samples: 12 };
    const task = aTask(1, { plan: 'support', priority: -3, userData: 'VIP', route: 1 });
    server.callCenter.queued.push(aQueued(task, { position: 4, priority: 7, waitedSeconds: 61, estimate }));

    const { envelope } = await server.call('GET', 'queue');

    const [told] = (envelope.data as { result: object[] }).result;
    expect(JSON.stringify(told)).toBe(
      JSON.stringify({
        id: idOf(1),
        type: 'ivr',
        since: BEGUN,
        position: 4,
        waited_seconds: 61,
        estimated_wait: { seconds: 40, at_least: 10, at_most: 95.5, samples: 12 },
        route: 2,
        state: 'waiting',
        agent: null,
        agents: [],
        plan: 'support',
        priority: 7,
        own_priority: -3,
        user_data: 'VIP',
        conversation_id: null,
        call_id: idOf(1),
        channel_id: idOf(1),
        telnumber: '13800000000',
      }),
    );
  });

  test('tells whose phones ring for a conversation', async () => {
    addAgents(server.callCenter, anAgent('1001'), anAgent('1002'));
    const legs = ['1001', '1002', 'gone'].map((name, index) => ({
      agentId: agentId(APP, name as AgentName),
      callId: idOf<CallId>(index),
    }));
    const task = aTask(1, {
      type: 'invite_agent',
      origin: { from: 'conversation', mode: 1 },
      conversationId: idOf<ConversationId>(9),
      phase: { at: 'ringing', legs },
    });
    server.callCenter.queued.push(aQueued(task, { position: null }));

    const { envelope } = await server.call('GET', 'queue');

    expect(envelope.data).toMatchObject({
      result: [
        {
          type: 'invite_agent',
          position: null,
          estimated_wait: null,
          route: 1,
          state: 'ringing',
          agent: '1001',
          agents: ['1001', '1002'],
          plan: null,
          conversation_id: idOf(9),
          call_id: null,
          channel_id: null,
          telnumber: null,
        },
      ],
    });
  });

  test('has nulls for a caller who has gone meanwhile', async () => {
    server.callCenter.queued.push(aQueued(aTask(1)));
    const { envelope } = await server.call('GET', 'queue');
    expect(envelope.data).toMatchObject({ result: [{ call_id: idOf(1), channel_id: null, telnumber: null }] });
  });

  describe('is a page', () => {
    const ringing = { at: 'ringing', legs: [] } as const;
    beforeEach(() =>
      server.callCenter.queued.push(
        aQueued(aTask(5, { plan: 'sales', phase: { at: 'starting' } }), { position: 1 }),
        aQueued(aTask(2, { plan: 'support', phase: ringing }), { position: null }),
        aQueued(aTask(9, { plan: 'support' }), { position: 2 }),
        aQueued(aTask(1), { position: 3 }),
        aQueued(aTask(7, { app: 'other' as AppId, plan: 'support' })),
      ),
    );

    test.each([
      ['', [5, 2, 9, 1]],
      ['?plan=&state=', [5, 2, 9, 1]],
      ['?plan=support', [2, 9]],
      ['?state=waiting', [5, 9, 1]], // One that has yet to start waits, too.
      ['?state=ringing', [2]],
      ['?plan=support&state=waiting', [9]],
      ['?plan=none', []],
      ['?pageNo=2&pageSize=3', [1]],
      ['?page=2&size=1&state=waiting', [9]],
    ])('%s shows %j, in the order of service', async (query, numbers) => {
      const { envelope } = await server.call('GET', `queue${query}`);
      const { result } = envelope.data as { result: { id: string }[] };
      expect(result.map(({ id }) => id)).toEqual(numbers.map((number) => idOf(number)));
    });

    test('that counts what the filters leave, and keeps positions', async () => {
      const { envelope } = await server.call('GET', 'queue?plan=support&pageSize=1&pageNo=2');
      expect(envelope.data).toMatchObject({ totalCount: 2, totalPageCount: 2, startIndex: 2, currentPageNo: 2 });
      expect(envelope.data).toMatchObject({ result: [{ id: idOf(9), position: 2 }] });
    });
  });

  test.each([
    ['state=served', 'state'],
    [`plan=${'x'.repeat(65)}`, 'plan'],
    ['pageSize=0', 'pageSize'],
  ])('refuses %s by name', async (query, parameter) => {
    await expectRefused(server, parameter, server.call('GET', `queue?${query}`));
  });
});

test('cancelling asks for it by id and answers true', async () => {
  const { envelope } = await server.call('DELETE', `queue/${idOf(1)}`);

  expect(envelope.data).toBe(true);
  expect(server.callCenter.asked).toEqual([{ type: 'cancel-task', app: APP, taskId: idOf(1) }]);
});

describe('the priority', () => {
  test.each([0, 7, -999_999_999, 999_999_999, '-5'])('can be %j', async (priority) => {
    const { envelope } = await server.call('POST', `queue/${idOf(1)}`, { priority });

    expect(envelope.data).toBe(true);
    expect(server.callCenter.asked).toEqual([
      { type: 'set-task-priority', app: APP, taskId: idOf(1), priority: Number(priority) },
    ]);
  });

  test.each([undefined, null, '', 1.5, 'high', 1_000_000_000, -1_000_000_000, true, [1]])(
    'cannot be %j',
    async (priority) => {
      await expectRefused(server, 'priority', server.call('POST', `queue/${idOf(1)}`, { priority }));
    },
  );
});
