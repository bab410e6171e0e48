import type { ConditionId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Condition } from '../../src/domain/queue/condition';
import type { Target } from '../../src/domain/queue/enqueue';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import { passedOver, rivalOf } from '../../src/runtime/passed-over';
import { expressionOf } from '../support/expressions';
import { agentTarget, ANN, BOB, OTHER_APP, routing, skillTarget } from '../support/happenings';
import { after, anAgent, anId, APP, aWorld, NOW } from '../support/worlds';

const SALES = { name: 'sales', score: 3, enabled: true };
const TEA = { name: 'tea', score: 3, enabled: false };
const ann = anAgent({ name: ANN, skills: [SALES, TEA] });

function aCondition(where: string, changes: Partial<Condition> = {}): Condition {
  return {
    id: anId<ConditionId>(),
    app: APP,
    createdAt: NOW,
    lookAt: null,
    where: expressionOf(where, 'boolean'),
    sort: null,
    priority: 0,
    queueTimeoutSeconds: 60,
    fetchTimeoutSeconds: 45,
    remark: null,
    ...changes,
  };
}

/** Queued so many seconds after the start, for Ann unless something else is said. */
function aTask(
  seconds: number,
  targets: readonly Target[] = [agentTarget(ANN)],
  changes: Partial<QueueTask> = {},
): QueueTask {
  const waits = targets.map((target) =>
    target.kind === 'condition' ? { priority: 0, queueTimeoutSeconds: 60, fetchTimeoutSeconds: 45 } : target,
  );
  return {
    id: anId<QueueTaskId>(),
    app: APP,
    type: 'ivr',
    enqueue: routing([targets as never]),
    plan: null,
    userData: null,
    priority: 0,
    queuedAt: after(seconds).at,
    origin: { from: 'caller', callId: anId() },
    conversationId: null,
    conditionId: null,
    route: 0,
    routeSince: after(seconds).at,
    waits,
    phase: { at: 'waiting' },
    missedBy: [],
    givenAwayBy: null,
    rejectedWith: null,
    decisions: [],
    ...changes,
  };
}

const conditionTarget = ({ id }: Condition): Target => ({ kind: 'condition', id });

function passed(
  task: QueueTask,
  other: QueueTask,
  conditions: readonly Condition[] = [],
  at: Instant = after(100).at,
) {
  return passedOver(aWorld({ agents: [ann], conditions }), ann, rivalOf(task), [rivalOf(other)], at) !== undefined;
}

const given = aTask(10);

const UNRELATED = [agentTarget(BOB, { priority: 9 }), agentTarget(ANN)];
const BY_DOCUMENT = { enqueue: routing([[agentTarget(ANN)]], { priority: 1 }) };

test.each([
  ['waits for longer', aTask(9)],
  ['came later and is more urgent', aTask(11, [agentTarget(ANN)], { priority: 1 })],
  ['came later and is more urgent by its document', aTask(11, [agentTarget(ANN)], BY_DOCUMENT)],
  ['came later and is more urgent by its target', aTask(11, [agentTarget(ANN, { priority: 1 })])],
  ['waits for longer for a skill of the agent', aTask(9, [skillTarget('sales')])],
  ['waits for longer for somebody else or the agent', aTask(9, [agentTarget(BOB), agentTarget(ANN)])],
  ['waits for longer and times out soon', aTask(9, [agentTarget(ANN, { queueTimeoutSeconds: 92 })])],
])('given another that %s, it was passed over', (_, other) => {
  expect(passed(given, other)).toBe(true);
});

test.each([
  ['came at the same moment', aTask(10)],
  ['came later', aTask(11)],
  ['waits for longer and is less urgent', aTask(9, [agentTarget(ANN)], { priority: -1 })],
  ['waits for longer for another agent', aTask(9, [agentTarget(BOB)])],
  ['waits for longer for a skill that is disabled', aTask(9, [skillTarget('tea')])],
  ['came later and is more urgent only where the agent does not fit', aTask(11, UNRELATED)],
  ['waits for longer and has timed out', aTask(9, [agentTarget(ANN, { queueTimeoutSeconds: 91 })])],
])('given another that %s, it was not', (_, other) => {
  expect(passed(given, other)).toBe(false);
});

test('given a task that is more urgent for another agent, what it waits for with this one counts', () => {
  expect(passed(aTask(10, UNRELATED), aTask(9))).toBe(true);
});

test.each([
  ['chooses the agent', aCondition('get("sales") > 2'), true],
  ['chooses others', aCondition('get("sales") > 3'), false],
  ['fails on the agent', aCondition('1 / get("tea") > 0'), false],
  ['fails to sort the agent', aCondition('true', { sort: expressionOf('1 / get("tea")', 'number') }), false],
  ['is of another application', aCondition('true', { app: OTHER_APP }), false],
])(
  'given another that waits for longer for a condition that %s, it is judged by that',
  (_, condition, expected) => {
    const other = aTask(50, [conditionTarget(condition)]);

    expect(passed(aTask(60), other, [condition])).toBe(expected);
  },
);

test('given another that waits for a condition that is not there, it was not passed over', () => {
  expect(passed(aTask(60), aTask(50, [conditionTarget(aCondition('true'))]))).toBe(false);
});

test('given several, the first that was passed over is told', () => {
  const others = [aTask(11), aTask(9), aTask(8)].map(rivalOf);

  expect(passedOver(aWorld(), ann, rivalOf(given), others, after(20).at)).toBe(others[1]);
});
