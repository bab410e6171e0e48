import fc from 'fast-check';
import { agentId, type Agent } from '../../src/domain/agent/agent';
import type { AppId, ExtensionId } from '../../src/domain/ids';
import type { Target } from '../../src/domain/queue/enqueue';
import { agentKey, conditionKey, skillKey, type TargetKey } from '../../src/domain/queue/fitting';
import { inOrder, placeIn, waitsOf, type Place } from '../../src/domain/queue/queue-task';
import type { Turn } from '../../src/domain/queue/turns';
import { apply, emptyWorld, type Change, type Kind, type World } from '../../src/domain/world';
import {
  aCondition,
  changing,
  conditionTarget,
  documentOf,
  givenOneWhoAsks,
  idOf,
  ringing,
  settingState,
} from '../support/conditions';
import {
  agentTarget,
  ANN,
  BOB,
  CAL,
  ended,
  legOf,
  now,
  OTHER_APP,
  skillTarget,
  theAgent,
} from '../support/happenings';
import { ALL_KEYS, anyChange, APPS } from '../support/random-queues';
import { after, anId, APP, atTheirPhones, aWorld, givenACaller, SETTINGS, when } from '../support/worlds';

const sales = (score: number, enabled = true) => [{ name: 'sales', score, enabled }];
const SALES = skillKey(APP, 'sales');

const ranked = ({ pools }: World, key: TargetKey) =>
  [...pools.freeFor(key)].flatMap(({ rank, turns }) => [...turns].map((turn) => ({ ...turn, rank })));
const ranks = ({ pools }: World, key: TargetKey) => [...pools.freeFor(key)].map(({ rank }) => rank);
const free = (world: World, key: TargetKey) =>
  Object.fromEntries(ranked(world, key).map(({ id, rank }) => [id, rank]));
const waiting = ({ pools }: World, key: TargetKey) => pools.waitingFor(key).map(({ taskId }) => taskId);

describe('who is free for what', () => {
  test('given an agent who is free, it is kept under its skills that are enabled, with their scores', () => {
    const skills = [...sales(7), { name: 'support', score: 3, enabled: false }];
    const world = aWorld(atTheirPhones({ name: ANN, skills }));

    expect(free(world, SALES)).toEqual({ [idOf(ANN)]: 7 });
    expect(free(world, skillKey(APP, 'support'))).toEqual({});
    expect([...world.pools.allFree(APP)].map(({ id }) => id)).toEqual([idOf(ANN)]);
  });

  test.each<[string, Partial<Agent>]>([
    ['is away', { state: 'away' }],
    ['rests', { restsUntil: after(3).at }],
  ])('given an agent who %s, it is not, until it is free again', (_, changes) => {
    const world = aWorld(atTheirPhones({ name: ANN, skills: sales(7), ...changes }));
    expect([free(world, SALES), world.pools.allFree(APP).size]).toEqual([{}, 0]);

    when(world, settingState(ANN));

    expect(free(world, SALES)).toEqual({ [idOf(ANN)]: 7 });
  });

  test('given its phone is lost and found, it goes and comes', () => {
    const world = aWorld(atTheirPhones({ name: ANN, skills: sales(7) }));
    const { line } = [...world.extensions.values()][0]!;
    const reach = (reachable: boolean) => {
      if (line.type === '1') when(world, { type: 'phone-reachable', user: line.user, reachable });
      return free(world, SALES);
    };

    expect([reach(false), reach(true)]).toEqual([{}, { [idOf(ANN)]: 7 }]);
  });

  test('given it rings, it is not, and neither when it has logged out', () => {
    const world = aWorld(atTheirPhones({ name: ANN, skills: sales(1) }, { name: BOB, skills: sales(2) }));
    givenOneWhoAsks(world, [[agentTarget(ANN)]]);
    expect(free(world, SALES)).toEqual({ [idOf(BOB)]: 2 });

    when(world, { type: 'log-out', app: APP, name: BOB, force: false });

    expect([free(world, SALES), world.pools.allFree(APP).size]).toEqual([{}, 0]);
  });

  test('given an agent without a keepalive for too long, it is kept: whoever asks looks at the clock', () => {
    const world = aWorld(atTheirPhones({ name: ANN, keptAliveAt: after(-900).at }));

    expect(world.pools.allFree(APP).size).toBe(1);
  });

  test('given a condition, those whom it chooses are kept with what it sorts by', () => {
    const condition = aCondition({ where: 'get("sales") > 1', sort: '-get("sales")' });
    const agents = [1, 2, 3].map((score, index) => ({ name: [ANN, BOB, CAL][index]!, skills: sales(score) }));
    const world = aWorld({ ...atTheirPhones(...agents), conditions: [condition] });
    const key = conditionKey(APP, condition.id);
    expect(free(world, key)).toEqual({ [idOf(BOB)]: -2, [idOf(CAL)]: -3 });

    when(world, changing(condition.id, { where: 'get("sales") < 3', sort: null }));
    expect(free(world, key)).toEqual({ [idOf(ANN)]: 0, [idOf(BOB)]: 0 });
    when(world, { type: 'delete-condition', app: APP, conditionId: condition.id });

    expect(free(world, key)).toEqual({});
  });

  test('given a condition that chooses by the time, nobody is kept; that sorts by it, all without a rank', () => {
    const chooses = aCondition({ where: 'idle() > 3' });
    const sorts = aCondition({ sort: 'idle()' });
    const world = aWorld({ ...atTheirPhones({ name: ANN }), conditions: [chooses, sorts] });

    expect(free(world, conditionKey(APP, chooses.id))).toEqual({});
    expect(free(world, conditionKey(APP, sorts.id))).toEqual({ [idOf(ANN)]: 0 });
  });

  test('given a rule that fails on an agent, that one is left out, and the mistake is told', () => {
    const condition = aCondition({ where: '1 / get("sales") > 0' });
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB, skills: sales(1) }));

    const faults = apply(world, [{ kind: 'conditions', value: condition, live: true }]);

    expect(free(world, conditionKey(APP, condition.id))).toEqual({ [idOf(BOB)]: 0 });
    expect(faults).toEqual([
      {
        conditionId: condition.id,
        rule: 'where',
        agent: 'ann',
        at: 3,
        problem: { zh: '除数为零', en: 'division by zero' },
      },
    ]);
  });

  test('given it has talked since, its turn is another', () => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB, loggedInAt: after(1).at }));
    const { id } = theAgent(world);
    const inTurn = () => [...world.pools.allFree(APP)].map(({ name }) => name);
    expect(inTurn()).toEqual([ANN, BOB]);

    apply(world, [{ kind: 'agents', value: { ...world.agents.get(id)!, lastTalkAt: after(2).at }, live: true }]);

    expect(inTurn()).toEqual([BOB, ANN]);
  });

  test('given a change that means nothing to the index, no rule is looked at again', () => {
    const conditions = [aCondition({ where: '1 / get("sales") > 0' })];
    const world = aWorld({ ...atTheirPhones({ name: ANN }), conditions });
    const value = theAgent(world);
    const told = (changed: Agent) => apply(world, [{ kind: 'agents', value: changed, live: true }]).length;

    expect(told({ ...value, keptAliveAt: after(5).at, reserveState: 'busy' })).toBe(0);
    expect(told({ ...value, num: '77' })).toBe(1);
  });
});

describe('who has which skill', () => {
  const held = ({ pools }: World) => Object.fromEntries(pools.skills.in(APP));

  test('given agents free and not, all are counted, and those who have it enabled', () => {
    const disabled = sales(1, false);
    const world = aWorld(
      atTheirPhones({ name: ANN, skills: sales(1), state: 'away' }, { name: BOB, skills: disabled }),
    );
    expect(held(world)).toEqual({ sales: { all: 2, enabled: 1 } });

    when(world, { type: 'log-out', app: APP, name: ANN, force: false });
    expect(held(world)).toEqual({ sales: { all: 1, enabled: 0 } });

    apply(world, [{ kind: 'agents', value: { ...world.agents.get(idOf(BOB))!, skills: [] }, live: true }]);
    expect(held(world)).toEqual({});
  });
});

describe('who waits for what', () => {
  const away = () => aWorld(atTheirPhones({ name: ANN, state: 'away' }));

  test('given several who wait for the same, they stand by priority, then by the time they came', () => {
    const world = away();
    const [late, urgent, early] = [
      givenOneWhoAsks(world, [[agentTarget(ANN)]], after(3)),
      givenOneWhoAsks(world, [[agentTarget(ANN, { priority: 1 })]], after(2)),
      givenOneWhoAsks(world, [[agentTarget(ANN)]], after(1)),
    ].map(({ taskId }) => taskId);
    const key = agentKey(idOf(ANN));
    expect(waiting(world, key)).toEqual([urgent, early, late]);

    when(world, { type: 'set-task-priority', app: APP, taskId: late!, priority: 5 });
    expect(waiting(world, key)).toEqual([late, urgent, early]);
    when(world, { type: 'cancel-task', app: APP, taskId: urgent! });

    expect(waiting(world, key)).toEqual([late, early]);
  });

  test('given a route with several targets, it waits for each of them; one named twice holds two places', () => {
    const world = away();
    const twice = [skillTarget('sales'), skillTarget('support', { priority: 1 }), skillTarget('sales')];
    const { taskId } = givenOneWhoAsks(world, [twice]);

    expect(waiting(world, SALES)).toEqual([taskId, taskId]);
    expect(world.pools.waitingFor(skillKey(APP, 'support'))).toEqual([
      { taskId, priority: 1, queuedAt: after(0).at, target: 1 },
    ]);
  });

  test('given it goes on with the next route, or an agent rings, it waits there no more', () => {
    const world = away();
    const routes = [[skillTarget('sales', { queueTimeoutSeconds: 5 })], [agentTarget(ANN)]];
    const { taskId } = givenOneWhoAsks(world, routes);
    const places = () => [waiting(world, SALES), waiting(world, agentKey(idOf(ANN)))];
    expect(places()).toEqual([[taskId], []]);

    when(world, { type: 'due', kind: 'queueTasks', id: taskId }, after(5));
    expect(places()).toEqual([[], [taskId]]);
    when(world, settingState(ANN), after(6));

    expect(places()).toEqual([[], []]);
    expect(legOf(world).stage.at).toBe('ringing');
  });

  test('given two applications that ask for one condition, each finds those of its own', () => {
    const condition = aCondition({ where: 'has("sales")' });
    const { agents, extensions } = atTheirPhones({ name: ANN, state: 'away' });
    const foreign = {
      ...agents[0]!,
      app: OTHER_APP,
      id: agentId(OTHER_APP, ANN),
      extensionId: anId<ExtensionId>(),
    };
    const conditions = [condition, aCondition({}, { app: OTHER_APP })];
    const world = aWorld({ agents: [...agents, foreign], extensions, conditions });
    const both = conditions.map(({ id }) => conditionTarget(id));
    const request = { by: 'enqueue', enqueue: documentOf([both]) } as const;
    const theirs = givenACaller(world, { request, app: OTHER_APP });
    const { taskId } = givenOneWhoAsks(world, [both]);
    const waitedFor = (app: AppId) =>
      world.pools.conditionsWaitedFor(app).flatMap(({ line }) => line.map(({ taskId }) => taskId));
    expect([waitedFor(APP), waitedFor(OTHER_APP)]).toEqual([
      [taskId, taskId],
      [theirs.taskId, theirs.taskId],
    ]);

    when(world, ended(theirs));
    when(world, changing(condition.id, { where: 'true' }));
    when(world, settingState(ANN));

    expect(ringing(world, taskId)).toEqual(['ann']);
    expect([waitedFor(APP), waitedFor(OTHER_APP)]).toEqual([[], []]);
  });

  test('given a condition with another priority, those who wait for it change their places', () => {
    const world = aWorld({ ...atTheirPhones({ name: ANN, state: 'away' }), conditions: [aCondition()] });
    const { id } = [...world.conditions.values()][0]!;
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);

    when(world, changing(id, { priority: 44 }));

    expect(world.pools.waitingFor(conditionKey(APP, id))).toMatchObject([{ taskId, priority: 44 }]);
    expect(now(world, 'queueTasks', { id: taskId }).waits).toMatchObject([{ priority: 44 }]);
  });
});

/** All that the index says. */
function said(world: World): unknown {
  const { pools } = world;
  return {
    count: pools.waitingCount,
    waitedFor: waitedFor(world),
    keys: Object.fromEntries(
      ALL_KEYS.map((key) => [key, [pools.waitingFor(key), ranked(world, key).sort(byName), ranks(world, key)]]),
    ),
    apps: APPS.map((app) => ({
      free: [...pools.allFree(app)],
      byTime: [...pools.conditionsByTime(app)].sort(),
      skills: Object.fromEntries(pools.skills.in(app)),
    })),
  };
}

const byName = ({ name: one }: Turn, { name: other }: Turn) => (one < other ? -1 : 1);

type ConditionTarget = Target & { readonly kind: 'condition' };

/** By condition: the lines in the order of their first, and in each the places in their order. */
function waitedFor({ pools }: World): unknown {
  return APPS.map((app) =>
    pools.conditionsWaitedFor(app).map(({ target, line }) => [(target as ConditionTarget).id, line]),
  );
}

function plainlyWaitedFor({ queueTasks }: World): unknown {
  return APPS.map((app) => {
    const lines = new Map<string, Place[]>();
    for (const task of queueTasks.values()) {
      if (task.app !== app || task.phase.at !== 'waiting') continue;
      waitsOf(task).forEach((wait, index) => {
        const { target } = wait;
        if (target.kind !== 'condition') return;
        lines.set(target.id, [...(lines.get(target.id) ?? []), placeIn(task, wait, index)]);
      });
    }
    const inPlace = [...lines].map(([id, line]) => [id, line.sort(inOrder)] as const);
    return inPlace.sort(([, [one]], [, [other]]) => inOrder(one!, other!));
  });
}

/** Made from what is there now, in this order. */
function madeAnew(world: World, kinds: readonly Kind[]): World {
  const made = emptyWorld(world.settings);
  for (const kind of kinds) {
    for (const value of world[kind].values()) apply(made, [{ kind, value, live: true } as Change]);
  }
  return made;
}

/** What the engine writes most often: something is as it was, but for what the index need not know. */
const PASSING: { readonly [Each in Kind]?: object } = {
  agents: { keptAliveAt: after(41).at, reserveState: 'busy' },
  conditions: { lookAt: after(50).at, remark: 'another' },
  queueTasks: { userData: 'another', decisions: [] },
};

describe('whatever changes in whatever order', () => {
  test('the index says what one says that is made anew, however that is made', () => {
    const steps = fc.array(fc.tuple(anyChange, fc.boolean()), { minLength: 1, maxLength: 60, size: 'max' });

    fc.assert(
      fc.property(steps, fc.boolean(), (changes, hasTrunk) => {
        const world = emptyWorld({ ...SETTINGS, trunk: hasTrunk ? SETTINGS.trunk : null });
        for (const [change, isPassing] of changes) {
          const before = (world[change.kind] as ReadonlyMap<string, Change['value']>).get(change.value.id);
          if (!change.live && before === undefined) continue;
          const value = isPassing && before !== undefined ? { ...before, ...PASSING[change.kind] } : change.value;
          apply(world, [{ ...change, value } as Change]);
          const expected = said(world);
          expect(waitedFor(world)).toEqual(plainlyWaitedFor(world));
          for (const each of ALL_KEYS.map((key) => ranks(world, key))) {
            expect(each).toEqual([...new Set(each)].sort((one, other) => other - one));
          }
          expect(said(madeAnew(world, ['conditions', 'extensions', 'agents', 'queueTasks']))).toEqual(expected);
          expect(said(madeAnew(world, ['queueTasks', 'agents', 'conditions', 'extensions']))).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });
});
