import type { QueueTaskId } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import { givenOneWhoAsks, ringing, settingState } from '../support/conditions';
import {
  agentTarget,
  ANN,
  answered,
  BOB,
  ended,
  hungUp,
  inviteAgent,
  legOf,
  membersOf,
  now,
  OTHER_APP,
  refusal,
  released,
  routing,
  skillTarget,
  theAgent,
  told,
} from '../support/happenings';
import { after, anId, APP, aRunningConversation, atTheirPhones, aWorld, when } from '../support/worlds';

const cancelling = (taskId: QueueTaskId): Input<'cancel-task'> => ({ type: 'cancel-task', app: APP, taskId });

function settingPriority(taskId: QueueTaskId, priority: number): Input<'set-task-priority'> {
  return { type: 'set-task-priority', app: APP, taskId, priority };
}

const toAnn = [[agentTarget(ANN)]];

describe('cancelling', () => {
  test('given a caller who waits, it goes on in the dialplan and is told why', () => {
    const world = aWorld(atTheirPhones({ name: ANN, state: 'away' }));
    const { taskId } = givenOneWhoAsks(world, toAnn);

    const { answer, effects, notifications } = when(world, cancelling(taskId));

    expect(answer).toBeNull();
    expect(told(notifications)).toEqual(['queue.fail cancel']);
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'cancel', PARLEY_QUEUE_ID: taskId });
    expect([world.queueTasks.size, world.calls.size, world.conversations.size]).toEqual([0, 0, 0]);
  });

  test('given an agent is free later, it is not rung for who was cancelled', () => {
    const world = aWorld(atTheirPhones({ name: ANN, state: 'away' }));
    when(world, cancelling(givenOneWhoAsks(world, toAnn).taskId));

    expect(when(world, settingState(ANN)).effects).toEqual([]);
  });

  test('given phones that ring for it, all of them stop, and their agents are not held to have missed it', () => {
    const agents = [ANN, BOB].map((name) => ({ name, skills: [{ name: 'sales', score: 1, enabled: true }] }));
    const world = aWorld(atTheirPhones(...agents));
    const { taskId } = givenOneWhoAsks(world, [[skillTarget('sales')]], {}, { choice: 'all' });
    const legs = [legOf(world, ANN), legOf(world, BOB)];

    const { effects, notifications } = when(world, cancelling(taskId));

    expect(told(notifications)).toEqual(['queue.fail cancel']);
    expect([...hungUp(effects)].sort()).toEqual(legs.map(({ channelId }) => channelId).sort());
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'cancel' });
    for (const leg of legs) when(world, ended(leg));
    expect([ANN, BOB].map((name) => theAgent(world, name))).toMatchObject([
      { state: 'idle', restsUntil: null },
      { state: 'idle', restsUntil: null },
    ]);
    expect([world.calls.size, world.conversations.size]).toEqual([0, 0]);
  });

  test('given an agent who answers after that, the agent is hung up and nobody is served', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    const { taskId } = givenOneWhoAsks(world, toAnn);
    const leg = legOf(world);
    when(world, cancelling(taskId));

    const { effects, notifications } = when(world, answered(leg));

    expect([hungUp(effects), notifications]).toEqual([[leg.channelId], []]);
  });

  test('given an agent who was invited to a conversation, that goes on without', () => {
    const { world, conversation } = aRunningConversation(2);
    const { answer: taskId } = when(world, inviteAgent(conversation, routing([[skillTarget('sales')]])));

    const { notifications } = when(world, cancelling(taskId));

    expect(told(notifications)).toEqual(['queue.fail cancel']);
    expect(membersOf(now(world, 'conversations', conversation))).toHaveLength(2);
    expect(now(world, 'conversations', conversation).invited).toEqual([]);
  });

  test('given one alone in a conversation, to which an agent was invited, the conversation ends', () => {
    const { world, conversation, calls } = aRunningConversation(2);
    const { answer: taskId } = when(world, inviteAgent(conversation, routing([[skillTarget('sales')]])));
    when(world, ended(calls[0]!));

    expect(told(when(world, cancelling(taskId)).notifications)).toEqual(['queue.fail cancel', 'end dismiss']);
  });
});

describe('changing the priority of one who waits', () => {
  const two = () => {
    const world = aWorld(atTheirPhones({ name: ANN, state: 'away' }));
    const first = givenOneWhoAsks(world, toAnn, { priority: 5, ...after(1) });
    const second = givenOneWhoAsks(world, toAnn, { priority: 5, ...after(2) });
    return { world, first, second };
  };

  test.each([
    ['a higher one, it passes who was before it', 'second', 6],
    ['a lower one, it lets pass who was behind it', 'first', 4],
  ] as const)('given %s', (_, which, priority) => {
    const { world, ...tasks } = two();

    const { answer, effects, notifications } = when(world, settingPriority(tasks[which].taskId, priority));
    when(world, settingState(ANN), after(3));

    expect([answer, effects, notifications]).toEqual([null, [], []]);
    expect([tasks.first, tasks.second].map(({ taskId }) => ringing(world, taskId))).toEqual(['waiting', ['ann']]);
  });

  test('given the same one, who has waited longest is still first', () => {
    const { world, first, second } = two();
    when(world, settingPriority(second.taskId, 5));
    when(world, settingState(ANN), after(3));

    expect([first, second].map(({ taskId }) => ringing(world, taskId))).toEqual([['ann'], 'waiting']);
  });

  test("given the document's and the target's own, they are added to the new one as to the old", () => {
    const world = aWorld(atTheirPhones({ name: ANN, state: 'away' }));
    const rich = givenOneWhoAsks(world, [[agentTarget(ANN, { priority: 3 })]], { priority: 9 }, { priority: 2 });
    const plain = givenOneWhoAsks(world, toAnn, { priority: 6 });

    when(world, settingPriority(rich.taskId, 0));
    when(world, settingState(ANN));

    expect([rich, plain].map(({ taskId }) => ringing(world, taskId))).toEqual(['waiting', ['ann']]);
  });

  test('given one whose agent rings, it counts once that has failed', () => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB, state: 'away' }));
    const routes = [[agentTarget(ANN)], [agentTarget(BOB)]];
    const rung = givenOneWhoAsks(world, routes, {}, { failOverflow: true });
    const other = givenOneWhoAsks(world, [[agentTarget(BOB)]], { priority: 1 });
    when(world, settingPriority(rung.taskId, 2));
    when(world, ended(legOf(world)));

    when(world, settingState(BOB));

    expect([rung, other].map(({ taskId }) => ringing(world, taskId))).toEqual([['bob'], 'waiting']);
  });
});

describe('a task that cannot be steered', () => {
  const commands = [cancelling, (taskId: QueueTaskId) => settingPriority(taskId, 1)];

  test('given none of that id, it is refused', () => {
    for (const command of commands) expect(refusal(aWorld(), command(anId()))).toBe('queue-task-not-found');
  });

  test("given another application's, it is refused as if there was none", () => {
    const world = aWorld(atTheirPhones({ name: ANN, state: 'away' }));
    const { taskId } = givenOneWhoAsks(world, toAnn);

    for (const command of commands) {
      expect(refusal(world, { ...command(taskId), app: OTHER_APP })).toBe('queue-task-not-found');
    }
    expect(ringing(world, taskId)).toBe('waiting');
  });

  test('given one that is served or cancelled already, it is refused', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    const served = givenOneWhoAsks(world, toAnn);
    when(world, answered(legOf(world)));
    const cancelled = givenOneWhoAsks(world, toAnn);
    when(world, cancelling(cancelled.taskId));

    for (const command of commands) {
      expect(refusal(world, command(served.taskId))).toBe('queue-task-not-found');
      expect(refusal(world, command(cancelled.taskId))).toBe('queue-task-not-found');
    }
  });
});
