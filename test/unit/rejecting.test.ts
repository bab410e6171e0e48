import type { AgentName, QueueTaskId } from '../../src/domain/ids';
import { callOut, reject, transfer } from '../support/agent-operations';
import { aCallForAnn, aDayOfThree, aTalk } from '../support/agent-talks';
import {
  agentTarget,
  ANN,
  answered,
  asking,
  BOB,
  CAL,
  ended,
  hungUp,
  OTHER_APP,
  released,
  routing,
  skillTarget,
  theAgent,
} from '../support/happenings';
import { aDay, everybodyHangsUp } from '../support/watched-day';
import { after, anId, SETTINGS } from '../support/worlds';

afterEach(everybodyHangsUp);

describe('an agent declines the call that rings', () => {
  test('given nobody else, the task has failed at once, and the caller goes on with what the agent said', () => {
    const { day, task, conversation } = aCallForAnn({ userData: 'vip', reserveState: 'busy/paperwork' });
    const leg = day.leg(ANN);

    const { answer, effects } = day.forget().take(reject(ANN, task, 'call back later'));

    expect(answer).toBeNull();
    expect(hungUp(effects)).toEqual([leg.channelId]);
    expect(released(effects)).toEqual({
      PARLEY_RESULT: 'call_fail',
      PARLEY_QUEUE_ID: task.id,
      PARLEY_CONVERSATION_ID: conversation.id,
      PARLEY_END_REASON: 'dismiss',
      PARLEY_USER_DATA: 'call back later',
    });
    day.settle();
    expect(day.told).toEqual(['queue.fail call_fail', 'state_changed ann fetching>busy/paperwork']);
    day.expectNothingLeft();
  });

  test('given it says nothing, the caller keeps its own user data', () => {
    const { day, task } = aCallForAnn({ userData: 'vip' });

    const { effects } = day.take(reject(ANN, task));

    expect(released(effects)).toMatchObject({ PARLEY_USER_DATA: 'vip' });
  });

  test('given the document overflows, the next agent rings, and what was said comes back if it fails too', () => {
    const day = aDayOfThree();
    const routes = routing([[agentTarget(ANN)], [agentTarget(BOB)]], { failOverflow: true });
    const caller = day.caller({ request: { by: 'enqueue', enqueue: routes } });
    const { id } = day.task();
    day.forget().take(reject(ANN, { id }, 'ann is away'));

    expect(day.told).toEqual(['queue.select bob', 'state_changed bob idle>fetching']);
    expect(day.audio(caller)).toBe('music');
    expect(day.settle()).toEqual(['state_changed ann fetching>idle']);
    const { effects } = day.take(ended(day.leg(BOB), 21));
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'call_fail', PARLEY_USER_DATA: 'ann is away' });
  });

  test('given it has declined, the queue leaves it alone for a while, and its late answer is hung up', () => {
    const { day, task } = aCallForAnn();
    const leg = day.leg(ANN);
    day.take(reject(ANN, task));

    expect(theAgent(day.world).restsUntil).toBe(after(SETTINGS.missPauseSeconds).at);
    expect(hungUp(day.take(answered(leg)).effects)).toEqual([leg.channelId]);
    expect(day.states()).toMatchObject({ ann: 'fetching' });
  });

  test('given several ring, the others ring on', () => {
    const sales = [{ name: 'sales', score: 1, enabled: true }];
    const day = aDay({ name: ANN, skills: sales }, { name: BOB, skills: sales });
    day.caller({ request: asking([skillTarget('sales')], { choice: 'all' }) });
    const task = day.task();

    expect(day.forget().events(reject(ANN, task))).toEqual([]);
    expect(day.events(answered(day.leg(BOB)))).toContain('queue.success bob');
  });

  test('given it was transferred to it, the caller is left alone and the conversation ends', () => {
    const { day, conversation } = aTalk();
    const { answer: id } = day.take(transfer(ANN, conversation));
    day.settle();

    expect(day.events(reject(BOB, { id }))).toEqual(['queue.fail call_fail', 'end dismiss']);
    expect(day.settle()).toEqual(['state_changed bob fetching>idle']);
    day.expectNothingLeft();
  });

  test('given it was transferred to it, the caller comes back with what the agent said', () => {
    const { day, conversation } = aTalk();
    const { answer: id } = day.take(transfer(ANN, conversation));
    day.settle();

    const { effects } = day.take(reject(BOB, { id }, 'not today'));

    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'success', PARLEY_USER_DATA: 'not today' });
  });
});

describe('declining is refused', () => {
  test('given an agent or a task that is not there, or another application’s', () => {
    const { day, task } = aCallForAnn();

    expect(day.refusal(reject('nobody' as AgentName, task))).toBe('agent-not-found');
    expect(day.refusal(reject(ANN, { id: anId<QueueTaskId>() }))).toBe('queue-task-not-found');
    expect(day.refusal({ ...reject(ANN, task), app: OTHER_APP })).toBe('agent-not-found');
  });

  test('given the task rings at somebody else, or has not started', () => {
    const { day, conversation } = aTalk();
    const { answer: starting } = day.take(transfer(ANN, conversation));
    expect(day.refusal(reject(BOB, { id: starting }))).toBe('busy');
    day.settle();

    expect(day.refusal(reject(ANN, { id: starting }))).toBe('busy');
    expect(day.refusal(reject(CAL, { id: starting }))).toBe('busy');
  });

  test('given the task waits', () => {
    const day = aDay({ name: ANN, state: 'away' });
    day.caller();

    expect(day.refusal(reject(ANN, day.task()))).toBe('busy');
  });

  test('given it has answered, or declined already', () => {
    const first = aCallForAnn();
    first.day.take(answered(first.day.leg(ANN)));
    expect(first.day.refusal(reject(ANN, first.task))).toBe('queue-task-not-found');

    const second = aCallForAnn();
    second.day.take(reject(ANN, second.task));
    expect(second.day.refusal(reject(ANN, second.task))).toBe('queue-task-not-found');
  });

  test('given its own phone rings for a call of its own, there is no task to decline', () => {
    const day = aDayOfThree();
    const { answer } = day.take(callOut(ANN));

    expect(day.refusal(reject(ANN, { id: answer.callId as string as QueueTaskId }))).toBe('queue-task-not-found');
  });
});
