import { planId } from '../../src/domain/queue/plan';
import { currentRoute, taskDueAt } from '../../src/domain/queue/queue-task';
import { agentId } from '../../src/domain/agent/agent';
import type { AgentName, ConditionId } from '../../src/domain/ids';
import type { Enqueue, Target } from '../../src/domain/queue/enqueue';
import {
  agentTarget,
  ANN,
  answered,
  asking,
  BOB,
  due,
  ended,
  legOf,
  NOTHING,
  OTHER_APP,
  released,
  routing,
  skillTarget,
  theAgent,
  told,
} from '../support/happenings';
import {
  after,
  anAgent,
  anArrival,
  aPlan,
  APP,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  givenACaller,
  only,
  SETTINGS,
  when,
} from '../support/worlds';

const MUSIC = { from: 'music', musicClass: SETTINGS.musicClass };
const byEnqueue = (enqueue: Enqueue) => ({ by: 'enqueue', enqueue }) as const;
const nobodyFree = () => atTheirPhones({ name: ANN, state: 'away' }, { name: BOB, state: 'away' });

describe('a caller comes in', () => {
  test('given nobody is free, it is answered, hears music and waits', () => {
    const world = aWorld(nobodyFree());

    const { channelId, taskId, outcome } = givenACaller(world);

    expect(outcome.effects).toEqual([
      { do: 'receive', channelId, answer: true },
      { do: 'place', channelId, from: null, placement: { bridgeId: null, speaks: true, hears: MUSIC } },
    ]);
    expect(outcome.notifications).toEqual([]);
    expect(world.queueTasks.get(taskId)).toMatchObject({
      type: 'ivr',
      phase: { at: 'waiting' },
      conversationId: null,
    });
    expect(world.conversations.size).toBe(0);
  });

  test('given a free agent, its phone rings and the caller is in a conversation, still with its music', () => {
    const world = aWorld(atTheirPhones({}));

    const { channelId, call, taskId, outcome } = givenACaller(world);

    const conversation = only(world.conversations.values());
    const { bridgeId } = conversation;
    const leg = legOf(world);
    expect(world.calls.get(call.id)?.placement).toEqual({ bridgeId: null, speaks: true, hears: MUSIC });
    expect(outcome.effects.slice(2)).toEqual([
      { do: 'open-bridge', bridgeId, kind: 'pair' },
      {
        do: 'dial',
        callId: leg.id,
        channelId: leg.id,
        to: { kind: 'endpoint', user: '100001' },
        from: '13900000001',
        ringSeconds: 50,
        lifeSeconds: 50 + 21_600,
      },
    ]);
    expect(conversation).toMatchObject({
      type: 'queue',
      channelId,
      queueId: taskId,
      agentCallId: null,
      invited: [taskId],
      stage: { at: 'gathering' },
      members: [{ callId: call.id, mode: 1, until: null }],
    });
    expect(theAgent(world)).toMatchObject({ state: 'fetching', callId: leg.id });
  });

  test('given an agent at an ordinary telephone, its number is dialled through the trunk', () => {
    const { agents, extensions } = atTheirPhones({});
    const line = { type: '3', telnum: '13600000000' } as (typeof extensions)[number]['line'];
    const world = aWorld({ agents, extensions: extensions.map((each) => ({ ...each, line })) });

    const { outcome } = givenACaller(world, { telnumber: null });

    expect(doing(outcome.effects, 'dial')).toMatchObject([
      { to: { kind: 'number', number: '13600000000', trunk: SETTINGS.trunk }, from: null },
    ]);
  });

  test('given the same arrival twice, the second changes nothing', () => {
    const world = aWorld(nobodyFree());
    const arrival = anArrival();
    when(world, arrival);

    expect(when(world, arrival)).toEqual(NOTHING);
  });

  test('given a plan, its document is what is queued on', () => {
    const { agents, extensions } = atTheirPhones({ name: BOB });
    const enqueue = routing([[agentTarget(BOB)]], { userData: 'of the plan' });
    const plan = aPlan('support', { enqueue });
    const world = aWorld({ agents, extensions, plans: [plan] });

    const { outcome } = givenACaller(world, { request: { by: 'plan', name: 'support' } });

    expect(told(outcome.notifications)).toEqual(['queue.select bob', 'state_changed bob idle>fetching']);
    expect(only(world.conversations.values()).userData).toBe('of the plan');
  });

  test.each([
    ['a plan that is not there', { by: 'plan', name: 'support' }],
    ['something that makes no sense', { by: 'mistake' }],
  ] as const)('given %s, the caller goes on with error and nothing is left', (_, request) => {
    const foreign = aPlan('support', { id: planId(OTHER_APP, 'support'), app: OTHER_APP, enqueue: routing([]) });
    const world = aWorld({ plans: [foreign] });
    const arrival = anArrival({ request });

    const { effects, notifications } = when(world, arrival);

    expect(effects).toMatchObject([{ do: 'release', channelId: arrival.channelId, from: null }]);
    expect(released(effects)).toEqual({ PARLEY_RESULT: 'error', PARLEY_QUEUE_ID: expect.any(String) });
    expect([told(notifications), world.calls.size, world.queueTasks.size]).toEqual([['queue.fail error'], 0, 0]);
  });

  test.each<readonly [string, readonly (readonly Target[])[]]>([
    ['an agent that is not there', [[agentTarget('nobody' as AgentName)]]],
    ['a condition', [[{ kind: 'condition', id: 'c'.repeat(32) as ConditionId }]]],
  ])('given a document that names %s, the task fails with error and nobody is rung', (_, routes) => {
    const world = aWorld(atTheirPhones({}));
    const enqueue = { ...routing([]), routes: routes.map((targets) => ({ targets })) };

    const { effects, notifications } = when(world, anArrival({ request: byEnqueue(enqueue) }));

    expect(told(notifications)).toEqual(['queue.fail error']);
    expect(effects).toHaveLength(1);
    expect(released(effects)).toEqual({ PARLEY_RESULT: 'error', PARLEY_QUEUE_ID: expect.any(String) });
    expect([world.calls.size, world.queueTasks.size]).toEqual([0, 0]);
  });

  test('given an agent of that name in another application only, the task fails with error', () => {
    const world = aWorld({ agents: [anAgent({ app: OTHER_APP, id: agentId(OTHER_APP, ANN) })] });

    expect(told(when(world, anArrival()).notifications)).toEqual(['queue.fail error']);
  });

  test.each([
    [null, 'of the document', 'of the document'],
    ['of the dialplan', 'of the document', 'of the dialplan'],
    [null, null, null],
  ])('given user data %p before and %p in it, the conversation inherits %p', (userData, inDocument, inherited) => {
    const world = aWorld(atTheirPhones({}));
    const request = asking([agentTarget(ANN)], { userData: inDocument });

    const { outcome } = givenACaller(world, { userData, request });

    expect(only(world.conversations.values()).userData).toBe(inherited);
    expect(outcome.notifications[0]).toMatchObject({ event: 'callcenter.queue.select', userData: inherited });
  });
});

describe('a caller who is not to be answered before the agent', () => {
  test('hears music unanswered, and is answered when the agent answers', () => {
    const world = aWorld(atTheirPhones({}));
    const { channelId, outcome } = givenACaller(world, { answer: false });
    expect(doing(outcome.effects, 'receive')).toEqual([{ do: 'receive', channelId, answer: false }]);

    const { effects } = when(world, answered(legOf(world)));

    const toCaller = effects.filter((each) => 'channelId' in each && each.channelId === channelId);
    expect(toCaller).toMatchObject([
      { do: 'receive', answer: true },
      { do: 'place', from: null, placement: { speaks: true, hears: { from: 'bridge' } } },
      { do: 'limit', until: after(21_610).at },
    ]);
  });

  test('is never answered when the agent does not', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world, { answer: false });

    const { effects } = when(world, ended(legOf(world), 17));

    expect(doing(effects, 'receive')).toEqual([]);
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'call_fail' });
  });

  test('and one that was answered at once is not answered again', () => {
    const { outcome } = aServedCaller();

    expect(doing(outcome.effects, 'receive')).toEqual([]);
  });
});

describe('the time to wait', () => {
  test('given no queue_timeout, it is until the call ends', () => {
    const world = aWorld(nobodyFree());
    const { taskId } = givenACaller(world);

    expect(taskDueAt(world.queueTasks.get(taskId)!)).toBeNull();
    expect(when(world, due('queueTasks', { id: taskId }), after(100_000))).toEqual(NOTHING);
  });

  test('given it is over, the task fails with timeout and the caller goes on', () => {
    const world = aWorld(nobodyFree());
    const request = asking([agentTarget(ANN, { queueTimeoutSeconds: 20 })], { userData: 'vip' });
    const { taskId, channelId } = givenACaller(world, { request });
    expect(when(world, due('queueTasks', { id: taskId }), after(19.999))).toEqual(NOTHING);

    const { effects, notifications } = when(world, due('queueTasks', { id: taskId }), after(20));

    expect(told(notifications)).toEqual(['queue.fail timeout']);
    expect(effects).toMatchObject([{ do: 'release', channelId, from: null }]);
    const variables = { PARLEY_RESULT: 'timeout', PARLEY_QUEUE_ID: taskId, PARLEY_USER_DATA: 'vip' };
    expect(released(effects)).toEqual(variables);
    expect([world.calls.size, world.queueTasks.size]).toEqual([0, 0]);
  });

  test('given it comes due twice, the second changes nothing', () => {
    const world = aWorld(nobodyFree());
    const { taskId } = givenACaller(world, { request: asking([agentTarget(ANN, { queueTimeoutSeconds: 20 })]) });
    when(world, due('queueTasks', { id: taskId }), after(20));

    expect(when(world, due('queueTasks', { id: taskId }), after(20))).toEqual(NOTHING);
  });

  test('given it is 0 and nobody is free, the task fails at once', () => {
    const world = aWorld(nobodyFree());
    const request = asking([agentTarget(ANN, { queueTimeoutSeconds: 0 })]);

    const { notifications, effects } = when(world, anArrival({ request }));

    expect(told(notifications)).toEqual(['queue.fail timeout']);
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'timeout' });
  });

  test('given it is 0 and the agent is free, its phone rings, as long as the fetch_timeout says', () => {
    const world = aWorld(atTheirPhones({}));
    const request = asking([agentTarget(ANN, { queueTimeoutSeconds: 0, fetchTimeoutSeconds: 15 })]);
    const { taskId, outcome } = givenACaller(world, { request });

    expect(doing(outcome.effects, 'dial')).toMatchObject([{ ringSeconds: 15 }]);
    expect(when(world, due('queueTasks', { id: taskId }), after(14))).toEqual(NOTHING);
  });

  test('does not run while the phone rings', () => {
    const world = aWorld(atTheirPhones({}));
    const request = asking([agentTarget(ANN, { queueTimeoutSeconds: 5 })]);
    const { taskId } = givenACaller(world, { request });

    expect(taskDueAt(world.queueTasks.get(taskId)!)).toBeNull();
    expect(when(world, due('queueTasks', { id: taskId }), after(30))).toEqual(NOTHING);
  });

  test('given several targets, it is over when the last of them has timed out', () => {
    const world = aWorld(nobodyFree());
    const targets = [agentTarget(ANN, { queueTimeoutSeconds: 5 }), agentTarget(BOB, { queueTimeoutSeconds: 9 })];
    const { taskId } = givenACaller(world, { request: asking(targets) });

    expect(taskDueAt(world.queueTasks.get(taskId)!)).toBe(after(9).at);
  });

  test('given one target of two has timed out, its agent is no longer taken, the other is', () => {
    const world = aWorld(nobodyFree());
    const targets = [agentTarget(ANN, { queueTimeoutSeconds: 5 }), agentTarget(BOB)];
    givenACaller(world, { request: asking(targets) });

    const tooLate = when(world, { type: 'set-state', app: APP, name: ANN, state: 'idle' }, after(5));
    expect(doing(tooLate.effects, 'dial')).toEqual([]);

    const inTime = when(world, { type: 'set-state', app: APP, name: BOB, state: 'idle' }, after(6));
    expect(told(inTime.notifications)).toEqual(['queue.select bob', 'state_changed bob idle>fetching']);
  });
});

describe('the next route', () => {
  test('given the first has timed out, the second is tried, with times of its own', () => {
    const world = aWorld(nobodyFree());
    const enqueue = routing([
      [agentTarget(ANN, { queueTimeoutSeconds: 5 })],
      [agentTarget(BOB, { queueTimeoutSeconds: 7 })],
    ]);
    const { taskId } = givenACaller(world, { request: byEnqueue(enqueue) });

    when(world, due('queueTasks', { id: taskId }), after(5));

    const task = world.queueTasks.get(taskId)!;
    expect(currentRoute(task)).toBe(enqueue.routes[1]);
    expect(taskDueAt(task)).toBe(after(12).at);
    expect(told(when(world, due('queueTasks', { id: taskId }), after(12)).notifications)).toEqual([
      'queue.fail timeout',
    ]);
  });

  test('given routes that may not wait, all are tried at once and the first free agent is rung', () => {
    const world = aWorld(atTheirPhones({ name: ANN, state: 'away' }, { name: BOB }));
    const enqueue = routing([
      [agentTarget(ANN, { queueTimeoutSeconds: 0 })],
      [skillTarget('none', { queueTimeoutSeconds: 0 })],
      [agentTarget(BOB, { queueTimeoutSeconds: 0 })],
    ]);

    const { outcome } = givenACaller(world, { request: byEnqueue(enqueue) });

    expect(told(outcome.notifications)).toEqual(['queue.select bob', 'state_changed bob idle>fetching']);
  });

  test('given an agent of the first route who comes free afterwards, it is not taken', () => {
    const world = aWorld(nobodyFree());
    const enqueue = routing([[agentTarget(ANN, { queueTimeoutSeconds: 5 })], [agentTarget(BOB)]]);
    const { taskId } = givenACaller(world, { request: byEnqueue(enqueue) });
    when(world, due('queueTasks', { id: taskId }), after(5));

    const { effects } = when(world, { type: 'set-state', app: APP, name: ANN, state: 'idle' }, after(6));

    expect(effects).toEqual([]);
  });

  test.each([
    [false, ['queue.fail call_fail', 'state_changed ann fetching>idle']],
    [true, ['queue.select bob', 'state_changed bob idle>fetching', 'state_changed ann fetching>idle']],
  ])('given fail_overflow %p and an agent who declines, this happens: %p', (failOverflow, events) => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB }));
    const enqueue = routing([[agentTarget(ANN)], [agentTarget(BOB)]], { failOverflow });
    givenACaller(world, { request: byEnqueue(enqueue) });

    expect(told(when(world, ended(legOf(world, ANN), 21)).notifications)).toEqual(events);
  });

  test('given fail_overflow after the last route, the task fails with call_fail', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world, { request: asking([agentTarget(ANN)], { failOverflow: true }) });

    const { notifications } = when(world, ended(legOf(world), 21));

    expect(told(notifications)).toEqual(['queue.fail call_fail', 'state_changed ann fetching>idle']);
  });

  test('given fail_overflow, the conversation stays, with its music, and the next agent joins it', () => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB, state: 'away' }));
    const enqueue = routing([[agentTarget(ANN)], [agentTarget(BOB)]], { failOverflow: true });
    const { call } = givenACaller(world, { request: byEnqueue(enqueue) });
    const { id } = only(world.conversations.values());
    when(world, ended(legOf(world, ANN), 21));
    expect(world.calls.get(call.id)?.placement).toEqual({ bridgeId: null, speaks: true, hears: MUSIC });

    when(world, { type: 'set-state', app: APP, name: BOB, state: 'idle' }, after(5));
    when(world, answered(legOf(world, BOB)), after(9));

    expect(only(world.conversations.values())).toMatchObject({ id, stage: { at: 'begun', since: after(9).at } });
  });

  test('given the same agent in the next route, it is rung again once it has rested', () => {
    const world = aWorld(atTheirPhones({}));
    const enqueue = routing([[agentTarget(ANN)], [agentTarget(ANN)]], { failOverflow: true });
    const { taskId } = givenACaller(world, { request: byEnqueue(enqueue) });
    const leg = legOf(world);

    const missed = when(world, ended(leg, 21));
    const rested = when(world, due('agents', theAgent(world)), after(SETTINGS.missPauseSeconds));

    expect(told(missed.notifications)).toEqual(['state_changed ann fetching>idle']);
    expect(told(rested.notifications)).toEqual(['queue.select ann', 'state_changed ann idle>fetching']);
    expect(legOf(world).id).not.toBe(leg.id);
    expect(world.queueTasks.get(taskId)).toMatchObject({ route: 1 });
  });
});
