import fc from 'fast-check';
import type { ConditionId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Condition } from '../../src/domain/queue/condition';
import type { Target } from '../../src/domain/queue/enqueue';
import { rankBy } from '../../src/domain/queue/fitting';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { World } from '../../src/domain/world';
import { passedOver } from '../../src/runtime/passed-over';
import { rivalOf, Rivals } from '../../src/runtime/rivals';
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

function rivals(...tasks: readonly QueueTask[]): Rivals {
  const all = new Rivals();
  for (const task of tasks) all.enter(rivalOf(task));
  return all;
}

function passed(
  task: QueueTask,
  other: QueueTask,
  conditions: readonly Condition[] = [],
  at: Instant = after(100).at,
) {
  return passedOver(aWorld({ agents: [ann], conditions }), ann, rivalOf(task), rivals(other), at) !== undefined;
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

test('given several, who should have been served first is told', () => {
  const others = [
    aTask(11),
    aTask(9),
    aTask(8),
    aTask(8.5, [skillTarget('sales')]),
    aTask(7, [skillTarget('tea')]),
  ];

  expect(passedOver(aWorld(), ann, rivalOf(given), rivals(...others), after(20).at)?.id).toBe(others[2]!.id);
});

test('given one whom the agent has given away, it was not passed over, and who is behind it was', () => {
  const [away, other] = [aTask(7, undefined, { givenAwayBy: ann.id }), aTask(8)];
  const told = (...others: readonly QueueTask[]) =>
    passedOver(aWorld(), ann, rivalOf(given), rivals(...others), after(20).at)?.id;

  expect([told(away), told(away, other)]).toEqual([undefined, other.id]);
});

test('given one that changes or has gone, only what it is now counts', () => {
  const all = rivals(aTask(8, [agentTarget(ANN), agentTarget(BOB)], { id: given.id }));
  const told = () => passedOver(aWorld(), ann, rivalOf(aTask(10)), all, after(20).at)?.id;
  expect(told()).toBe(given.id);

  all.enter(rivalOf(aTask(8, [agentTarget(BOB)], { id: given.id })));
  expect(told()).toBeUndefined();
  all.enter(rivalOf(aTask(8, undefined, { id: given.id })));
  expect(told()).toBe(given.id);
  all.leave(given.id);

  expect([told(), all.has(given.id)]).toEqual([undefined, false]);
});

/** The same said plainly, of each of all others. */
function plainlyPassedOver(world: World, task: QueueTask, others: readonly QueueTask[], at: Instant): boolean {
  const fitting = (each: QueueTask) =>
    rivalOf(each).waits.filter(({ target }) => {
      if (target.kind === 'agent') return target.name === ann.name;
      if (target.kind === 'skill') return target.name === SALES.name;
      return rankBy(world.conditions.get(target.id)!, ann, at, () => undefined) !== undefined;
    });
  const priorityHere = Math.max(...fitting(task).map(({ priority }) => priority));
  return others.some((other) => {
    if (other.givenAwayBy === ann.id) return false;
    const open = fitting(other).filter(({ until }) => until === null || until > at);
    return open.some(({ priority }) =>
      other.queuedAt < task.queuedAt ? priority >= priorityHere : priority > priorityHere,
    );
  });
}

test('whoever comes, changes and goes, somebody was passed over if a look at all who wait says so', () => {
  const conditions = ['get("sales") > 2', 'get("sales") > 3'].map((where) => aCondition(where));
  const world = aWorld({ agents: [ann], conditions });
  const few = { priority: fc.nat({ max: 1 }), queueTimeoutSeconds: fc.option(fc.integer({ min: 1, max: 30 })) };
  const anyTarget: fc.Arbitrary<Target> = fc.oneof(
    fc.tuple(fc.constantFrom(ANN, BOB), fc.record(few)).map(([name, waiting]) => agentTarget(name, waiting)),
    fc.tuple(fc.constantFrom('sales', 'tea'), fc.record(few)).map(([name, waiting]) => skillTarget(name, waiting)),
    fc.constantFrom(...conditions).map(conditionTarget),
  );
  const anyTask = fc
    .tuple(
      fc.nat({ max: 9 }),
      fc.nat({ max: 20 }),
      fc.array(anyTarget, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
    )
    .map(([id, seconds, targets, isGiven]) =>
      aTask(seconds, targets, { id: `${id}` as QueueTaskId, givenAwayBy: isGiven ? ann.id : null }),
    );
  const anyStep = fc.record({ task: anyTask, goes: fc.boolean(), passes: fc.nat({ max: 9 }) });

  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40, size: 'max' }), (steps) => {
      const waiting = new Map<QueueTaskId, QueueTask>();
      const all = rivals();
      let seconds = 0;
      for (const { task, goes, passes } of steps) {
        seconds += passes;
        const { at } = after(seconds);
        if (goes) {
          waiting.delete(task.id);
          all.leave(task.id);
          const said = passedOver(world, ann, rivalOf(task), all, at);
          expect(said !== undefined).toBe(plainlyPassedOver(world, task, [...waiting.values()], at));
        } else {
          waiting.set(task.id, task);
          all.enter(rivalOf(task));
        }
      }
    }),
  );
});
