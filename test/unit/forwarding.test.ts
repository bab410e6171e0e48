import type { AgentName, ConditionId, QueueTaskId } from '../../src/domain/ids';
import { agentEnqueue, type Enqueue } from '../../src/domain/queue/enqueue';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import { callAgent, forward } from '../support/agent-operations';
import { aCallForAnn, aDayOfThree, aTalk } from '../support/agent-talks';
import { conditionTarget, documentOf } from '../support/conditions';
import {
  agentTarget,
  alerting,
  ANN,
  answered,
  asking,
  BOB,
  CAL,
  ended,
  hungUp,
  inviteAgent,
  inviteOut,
  now,
  OTHER_APP,
  released,
  routing,
  skillTarget,
} from '../support/happenings';
import { aDay, everybodyHangsUp } from '../support/watched-day';
import { after, anId } from '../support/worlds';

afterEach(everybodyHangsUp);

const toBob = (changes: Partial<Enqueue> = {}): Enqueue => routing([[agentTarget(BOB)]], changes);

/** Ann has sent the caller on to Bob; her phone is still to stop ringing. */
function aForwardedCall(document: Partial<Enqueue> = {}, bob = {}) {
  const call = aCallForAnn({ userData: 'vip', reserveState: 'busy/paperwork' }, bob);
  const leg = call.day.leg(ANN);
  call.day.forget();
  const { answer: id, effects } = call.day.take(forward(ANN, call.task, toBob(document)));
  return { ...call, leg, id, effects };
}

describe('an agent sends the call that rings on to another one', () => {
  test('given its phone still rings, the old task has failed and nobody is looked for', () => {
    const { day, leg, id, task, effects, conversation, caller } = aForwardedCall();

    expect(id).not.toBe(task.id);
    expect(day.told).toEqual(['queue.fail forward']);
    expect(hungUp(effects)).toEqual([leg.channelId]);
    expect(day.task()).toMatchObject({
      id,
      type: 'fwd_agent',
      phase: { at: 'starting' },
      queuedAt: task.queuedAt,
    });
    expect(now(day.world, 'conversations', conversation)).toMatchObject({ invited: [id], queueId: id });
    expect(now(day.world, 'calls', caller).stage).toMatchObject({ taskId: id });
  });

  test('given its phone has stopped, it is free and the other one rings, who talks to the caller', () => {
    const { day, caller, leg, conversation } = aForwardedCall();

    expect(day.settle()).toEqual([
      'state_changed ann fetching>busy/paperwork',
      'queue.select bob',
      'state_changed bob idle>fetching',
    ]);
    expect(day.events(answered(day.leg(BOB)))).toEqual([
      'state_changed bob fetching>talking',
      'begin',
      'queue.success bob',
      'enter bob',
      'parts_changed',
    ]);
    expect([day.audio(caller), day.audio(day.leg(BOB))]).toEqual(['talks', 'talks']);
    expect(day.conversation().id).toBe(conversation.id);
    expect(day.world.calls.has(leg.id)).toBe(false);
  });

  test('given the other one declines, the caller goes on with the new task', () => {
    const { day, id } = aForwardedCall({ userData: 'from ann' });
    day.settle();

    const { effects } = day.take(ended(day.leg(BOB), 21));

    expect(released(effects)).toMatchObject({
      PARLEY_RESULT: 'call_fail',
      PARLEY_QUEUE_ID: id,
      PARLEY_USER_DATA: 'from ann',
    });
  });

  test('given nobody is free, the caller waits as long as the new document says, from then on', () => {
    const { day, id } = aForwardedCall(
      { routes: [{ targets: [agentTarget(BOB, { queueTimeoutSeconds: 20 })] }] },
      { state: 'away' },
    );
    day.pass(7).settle();

    expect(now(day.world, 'queueTasks', { id })).toMatchObject({
      phase: { at: 'waiting' },
      routeSince: after(7).at,
    });
    day.pass(20);
    expect(day.events({ type: 'due', kind: 'queueTasks', id })).toEqual(['queue.fail timeout']);
  });

  test('given everybody fits the new document, the one who gave it away is not offered it again', () => {
    const sales = [{ name: 'sales', score: 1, enabled: true }];
    const day = aDay({ name: ANN, skills: sales }, { name: BOB, skills: sales, state: 'away' });
    day.caller({ request: asking([agentTarget(ANN)]) });
    day.take(forward(ANN, day.task(), routing([[skillTarget('sales')]])));
    day.forget().settle();
    expect(day.told).toEqual(['state_changed ann fetching>idle']);
    expect(day.task().phase.at).toBe('waiting');

    const { app } = day.task();
    expect(day.events({ type: 'set-state', app, name: BOB, state: 'idle' })).toContain('queue.select bob');
  });

  test('given the priority of the caller, the new task has it too', () => {
    const day = aDayOfThree({ state: 'away' });
    day.caller({ request: asking([agentTarget(ANN)]), priority: 7 });

    day.take(forward(ANN, day.task(), toBob()));

    expect(day.task()).toMatchObject({ priority: 7, origin: { from: 'caller' } });
  });

  test('given ringback until then, the caller hears at once what the new document lets those hear who wait', () => {
    const { day, caller, task } = aCallForAnn({ ringMode: 5 });
    day.take(alerting(day.leg(ANN)));
    expect(day.audio(caller)).toBe('ringback');

    day.take(forward(ANN, task, toBob({ waitVoice: 'please-hold' as Sound })));

    expect(day.audio(caller)).toBe('please-hold');
  });

  test('given a caller who is not answered yet, it waits on unanswered', () => {
    const day = aDayOfThree();
    const caller = day.caller({ request: asking([agentTarget(ANN)]), answer: false });
    day.take(forward(ANN, day.task(), toBob()));
    day.settle();
    expect(now(day.world, 'calls', caller).stage).toMatchObject({ at: 'queued', answered: false });

    day.take(answered(day.leg(BOB)));
    expect(day.audio(caller)).toBe('talks');
  });

  test('given somebody else talks with the caller already, the other one joins them', () => {
    const { day, caller, task, conversation } = aCallForAnn();
    day.take(inviteOut(conversation));
    day.take(answered(day.number()));
    day.take(forward(ANN, task, toBob()));
    day.settle();

    day.take(answered(day.leg(BOB)));

    expect(Object.keys(day.modes(conversation))).toHaveLength(3);
    expect(day.audio(caller)).toBe('talks');
  });

  test('given several ring, all stop', () => {
    const sales = [{ name: 'sales', score: 1, enabled: true }];
    const day = aDay({ name: ANN, skills: sales }, { name: BOB, skills: sales }, { name: CAL });
    day.caller({ request: asking([skillTarget('sales')], { choice: 'all' }) });

    expect(hungUp(day.take(forward(ANN, day.task(), agentEnqueue(CAL))).effects)).toHaveLength(2);
    day.settle();

    expect(day.states()).toEqual({ ann: 'idle', bob: 'idle', cal: 'fetching' });
  });

  test('given it is invited to a conversation, the other one is, in the same mode', () => {
    const { day, conversation } = aTalk();
    const { answer: id } = day.take(inviteAgent(conversation, agentEnqueue(BOB), { mode: 2 }));

    day.take(forward(BOB, { id }, agentEnqueue(CAL)));
    day.settle();
    day.take(answered(day.leg(CAL)));

    expect(day.modes(conversation).cal).toBe(2);
    expect(now(day.world, 'conversations', conversation).queueId).not.toBe(id);
  });

  test('given an agent calls it, the one who calls waits for the other one', () => {
    const day = aDayOfThree();
    const { answer } = day.take(callAgent(ANN));
    day.take(answered(day.leg(ANN)));
    day.forget();

    const { answer: id } = day.take(forward(BOB, { id: answer.taskId }, agentEnqueue(CAL)));
    day.settle();
    day.take(answered(day.leg(CAL)));

    expect(day.conversation()).toMatchObject({ type: 'call_agent', queueId: id });
    expect([day.audio(day.leg(ANN)), day.audio(day.leg(CAL))]).toEqual(['talks', 'talks']);
  });

  test('given it is sent on twice, each is not offered what it gave away itself', () => {
    const { day } = aForwardedCall();
    day.settle();

    const { answer: id } = day.take(forward(BOB, day.task(), agentEnqueue(CAL)));
    day.forget().settle();

    expect(day.told).toEqual([
      'state_changed bob fetching>idle',
      'queue.select cal',
      'state_changed cal idle>fetching',
    ]);
    expect(day.task().id).toBe(id);
  });
});

describe('forwarding is refused', () => {
  test('given an agent, a task or what the document names is not there', () => {
    const { day, task } = aCallForAnn();
    const nobody = 'nobody' as AgentName;
    const byCondition = documentOf([[conditionTarget('c'.repeat(32) as ConditionId)]]);

    expect(day.refusal(forward(nobody, task))).toBe('agent-not-found');
    expect(day.refusal(forward(ANN, task, agentEnqueue(nobody)))).toBe('agent-not-found');
    expect(day.refusal(forward(ANN, task, byCondition))).toBe('condition-not-found');
    expect(day.refusal(forward(ANN, { id: anId<QueueTaskId>() }))).toBe('queue-task-not-found');
    expect(day.refusal({ ...forward(ANN, task), app: OTHER_APP })).toBe('agent-not-found');
  });

  test('given it does not ring at this agent, has been sent on, or was answered', () => {
    const { day, task, id } = aForwardedCall();
    expect(day.refusal(forward(ANN, task))).toBe('queue-task-not-found');
    expect(day.refusal(forward(ANN, { id }))).toBe('busy');
    day.settle();

    expect(day.refusal(forward(ANN, { id }))).toBe('busy');
    day.take(answered(day.leg(BOB)));
    expect(day.refusal(forward(BOB, { id }))).toBe('queue-task-not-found');
  });
});
