import type { Agent } from '../../src/domain/agent/agent';
import type { Target } from '../../src/domain/queue/enqueue';
import { aCondition, conditionTarget, documentOf, givenOneWhoAsks, idOf } from '../support/conditions';
import { currentRoutes, reasons } from '../support/explanations';
import { agentTarget, ANN, BOB, due, ended, legOf, now, skillTarget } from '../support/happenings';
import { after, anId, atTheirPhones, aWorld, when } from '../support/worlds';

const sales = (score: number) => [{ name: 'sales', score, enabled: true }];

describe('a call that waits or rings', () => {
  const annAway = (...others: readonly Partial<Agent>[]) =>
    aWorld(atTheirPhones({ name: ANN, state: 'away' }, ...others));

  test('given a target that has timed out, that', () => {
    const world = annAway();
    const { taskId } = givenOneWhoAsks(world, [[agentTarget(ANN, { queueTimeoutSeconds: 5 }), agentTarget(BOB)]]);
    const state = { why: 'state', state: 'away' } as const;

    expect(reasons(world, taskId, { agent: ANN, ...after(4) })).toEqual({ ann: [state] });
    expect(reasons(world, taskId, { agent: ANN, ...after(5) })).toEqual({ ann: [state, { why: 'timed-out' }] });
    expect(reasons(world, taskId, { agent: BOB, target: 1, ...after(5) })).toEqual({
      bob: [{ why: 'logged-out' }],
    });
  });

  test('given a condition, its time limit counts', () => {
    const condition = aCondition({ queueTimeoutSeconds: 5 });
    const world = aWorld({ ...atTheirPhones({ name: ANN, state: 'away' }), conditions: [condition] });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(condition.id)]]);

    expect(reasons(world, taskId, after(4))['ann']).toEqual([{ why: 'state', state: 'away' }]);
    expect(reasons(world, taskId, after(6))['ann']!.at(-1)).toEqual({ why: 'timed-out' });
  });

  test('given that it rings somebody, all others say whom', () => {
    const world = aWorld(atTheirPhones({ name: ANN, skills: sales(1) }, { name: BOB, skills: sales(1) }));
    const { taskId } = givenOneWhoAsks(world, [[skillTarget('sales', { queueTimeoutSeconds: 1 })]]);

    expect(reasons(world, taskId, after(3))).toEqual({
      ann: [
        { why: 'state', state: 'fetching' },
        { why: 'ringing', taskId },
      ],
      bob: [{ why: 'call-rings', agents: ['ann'] }],
    });
  });

  test('given one who has missed it, others are tried before, on whatever target of the route', () => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB, state: 'away' }));
    const routes = [[agentTarget(ANN)], [agentTarget(ANN), agentTarget(BOB)]];
    const { taskId } = givenOneWhoAsks(world, routes, {}, { failOverflow: true });
    when(world, ended(legOf(world)));

    expect(reasons(world, taskId, { route: 1, agent: ANN })['ann']).toEqual([
      { why: 'resting', until: after(5).at },
    ]);

    // As if both were free at one moment.
    const agents = [...world.agents.values()].map(
      (each) => ({ ...each, state: 'idle', restsUntil: null }) as const,
    );
    const free = aWorld({
      agents,
      extensions: [...world.extensions.values()],
      queueTasks: [...world.queueTasks.values()],
    });

    expect(reasons(free, taskId, { route: 1, agent: ANN })['ann']).toEqual([{ why: 'tried-before' }]);
    expect(reasons(free, taskId, { route: 1, target: 1, agent: BOB })['bob']).toEqual([]);
  });

  test('given one who has missed it and nobody else, it would be rung again', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    const { taskId } = givenOneWhoAsks(
      world,
      [[agentTarget(ANN)], [agentTarget(ANN)]],
      {},
      { failOverflow: true },
    );
    when(world, ended(legOf(world)));
    const task = { ...now(world, 'queueTasks', { id: taskId }) };
    const rested = aWorld({
      agents: [...world.agents.values()].map((each) => ({ ...each, restsUntil: null })),
      extensions: [...world.extensions.values()],
      queueTasks: [task],
    });

    expect(task.missedBy).toEqual([idOf(ANN)]);
    expect(reasons(rested, taskId, { route: 1 })).toEqual({ ann: [] });
  });
});

describe('which route is tried', () => {
  const world = aWorld(atTheirPhones({ name: ANN, state: 'away' }, { name: BOB }));
  const atOnce = { queueTimeoutSeconds: 0 };

  test.each<[string, readonly (readonly Target[])[], number]>([
    ['the first has somebody', [[agentTarget(BOB)], [agentTarget(BOB)]], 0],
    ['the first can be waited for', [[agentTarget(ANN)], [agentTarget(BOB)]], 0],
    ['the first has nobody and does not wait', [[agentTarget(ANN, atOnce)], [agentTarget(BOB)]], 1],
    ['none has anybody or waits', [[agentTarget(ANN, atOnce)], [agentTarget(ANN, atOnce)]], 1],
    ['the first asks for a condition that is gone', [[conditionTarget(anId())], [agentTarget(ANN)]], 1],
    ['one target of it waits', [[agentTarget(ANN, atOnce), agentTarget(ANN)], [agentTarget(BOB)]], 0],
    ['somebody is free for one that does not wait', [[agentTarget(BOB, atOnce)], [agentTarget(BOB)]], 0],
  ])('given a document of which %s, that one', (_, routes, route) => {
    expect(currentRoutes(world, documentOf(routes))).toEqual([route]);
  });

  test('given a task, the one that it waits on; at its time limit the one that it goes on with', () => {
    const ofTask = aWorld(atTheirPhones({ name: ANN, state: 'away' }, { name: BOB, state: 'away' }));
    const routes = [[agentTarget(ANN, { queueTimeoutSeconds: 5 })], [agentTarget(BOB)], [agentTarget(ANN)]];
    const { taskId } = givenOneWhoAsks(ofTask, routes);

    expect(currentRoutes(ofTask, taskId, after(4))).toEqual([0]);
    expect(currentRoutes(ofTask, taskId, after(5))).toEqual([1]);
    when(ofTask, due('queueTasks', { id: taskId }), after(5));
    expect(currentRoutes(ofTask, taskId, after(6))).toEqual([1]);
  });

  test('given a task that rings, the one that it rings on', () => {
    const ofTask = aWorld(atTheirPhones({ name: BOB }));
    const { taskId } = givenOneWhoAsks(ofTask, [[agentTarget(ANN, atOnce)], [agentTarget(BOB, atOnce)]]);

    expect(currentRoutes(ofTask, taskId, after(9))).toEqual([1]);
  });
});
