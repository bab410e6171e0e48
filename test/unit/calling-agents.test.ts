import type { AgentName, ConditionId, SipUser } from '../../src/domain/ids';
import { agentEnqueue } from '../../src/domain/queue/enqueue';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import { callAgent, callOut } from '../support/agent-operations';
import { aDayOfThree, aTalk } from '../support/agent-talks';
import { conditionTarget, documentOf } from '../support/conditions';
import {
  agentTarget,
  alerting,
  ANN,
  answered,
  BOB,
  due,
  ended,
  hungUp,
  now,
  OTHER_APP,
  routing,
} from '../support/happenings';
import { everybodyHangsUp } from '../support/watched-day';
import { after, doing, SETTINGS } from '../support/worlds';

afterEach(everybodyHangsUp);

/** Ann's own phone has been answered, and Bob is looked for. */
function annCalls(enqueue = agentEnqueue(BOB), bob = {}) {
  const day = aDayOfThree(bob);
  const { answer } = day.take(callAgent(ANN, enqueue));
  day.forget().take(answered(day.leg(ANN)));
  return { day, answer };
}

describe('an agent calls another one', () => {
  test('given its phone is on hook, that rings first, and nobody is looked for', () => {
    const day = aDayOfThree();

    const { answer, effects } = day.take(callAgent(ANN));

    expect(answer).toEqual({
      callId: day.leg(ANN).id,
      conversationId: expect.stringMatching(/^[0-9a-f]{32}$/),
      taskId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(doing(effects, 'dial')).toMatchObject([{ from: null, ringSeconds: 45 }]);
    expect([day.world.queueTasks.size, day.world.conversations.size]).toEqual([0, 0]);
    expect(day.states()).toMatchObject({ ann: 'fetching', bob: 'idle' });
  });

  test('given it answers, it is in a conversation of its own, and the other one’s phone shows its number', () => {
    const document = routing([[agentTarget(BOB)]], {
      userData: 'vip',
      conversationTimeoutSeconds: 600,
      conversationLevel: 1,
      holdVoice: 'hold' as Sound,
    });
    const { day, answer } = annCalls(document);

    expect(day.conversation()).toMatchObject({
      id: answer.conversationId,
      type: 'call_agent',
      agentCallId: answer.callId,
      queueId: answer.taskId,
      userData: 'vip',
      endsAt: after(600).at,
      maxMembers: 2,
      holdVoice: 'hold',
      invited: [answer.taskId],
    });
    expect(day.task()).toMatchObject({ id: answer.taskId, type: 'call_agent', origin: { from: 'conversation' } });
    expect(now(day.world, 'calls', day.leg(BOB)).stage).toMatchObject({ at: 'ringing' });
    expect(day.told).toEqual([
      'state_changed ann fetching>talking',
      'enter ann',
      'parts_changed',
      'queue.select bob',
      'state_changed bob idle>fetching',
    ]);
  });

  test('given the other one answers, both talk, and the conversation has begun', () => {
    const { day } = annCalls();

    expect(day.forget().events(answered(day.leg(BOB)))).toEqual([
      'state_changed bob fetching>talking',
      'begin',
      'queue.success bob',
      'enter bob',
      'parts_changed',
    ]);
    expect([day.audio(day.leg(ANN)), day.audio(day.leg(BOB))]).toEqual(['talks', 'talks']);
  });

  test('given it waits, it hears what the document says, as a caller would', () => {
    const document = routing([[agentTarget(BOB)]], { waitVoice: 'wait' as Sound, ringMode: 5 });
    const { day } = annCalls(document, { state: 'away' });
    const heard = [day.audio(day.leg(ANN))];

    day.take({ type: 'set-state', app: day.task().app, name: BOB, state: 'idle' });
    day.take(alerting(day.leg(BOB)));
    heard.push(day.audio(day.leg(ANN)));

    expect(heard).toEqual(['wait', 'ringback']);
  });

  test.each(['declines', 'is not free in time'])(
    'given the other one %s, it ends as silently as it came',
    (how) => {
      const soon = routing([[agentTarget(BOB, { queueTimeoutSeconds: 20 })]]);
      const { day, answer } = annCalls(soon, { state: how === 'declines' ? 'idle' : 'away' });
      const fails = how === 'declines' ? ended(day.leg(BOB), 21) : due('queueTasks', { id: answer.taskId });

      day.forget().pass(20).take(fails);
      day.settle();

      const cause = how === 'declines' ? 'call_fail' : 'timeout';
      expect(day.told.filter((event) => !event.includes('bob'))).toEqual([
        `queue.fail ${cause}`,
        'exit ann',
        'state_changed ann talking>idle',
      ]);
      day.expectNothingLeft();
    },
  );

  test('given it hangs up while the other one rings, that stops', () => {
    const { day } = annCalls();
    const leg = day.leg(BOB);

    const { effects } = day.forget().take(ended(day.leg(ANN)));

    expect(day.told).toEqual(['exit ann', 'queue.fail hangup', 'state_changed ann talking>idle']);
    expect(hungUp(effects)).toEqual([leg.channelId]);
    expect(day.settle()).toEqual(['state_changed bob fetching>idle']);
    day.expectNothingLeft();
  });

  test('given it talks already, the same leg waits for the other one, and the caller is on hold', () => {
    const { day, caller, conversation } = aTalk();

    const { answer, effects } = day.take(callAgent(ANN));

    expect(answer.callId).toBe(day.leg(ANN).id);
    expect(doing(effects, 'dial')).toMatchObject([{ callId: day.leg(BOB).id, from: '1001' }]);
    expect(day.told).toEqual([
      'enter ann',
      'parts_changed',
      'queue.select bob',
      'state_changed bob idle>fetching',
    ]);
    expect([day.modes(conversation).ann, day.audio(caller), day.audio(day.leg(ANN))]).toEqual([
      4,
      'music',
      'music',
    ]);
  });

  test('given the other one is unable to come at once and may not be waited for, it is told and it ends', () => {
    const { day } = annCalls(routing([[agentTarget(BOB, { queueTimeoutSeconds: 0 })]]), { state: 'away' });
    day.settle();

    expect(day.told).toEqual([
      'state_changed ann fetching>talking',
      'enter ann',
      'parts_changed',
      'queue.fail timeout',
      'exit ann',
      'state_changed ann talking>idle',
    ]);
  });

  test('given it is called by two, it comes to the first and the second one waits for it', () => {
    const day = aDayOfThree();
    day.take(callAgent(ANN));
    day.take(callOut(BOB));
    day.take(answered(day.leg(ANN)));

    expect(day.task().phase.at).toBe('waiting');
    day.take(ended(day.leg(BOB)));
    expect(day.task().phase.at).toBe('ringing');
  });
});

describe('calling an agent is refused', () => {
  test('given an agent or what the document names is not there, or another application’s', () => {
    const day = aDayOfThree();
    const nobody = 'nobody' as AgentName;
    const byCondition = documentOf([[conditionTarget('c'.repeat(32) as ConditionId)]]);

    expect(day.refusal(callAgent(nobody))).toBe('agent-not-found');
    expect(day.refusal(callAgent(ANN, agentEnqueue(nobody)))).toBe('agent-not-found');
    expect(day.refusal(callAgent(ANN, byCondition))).toBe('condition-not-found');
    expect(day.refusal({ ...callAgent(ANN), app: OTHER_APP })).toBe('agent-not-found');
  });

  test('given its phone rings already, is not registered, or nobody has heard of it for too long', () => {
    const day = aDayOfThree();
    day.take(callAgent(ANN));
    expect(day.refusal(callAgent(ANN))).toBe('agent-busy');

    const user = '100002' as SipUser; // Bob's.
    day.take({ type: 'phone-reachable', user, reachable: false });
    expect(day.refusal(callAgent(BOB, agentEnqueue(ANN)))).toBe('extension-unavailable');
    day.take({ type: 'phone-reachable', user, reachable: true });
    expect(day.pass(SETTINGS.keepaliveSeconds).refusal(callAgent(BOB, agentEnqueue(ANN)))).toBe('agent-expired');
  });
});
