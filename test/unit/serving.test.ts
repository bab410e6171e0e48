import type { ReserveState } from '../../src/domain/queue/enqueue';
import { BRIDGE } from '../../src/domain/conversation/listen-speak-mode';
import { callDueAt } from '../../src/domain/call/call';
import {
  agentTarget,
  ANN,
  aRingingAgent,
  answered,
  asking,
  BOB,
  CAL,
  dissolve,
  due,
  ended,
  hungUp,
  legOf,
  logOut,
  membersOf,
  NOTHING,
  now,
  released,
  skillTarget,
  theAgent,
  told,
} from '../support/happenings';
import {
  after,
  aServedCaller,
  atTheirPhones,
  aWorld,
  doing,
  givenACaller,
  only,
  SETTINGS,
  when,
} from '../support/worlds';

const SALES = [{ name: 'sales', score: 1, enabled: true }];
const ringAll = (changes = {}) => ({ request: asking([skillTarget('sales')], { choice: 'all', ...changes }) });
const threeForSales = () =>
  atTheirPhones({ name: ANN, skills: SALES }, { name: BOB, skills: SALES }, { name: CAL, skills: SALES });

describe('the agent answers', () => {
  test('given a caller who waits, both are in the bridge and hear each other', () => {
    const { world, channelId, call, leg, conversation, taskId } = aRingingAgent();

    const { effects } = when(world, answered(leg), after(4));

    const placement = { bridgeId: conversation.bridgeId, speaks: true, hears: BRIDGE };
    expect(doing(effects, 'place')).toEqual([
      { do: 'place', channelId, from: null, placement },
      { do: 'place', channelId: leg.channelId, from: null, placement },
    ]);
    expect(now(world, 'conversations', conversation)).toMatchObject({
      stage: { at: 'begun', since: after(4).at },
      invited: [],
      members: [
        { callId: call.id, mode: 1 },
        { callId: leg.id, mode: 1, since: after(4).at },
      ],
    });
    expect(world.queueTasks.has(taskId)).toBe(false);
    expect(theAgent(world)).toMatchObject({ state: 'talking', callId: leg.id });
    expect(now(world, 'calls', call).stage).toEqual({ at: 'up', since: after(4).at, hangUpAt: null });
  });

  test('given it is told twice, the second changes nothing', () => {
    const { world, leg } = aRingingAgent();
    when(world, answered(leg));

    expect(when(world, answered(leg))).toEqual(NOTHING);
  });

  test('given its time to ring comes due afterwards, nothing changes', () => {
    const { world, leg } = aRingingAgent();
    when(world, answered(leg));

    expect(when(world, due('calls', leg), after(50))).toEqual(NOTHING);
  });

  test.each<readonly [ReserveState]>([['idle'], ['busy/paperwork'], ['away']])(
    'given the reserve_state %s, that is the state after the leg has ended',
    (reserveState) => {
      const { world, leg } = aRingingAgent({ request: asking([agentTarget(ANN)], { reserveState }) });
      when(world, answered(leg));

      const { notifications } = when(world, ended(leg));

      expect(told(notifications).at(-1)).toBe(`state_changed ann talking>${reserveState}`);
      expect(theAgent(world)).toMatchObject({ state: reserveState, callId: null });
    },
  );

  test('given another caller who waits, it is next when the leg has ended and the agent is idle', () => {
    const { world, leg } = aRingingAgent();
    const next = givenACaller(world, {}, after(1));
    when(world, answered(leg), after(2));

    const { notifications } = when(world, ended(leg), after(60));

    expect(told(notifications).slice(-2)).toEqual(['queue.select ann', 'state_changed ann idle>fetching']);
    expect(world.queueTasks.get(next.taskId)?.phase.at).toBe('ringing');
  });

  test('given a reserve_state of busy, the next caller goes on waiting', () => {
    const { world, leg } = aRingingAgent({ request: asking([agentTarget(ANN)], { reserveState: 'busy' }) });
    const next = givenACaller(world, {}, after(1));
    when(world, answered(leg), after(2));
    when(world, ended(leg), after(60));

    expect(world.queueTasks.get(next.taskId)?.phase).toEqual({ at: 'waiting' });
  });
});

describe('the agent does not answer', () => {
  test.each([17, 19, 21, 0])('given its leg ends with cause %d, the task fails with call_fail', (cause) => {
    const { world, leg } = aRingingAgent();

    const { notifications, effects } = when(world, ended(leg, cause));

    expect(told(notifications)).toEqual(['queue.fail call_fail', 'state_changed ann fetching>idle']);
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'call_fail' });
    expect([world.calls.size, world.conversations.size]).toEqual([0, 0]);
  });

  test('given the fetch_timeout is over, its phone is hung up, and the agent is free when that has ended', () => {
    const { world, leg } = aRingingAgent({ request: asking([agentTarget(ANN, { fetchTimeoutSeconds: 15 })]) });
    expect(callDueAt(leg)).toBe(after(15).at);
    expect(when(world, due('calls', leg), after(14.999))).toEqual(NOTHING);

    const gaveUp = when(world, due('calls', leg), after(15));
    expect(told(gaveUp.notifications)).toEqual(['queue.fail call_fail']);
    expect(hungUp(gaveUp.effects)).toEqual([leg.channelId]);
    expect(theAgent(world).state).toBe('fetching');

    expect(told(when(world, ended(leg)).notifications)).toEqual(['state_changed ann fetching>idle']);
  });

  test('given it answers just when its phone was given up, it is hung up and nobody joins', () => {
    const { world, leg } = aRingingAgent();
    when(world, due('calls', leg), after(50));

    const { effects, changes, notifications } = when(world, answered(leg), after(50));

    expect(effects).toEqual([{ do: 'hang-up', channelId: leg.channelId, from: null }]);
    expect([changes, notifications]).toEqual([[], []]);
  });

  test('given the time is over twice, the second changes nothing', () => {
    const { world, leg } = aRingingAgent();
    when(world, due('calls', leg), after(50));

    expect(when(world, due('calls', leg), after(50))).toEqual(NOTHING);
  });

  test('given no answer, the caller goes, who has waited outside, and the bridge is closed', () => {
    const { world, leg, channelId, conversation } = aRingingAgent();

    const { effects } = when(world, ended(leg));

    expect(effects).toEqual([
      { do: 'release', channelId, from: null, variables: expect.any(Object) },
      { do: 'close-bridge', bridgeId: conversation.bridgeId },
    ]);
  });
});

describe('the caller hangs up', () => {
  test('given it waits, the task fails and nothing is left', () => {
    const world = aWorld(atTheirPhones({ state: 'away' }));
    const { channelId } = givenACaller(world);

    const { notifications, effects } = when(world, ended({ channelId }));

    expect(told(notifications)).toEqual(['queue.fail hangup']);
    expect([effects, world.calls.size, world.queueTasks.size]).toEqual([[], 0, 0]);
  });

  test('given a phone rings, it stops, and the agent is free when its leg has ended', () => {
    const { world, channelId, leg } = aRingingAgent();

    const { notifications, effects } = when(world, ended({ channelId }));
    expect(told(notifications)).toEqual(['queue.fail hangup']);
    expect(hungUp(effects)).toEqual([leg.channelId]);
    expect(released(effects)).toBeUndefined();
    expect(when(world, ended({ channelId }))).toEqual(NOTHING);

    expect(told(when(world, ended(leg)).notifications)).toEqual(['state_changed ann fetching>idle']);
    expect(world.calls.size).toBe(0);
  });

  test('given it talks, the conversation ends and the agent is hung up', () => {
    const { world, channelId, agentCall } = aServedCaller();

    const { notifications, effects } = when(world, ended({ channelId }));

    expect(told(notifications)).toEqual(['exit ann', 'end dismiss']);
    expect(hungUp(effects)).toEqual([agentCall.channelId]);
    expect(told(when(world, ended(agentCall)).notifications)).toEqual(['state_changed ann talking>idle']);
  });
});

describe('what races while a phone rings', () => {
  type Racer = 'answer' | 'caller' | 'dissolve' | 'timeout' | 'logout' | 'declined';
  const RACERS: readonly Racer[] = ['answer', 'caller', 'dissolve', 'timeout', 'logout', 'declined'];
  const pairs = RACERS.flatMap((one) => RACERS.flatMap((two) => (one === two ? [] : [[one, two] as const])));

  test.each(pairs)('given %s and then %s, the task ends once and in the end nothing is left', (...racers) => {
    const { world, leg, channelId, conversation } = aRingingAgent();
    const run: Readonly<Record<Racer, () => readonly string[]>> = {
      answer: () => told(when(world, answered(leg)).notifications),
      caller: () => told(when(world, ended({ channelId })).notifications),
      dissolve: () =>
        world.conversations.has(conversation.id) ? told(when(world, dissolve(conversation)).notifications) : [],
      timeout: () => told(when(world, due('calls', leg), after(50)).notifications),
      logout: () => (world.agents.size > 0 ? told(when(world, logOut()).notifications) : []),
      declined: () => told(when(world, ended(leg, 21)).notifications),
    };

    const events = racers.flatMap((racer) => run[racer]());
    when(world, ended({ channelId }));
    when(world, ended(leg));

    const outcomes = events.filter((event) => /^queue\.(success|fail)/.test(event));
    const first = {
      answer: 'queue.success ann',
      caller: 'queue.fail hangup',
      dissolve: 'queue.fail cancel',
    } as const;
    expect(outcomes).toEqual([
      racers[0] in first ? first[racers[0] as keyof typeof first] : 'queue.fail call_fail',
    ]);
    expect([world.calls.size, world.queueTasks.size, world.conversations.size]).toEqual([0, 0, 0]);
    for (const { state } of world.agents.values()) expect(state).toBe('idle');
  });
});

describe('all of the best ring', () => {
  test('given three, the first to answer is served, the others stop and are free again', () => {
    const world = aWorld(threeForSales());
    const { outcome } = givenACaller(world, ringAll());
    expect(doing(outcome.effects, 'dial')).toHaveLength(3);
    const [ann, bob, cal] = [ANN, BOB, CAL].map((name) => legOf(world, name));

    const { notifications, effects } = when(world, answered(bob!));

    expect(hungUp(effects)).toEqual([ann!.channelId, cal!.channelId]);
    for (const each of doing(effects, 'hang-up')) expect(each.answeredElsewhere).toBe(true);
    expect(told(notifications)).toEqual([
      'state_changed bob fetching>talking',
      'begin',
      'queue.success bob',
      'enter bob',
      'parts_changed',
    ]);
    expect(membersOf(only(world.conversations.values()))).toContain(bob!.id);
    expect(told(when(world, ended(ann!)).notifications)).toEqual(['state_changed ann fetching>idle']);
    expect(told(when(world, ended(cal!)).notifications)).toEqual(['state_changed cal fetching>idle']);
  });

  test('given two answer at once, the second is hung up and joins nothing', () => {
    const world = aWorld(threeForSales());
    givenACaller(world, ringAll());
    const [ann, bob] = [legOf(world, ANN), legOf(world, BOB)];
    when(world, answered(ann));

    const { effects, changes, notifications } = when(world, answered(bob));

    expect(effects).toEqual([{ do: 'hang-up', channelId: bob.channelId, from: null }]);
    expect([changes, notifications]).toEqual([[], []]);
  });

  test('given one declines, the others ring on and, when it has rested, it takes the next caller', () => {
    const world = aWorld(threeForSales());
    const { taskId } = givenACaller(world, ringAll());
    const next = givenACaller(world, {}, after(1));

    const missed = when(world, ended(legOf(world, ANN), 21), after(2));
    const rested = when(world, due('agents', theAgent(world)), after(2 + SETTINGS.missPauseSeconds));

    expect(told(missed.notifications)).toEqual(['state_changed ann fetching>idle']);
    expect(told(rested.notifications)).toEqual(['queue.select ann', 'state_changed ann idle>fetching']);
    expect(world.queueTasks.get(taskId)?.phase).toMatchObject({
      legs: [{ agentId: 'default/bob' }, { agentId: 'default/cal' }],
    });
    expect(world.queueTasks.get(next.taskId)?.phase.at).toBe('ringing');
  });

  test('given all decline, the task fails with the last', () => {
    const world = aWorld(threeForSales());
    givenACaller(world, ringAll());

    const events = [ANN, BOB, CAL].map(
      (name) => told(when(world, ended(legOf(world, name), 21)).notifications)[0],
    );

    expect(events).toEqual([
      'state_changed ann fetching>idle',
      'state_changed bob fetching>idle',
      'queue.fail call_fail',
    ]);
  });

  test('given the caller hangs up, all stop', () => {
    const world = aWorld(threeForSales());
    const { channelId } = givenACaller(world, ringAll());

    expect(hungUp(when(world, ended({ channelId })).effects)).toHaveLength(3);
  });

  test('given several who are not equally good, only the best ring', () => {
    const [best, worse] = [
      { name: 'sales', score: 9, enabled: true },
      { name: 'sales', score: 1, enabled: true },
    ];
    const world = aWorld(
      atTheirPhones({ name: ANN, skills: [best] }, { name: BOB, skills: [worse] }, { name: CAL, skills: [best] }),
    );

    const { outcome } = givenACaller(world, ringAll());

    expect(told(outcome.notifications).filter((each) => each.startsWith('queue'))).toEqual([
      'queue.select ann',
      'queue.select cal',
    ]);
  });
});
