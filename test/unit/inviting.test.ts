import { callDueAt } from '../../src/domain/call/call';
import { agentEnqueue } from '../../src/domain/queue/enqueue';
import type { AgentName, ConditionId, PhoneNumber } from '../../src/domain/ids';
import {
  agentTarget,
  ANN,
  answered,
  aRingingAgent,
  asking,
  BOB,
  dissolve,
  due,
  ended,
  hungUp,
  journaled,
  inviteAgent,
  inviteOut,
  legOf,
  NOTHING,
  now,
  OTHER_APP,
  refusal,
  routing,
  told,
} from '../support/happenings';
import {
  after,
  APP,
  aRunningConversation,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  NOW,
  only,
  SETTINGS,
  TRUNK,
  when,
} from '../support/worlds';

/** Two outside parties who talk, and Bob at his phone. */
function withBob(state: 'idle' | 'away' = 'idle') {
  const { conversation, calls } = aRunningConversation();
  const world = aWorld({ ...atTheirPhones({ name: BOB, state }), calls, conversations: [conversation] });
  return { world, conversation, calls };
}

describe('an outside number is invited', () => {
  test('given room, it is dialled, its call rings until its deadline and it has a seat', () => {
    const { world, conversation } = aRunningConversation();

    const { answer, effects, notifications } = when(
      world,
      inviteOut(conversation, { from: '13900000000' as PhoneNumber, ringSeconds: 30, talkSeconds: 600 }),
    );

    expect(effects).toEqual([
      {
        do: 'dial',
        callId: answer,
        channelId: answer,
        to: { kind: 'number', number: '13700000000', trunk: TRUNK },
        from: '13900000000',
        ringSeconds: 30,
        lifeSeconds: 630,
      },
      ...doing(effects, 'place'),
    ]);
    expect(notifications).toEqual([]);
    expect(callDueAt(world.calls.get(answer)!)).toBe(NOW + 30_000);
    expect(now(world, 'conversations', conversation).invited).toEqual([answer]);
  });

  test('given it answers, it is a member in its mode, and its talk is limited from now on', () => {
    const { world, conversation } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation, { mode: 2, talkSeconds: 600 }));
    const call = world.calls.get(answer)!;

    const { notifications } = when(world, answered(call), after(9));

    expect(told(notifications)).toEqual(['parts_changed']);
    expect(now(world, 'conversations', conversation)).toMatchObject({ invited: [] });
    expect(now(world, 'conversations', conversation).members.at(-1)).toMatchObject({
      callId: answer,
      mode: 2,
      since: after(9).at,
      party: { kind: 'outside', telnumber: '13700000000' },
    });
    expect(callDueAt(now(world, 'calls', call))).toBe(after(609).at);
  });

  test.each([17, 19, 21, 0])(
    'given it fails with cause %d, its seat is free, and the journal alone says why',
    (cause) => {
      const { world, conversation } = aRunningConversation();
      const { answer } = when(world, inviteOut(conversation));

      const { notifications } = when(world, ended(world.calls.get(answer)!, cause));

      expect(told(notifications)).toEqual([]);
      expect(notifications).toMatchObject([
        {
          event: 'callcenter.conversation.call_failed',
          id: conversation.id,
          callId: answer,
          cause: cause || null,
        },
      ]);
      expect(now(world, 'conversations', conversation).invited).toEqual([]);
      expect(world.calls.size).toBe(2);
    },
  );

  test('given no answer by the deadline, it is hung up and the seat is free', () => {
    const { world, conversation } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation, { ringSeconds: 30 }));
    const call = world.calls.get(answer)!;
    expect(when(world, due('calls', call), after(29.999))).toEqual(NOTHING);

    const { effects, notifications } = when(world, due('calls', call), after(30));
    expect(hungUp(effects)).toEqual([call.channelId]);
    expect(journaled(notifications)).toEqual(['call_failed 13700000000 19']);
    expect(now(world, 'conversations', conversation).invited).toEqual([]);
    expect(doing(when(world, answered(call), after(30)).effects, 'hang-up')).toHaveLength(1);
    expect(when(world, ended(call)).notifications).toEqual([]);
    expect(now(world, 'conversations', conversation).members).toHaveLength(2);
  });

  test.each([
    ['answered', answered],
    ['ended', ended],
  ])('given it is %s twice, the second changes nothing', (_, fact) => {
    const { world, conversation } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation));
    const call = world.calls.get(answer)!;
    when(world, fact(call));

    expect(when(world, fact(call))).toEqual(NOTHING);
  });

  test('given it ends before its answer is told, the answer is hung up', () => {
    const { world, conversation } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation));
    const call = world.calls.get(answer)!;
    when(world, ended(call));

    const { effects, changes } = when(world, answered(call));

    expect([effects, changes]).toEqual([[{ do: 'hang-up', channelId: call.channelId, from: null }], []]);
  });

  test('given no trunk is configured, or Asterisk lacks it, it is refused and nothing changes', () => {
    const { conversation, calls } = aRunningConversation();
    const holding = { calls, conversations: [conversation] };
    const none = { ...aWorld(holding), settings: { ...SETTINGS, trunk: null } };
    const missing = aWorld({ ...holding, trunks: [{ id: TRUNK, present: false }] });

    for (const world of [none, missing]) {
      expect(refusal(world, inviteOut(conversation))).toBe('no-line');
      expect(now(world, 'conversations', conversation).invited).toEqual([]);
    }
  });

  test('given the conversation is over or another application’s, it is refused as unknown', () => {
    const { world, conversation } = aRunningConversation();
    expect(refusal(world, inviteOut(conversation, { app: OTHER_APP }))).toBe('conversation-not-found');

    when(world, dissolve(conversation));
    expect(refusal(world, inviteOut(conversation))).toBe('conversation-not-found');
  });

  test('given a caller whose agent still rings, the number that answers begins the conversation', () => {
    const { world, conversation } = aRingingAgent();
    const { answer } = when(world, inviteOut(conversation));

    const joined = when(world, answered(world.calls.get(answer)!));
    expect(told(joined.notifications)).toEqual(['begin', 'parts_changed']);

    const served = when(world, answered(legOf(world)));
    expect(told(served.notifications)).toEqual([
      'state_changed ann fetching>talking',
      'queue.success ann',
      'enter ann',
      'parts_changed',
    ]);
  });
});

describe('an agent is invited', () => {
  test('given a free one, its phone rings, shows the outside party and it has a seat', () => {
    const { world, conversation } = withBob();

    const { answer, effects, notifications } = when(world, inviteAgent(conversation));

    expect(told(notifications)).toEqual(['queue.select bob', 'state_changed bob idle>fetching']);
    expect(doing(effects, 'dial')).toMatchObject([{ from: '13800000000', ringSeconds: 50 }]);
    expect(now(world, 'conversations', conversation).invited).toEqual([answer]);
    expect(world.queueTasks.get(answer)).toMatchObject({ type: 'invite_agent', conversationId: conversation.id });
  });

  test.each([1, 2, 3, 4] as const)('given it answers, it joins in mode %d', (mode) => {
    const { world, conversation } = withBob();
    when(world, inviteAgent(conversation, agentEnqueue(BOB), { mode }));

    const { notifications } = when(world, answered(legOf(world, BOB)));

    expect(told(notifications)).toEqual([
      'state_changed bob fetching>talking',
      'queue.success bob',
      'enter bob',
      'parts_changed',
    ]);
    expect(now(world, 'conversations', conversation)).toMatchObject({ invited: [] });
    expect(now(world, 'conversations', conversation).members.at(-1)?.mode).toBe(mode);
  });

  test('given nobody is free, it waits with its seat, and joins when the agent is idle and answers', () => {
    const { world, conversation } = withBob('away');
    const { answer, effects } = when(world, inviteAgent(conversation));
    expect(effects.filter(({ do: what }) => what !== 'place')).toEqual([]);
    expect(now(world, 'conversations', conversation).invited).toEqual([answer]);

    when(world, { type: 'set-state', app: APP, name: BOB, state: 'idle' });
    when(world, answered(legOf(world, BOB)));

    expect(now(world, 'conversations', conversation).members).toHaveLength(3);
  });

  test('given it declines, the task fails and the conversation goes on', () => {
    const { world, conversation } = withBob();
    when(world, inviteAgent(conversation));

    const { notifications } = when(world, ended(legOf(world, BOB), 21));

    expect(told(notifications)).toEqual(['queue.fail call_fail', 'state_changed bob fetching>idle']);
    expect(now(world, 'conversations', conversation)).toMatchObject({ invited: [], stage: { at: 'begun' } });
  });

  test('given it may not wait and nobody is free, it is answered with the id of a task that has failed', () => {
    const { world, conversation } = withBob('away');

    const { answer, notifications } = when(
      world,
      inviteAgent(conversation, routing([[agentTarget(BOB, { queueTimeoutSeconds: 0 })]])),
    );

    expect(notifications).toMatchObject([
      { event: 'callcenter.queue.fail', cause: 'timeout', id: answer, selected: null },
    ]);
    expect(now(world, 'conversations', conversation).invited).toEqual([]);
    expect(world.queueTasks.size).toBe(0);
  });

  test('given an agent or a condition that is not there, it is refused', () => {
    const { world, conversation } = withBob();
    const condition = { kind: 'condition', id: 'c'.repeat(32) as ConditionId } as const;

    expect(refusal(world, inviteAgent(conversation, agentEnqueue('nobody' as AgentName)))).toBe('agent-not-found');
    const byCondition = { ...agentEnqueue(BOB), routes: [{ targets: [condition] }] };
    expect(refusal(world, inviteAgent(conversation, byCondition))).toBe('condition-not-found');
    expect(refusal(world, inviteAgent(conversation, agentEnqueue(BOB), { app: OTHER_APP }))).toBe(
      'agent-not-found', // Nor is the conversation, which is looked at next.
    );
    expect(world.queueTasks.size).toBe(0);
  });

  test.each([
    [null, 'of the caller'],
    ['of the invitation', 'of the invitation'],
  ])('given user data %p in its document, the task has %p', (userData, expected) => {
    const { agents, extensions } = atTheirPhones({ name: ANN }, { name: BOB });
    const { world, conversation } = aServedCaller({
      request: asking([agentTarget(ANN)], { userData: 'of the caller' }),
    });
    const other = aWorld({ agents, extensions, calls: [...world.calls.values()], conversations: [conversation] });

    const { notifications } = when(other, inviteAgent(conversation, { ...agentEnqueue(BOB), userData }));

    expect(notifications[0]).toMatchObject({
      event: 'callcenter.queue.select',
      userData: expected,
      originCallId: null,
    });
  });
});

describe('how many there may be', () => {
  test('given eight with those who ring and those who are looked for, nobody more is invited', () => {
    const { world, conversation } = withBob('away');
    for (let more = 0; more < 5; more++) when(world, inviteOut(conversation));
    when(world, inviteAgent(conversation));

    expect(refusal(world, inviteOut(conversation))).toBe('conversation-full');
    expect(refusal(world, inviteAgent(conversation))).toBe('conversation-full');

    const ringing = [...world.calls.values()].find(({ stage }) => stage.at === 'ringing')!;
    when(world, ended(ringing, 17));
    expect(when(world, inviteOut(conversation)).answer).toEqual(expect.any(String));
  });

  test('given members who have left, they do not count', () => {
    const { world, conversation, calls } = aRunningConversation(8);
    expect(refusal(world, inviteOut(conversation))).toBe('conversation-full');

    when(world, ended(calls[0]!));

    expect(when(world, inviteOut(conversation)).answer).toEqual(expect.any(String));
  });

  test('given conversation_level 1, there are two at most, while the agent rings and after', () => {
    const { world, conversation, leg } = aRingingAgent({
      request: asking([agentTarget(ANN)], { conversationLevel: 1 }),
    });
    expect(refusal(world, inviteOut(conversation))).toBe('conversation-full');
    when(world, answered(leg));

    expect(refusal(world, inviteOut(conversation))).toBe('conversation-full');
    expect(only(world.conversations.values()).maxMembers).toBe(2);
  });
});
