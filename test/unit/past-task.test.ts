import type { Instant } from '../../src/domain/ids';
import { explain } from '../../src/domain/queue/explain';
import { taskBefore } from '../../src/domain/queue/past-task';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { World } from '../../src/domain/world';
import { aCondition, conditionTarget, givenOneWhoAsks, idOf } from '../support/conditions';
import { agentTarget, ANN, BOB, CAL, due, ended, legOf, skillTarget } from '../support/happenings';
import { after, APP, atTheirPhones, aWorld, when } from '../support/worlds';

const sales = [{ name: 'sales', score: 1, enabled: true }];

/** Ann misses the call at second 20, it waits on a condition, and rings one of two equals at second 50. */
function aCallOfYesterday() {
  const condition = aCondition({ where: 'has("french")', queueTimeoutSeconds: 30, priority: 4 });
  const world = aWorld({ ...atTheirPhones({ name: ANN }), conditions: [condition] });
  const routes = [[agentTarget(ANN)], [conditionTarget(condition.id)], [skillTarget('sales')]];
  const { taskId } = givenOneWhoAsks(world, routes, { at: after(0).at }, { failOverflow: true });
  when(world, ended(legOf(world)), after(20));
  const logsIn = [BOB, CAL].map((name) => atTheirPhones({ name, skills: sales, keptAliveAt: after(40).at }));
  const there = aWorld({
    agents: [...world.agents.values(), ...logsIn.flatMap(({ agents }) => agents)],
    extensions: [...world.extensions.values(), ...logsIn.flatMap(({ extensions }) => extensions)],
    conditions: [condition],
    queueTasks: [...world.queueTasks.values()],
    calls: [...world.calls.values()],
    conversations: [...world.conversations.values()],
  });
  when(there, due('queueTasks', { id: taskId }), { ...after(50), random: 0.99 });
  const task = there.queueTasks.get(taskId)!;
  return { world: there, task, condition };
}

const before = (task: QueueTask, world: World, at: Instant) => taskBefore(task, at, world.conditions);

describe('a task as it was', () => {
  test('given its decisions, each moment has its route, since when, how it waited and who had missed it', () => {
    const { world, task, condition } = aCallOfYesterday();
    const { priority, queueTimeoutSeconds, fetchTimeoutSeconds } = condition;

    expect(task.decisions.map(({ did, at }) => [did, at])).toEqual([
      ['ring', after(0).at],
      ['miss', after(20).at],
      ['overflow', after(20).at],
      ['wait', after(20).at],
      ['overflow', after(50).at],
      ['ring', after(50).at],
    ]);
    expect(before(task, world, after(20).at)).toMatchObject({ route: 0, routeSince: after(0).at, missedBy: [] });
    expect(before(task, world, after(21).at)).toMatchObject({
      route: 1,
      routeSince: after(20).at,
      waits: [{ priority, queueTimeoutSeconds, fetchTimeoutSeconds }],
      phase: { at: 'waiting' },
      missedBy: [idOf(ANN)],
    });
    expect(before(task, world, after(50).at)).toMatchObject({ route: 1, missedBy: [idOf(ANN)] });
    expect(before(task, world, after(51).at)).toMatchObject({ route: 2, routeSince: after(50).at });
  });

  test('given the moment at which chance chose, the explanation says whom, and that others were as good', () => {
    const { world, task } = aCallOfYesterday();
    const at = after(50).at;
    const agents = [...world.agents.values()].map((each) => ({ ...each, state: 'idle', callId: null }) as const);
    const then = aWorld({
      agents,
      extensions: [...world.extensions.values()],
      conditions: [...world.conditions.values()],
    });
    const asked = { app: APP, enqueue: task.enqueue, agent: null, task: before(task, then, at) };

    const { routes } = explain(then, at, asked);

    expect(routes.map(({ isCurrent }) => isCurrent)).toEqual([false, false, true]);
    expect(routes[2]!.targets[0]!.agents.slice(1)).toEqual([
      { name: BOB, reasons: [{ why: 'another-equal', among: 2 }] },
      { name: CAL, reasons: [] },
    ]);
  });
});
