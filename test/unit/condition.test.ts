import type { AgentName, ConditionId } from '../../src/domain/ids';
import { dueAt, type World } from '../../src/domain/world';
import { forward } from '../support/agent-operations';
import {
  aCondition,
  aRule,
  changing,
  conditionTarget,
  deleting,
  documentOf,
  givenACondition,
  givenOneWhoAsks,
  ringing,
  settingState,
} from '../support/conditions';
import {
  agentTarget,
  ANN,
  BOB,
  CAL,
  due,
  ended,
  inviteAgent,
  legOf,
  now,
  OTHER_APP,
  refusal,
  told,
} from '../support/happenings';
import {
  after,
  aRunningConversation,
  anArrival,
  anId,
  APP,
  atTheirPhones,
  aWorld,
  doing,
  givenACaller,
  only,
  SETTINGS,
  when,
} from '../support/worlds';

const sales = (score: number, enabled = true) => [{ name: 'sales', score, enabled }];
const away = { state: 'away' } as const;
const theCondition = (world: World, id: ConditionId) => world.conditions.get(id)!;

describe('a condition that is made', () => {
  test('given its rule, it is there with all of it, and nothing else happens', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    const rule = aRule({ where: 'has("sales")', sort: 'get("sales")', priority: 7, remark: 'day' });

    const { answer, changes, effects, notifications } = when(world, {
      type: 'create-condition',
      app: APP,
      ...rule,
    });

    expect(theCondition(world, answer)).toEqual({
      id: answer,
      app: APP,
      createdAt: after(0).at,
      lookAt: null,
      ...rule,
    });
    expect([changes.length, effects, notifications]).toEqual([1, [], []]);
  });

  test('given a caller who asks for it, an agent that it chooses is rung, and events and conversation name it', () => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB, skills: sales(1) }));
    const id = givenACondition(world, { where: 'has("sales")', fetchTimeoutSeconds: 17 });

    const { outcome, taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);

    expect(told(outcome.notifications)[0]).toBe('queue.select bob');
    expect(outcome.notifications[0]).toMatchObject({ id: taskId, conditionId: id });
    expect(only(world.conversations.values()).conditionId).toBe(id);
    expect(only(doing(outcome.effects, 'dial')).ringSeconds).toBe(17);
  });

  test('given a skill whose agent is found instead, neither names a condition', () => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB }));
    const id = givenACondition(world, { where: 'has("sales")', queueTimeoutSeconds: 5 });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)], [agentTarget(BOB)]]);

    const { notifications } = when(world, due('queueTasks', { id: taskId }), after(5));

    expect(notifications[0]).toMatchObject({ event: 'callcenter.queue.select', conditionId: null });
    expect(only(world.conversations.values()).conditionId).toBeNull();
  });

  test('given a sort, the highest is rung; among equals the choice decides', () => {
    const agents = [
      { name: ANN, skills: sales(3) },
      { name: BOB, skills: sales(5), lastTalkAt: after(2).at },
      { name: CAL, skills: sales(5), lastTalkAt: after(1).at },
    ];
    const sorted = (sort: string | null) => {
      const world = aWorld(atTheirPhones(...agents));
      const routes = [[conditionTarget(givenACondition(world, { sort }))]];
      return ringing(world, givenOneWhoAsks(world, routes, after(9), { choice: 'lru' }).taskId);
    };

    expect(sorted('get("sales")')).toEqual(['cal']);
    expect(sorted('-get("sales")')).toEqual(['ann']);
    expect(sorted('idle()')).toEqual(['ann']);
    expect(sorted('-idle()')).toEqual(['bob']);
    expect(sorted(null)).toEqual(['ann']);
  });
});

describe('a condition that is changed', () => {
  test('given only a part, the rest stays', () => {
    const world = aWorld();
    const id = givenACondition(world, { where: 'has("a")', sort: 'get("a")', priority: 3, remark: 'old' });

    when(world, changing(id, { queueTimeoutSeconds: 9, sort: null }));

    expect(theCondition(world, id)).toMatchObject({
      ...aRule({ where: 'has("a")', sort: null, priority: 3, remark: 'old' }),
      queueTimeoutSeconds: 9,
    });
  });

  test('given callers who wait, its new where rings agents for them at once, in their order', () => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB }));
    const id = givenACondition(world, { where: 'has("sales")' });
    const waiting = [0, 9, 1].map(
      (priority) => givenOneWhoAsks(world, [[conditionTarget(id)]], { priority }).taskId,
    );

    when(world, changing(id, { where: 'true' }));

    const [last, ...first] = waiting.map((taskId) => ringing(world, taskId));
    expect([last, first.flat().sort()]).toEqual(['waiting', ['ann', 'bob']]);
  });

  test('given its where chooses fewer now, who wait get none of the others', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }));
    const id = givenACondition(world);
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);
    when(world, changing(id, { where: 'has("sales")' }));

    when(world, settingState(ANN));

    expect(ringing(world, taskId)).toBe('waiting');
  });

  test('given another sort, the next caller gets whom it prefers', () => {
    const world = aWorld(atTheirPhones({ name: ANN, skills: sales(1) }, { name: BOB, skills: sales(2) }));
    const id = givenACondition(world, { sort: 'get("sales")' });

    when(world, changing(id, { sort: '-get("sales")' }));

    expect(ringing(world, givenOneWhoAsks(world, [[conditionTarget(id)]]).taskId)).toEqual(['ann']);
  });

  test('given another priority, who wait for it pass others, or let them pass', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }));
    const id = givenACondition(world);
    const first = givenOneWhoAsks(world, [[agentTarget(ANN, { priority: 5 })]], after(1));
    const second = givenOneWhoAsks(world, [[conditionTarget(id)]], after(2));
    when(world, changing(id, { priority: 6 }));

    when(world, settingState(ANN), after(3));

    expect([ringing(world, first.taskId), ringing(world, second.taskId)]).toEqual(['waiting', ['ann']]);
  });

  test.each([
    ['shorter', 5, 5],
    ['longer', 300, 300],
  ])('given a %s time limit, who wait for it time out by that', (_, queueTimeoutSeconds, seconds) => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }));
    const id = givenACondition(world, { queueTimeoutSeconds: 60 });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);

    when(world, changing(id, { queueTimeoutSeconds }), after(2));

    const value = now(world, 'queueTasks', { id: taskId });
    expect(dueAt({ kind: 'queueTasks', value, live: true }, SETTINGS)).toBe(after(seconds).at);
    expect(when(world, due('queueTasks', value), after(seconds - 1)).changes).toEqual([]);
    const { notifications } = when(world, due('queueTasks', value), after(seconds));
    expect(told(notifications)).toEqual(['queue.fail timeout']);
  });

  test('given a time limit that is over now, the caller is let go when it is told of its time', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }));
    const id = givenACondition(world);
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);
    when(world, changing(id, { queueTimeoutSeconds: 5 }), after(30));

    when(world, settingState(ANN), after(31));
    expect(ringing(world, taskId)).toBe('waiting');
    when(world, due('queueTasks', { id: taskId }), after(31));

    expect(ringing(world, taskId)).toBe('over');
  });

  test('given another ring time, the next phone rings for so long', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }));
    const id = givenACondition(world, { fetchTimeoutSeconds: 20 });
    givenOneWhoAsks(world, [[conditionTarget(id)]]);
    when(world, changing(id, { fetchTimeoutSeconds: 33 }));

    expect(only(doing(when(world, settingState(ANN)).effects, 'dial')).ringSeconds).toBe(33);
  });

  test('given a target of the route that has timed out, the change does not bring it back', () => {
    const world = aWorld(atTheirPhones({ name: BOB, ...away }));
    const id = givenACondition(world, { where: 'has("sales")', queueTimeoutSeconds: 60 });
    const routes = [[agentTarget(BOB, { queueTimeoutSeconds: 5 }), conditionTarget(id)]];
    const { taskId } = givenOneWhoAsks(world, [...routes, [agentTarget(CAL)]]);
    when(world, settingState(BOB), after(6));

    when(world, changing(id, { sort: '1' }), after(7));

    expect(ringing(world, taskId)).toBe('waiting');
  });

  test('given the first who waits has timed out on it, the next still gets the agent', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    const id = givenACondition(world, { where: 'has("sales")', queueTimeoutSeconds: 10 });
    const other = agentTarget(CAL);
    const early = givenOneWhoAsks(world, [[conditionTarget(id), other]], after(0));
    const late = givenOneWhoAsks(world, [[conditionTarget(id), other]], after(5));
    when(world, changing(id, { where: 'true' }), after(12));

    expect([early, late].map(({ taskId }) => ringing(world, taskId))).toEqual(['waiting', ['ann']]);
  });

  test('given the first who waits was given away by the agent that it chooses now, the next gets the agent', () => {
    const world = aWorld(atTheirPhones({}));
    const conditionId = givenACondition(world, { where: 'false' });
    const first = givenACaller(world);
    const leg = legOf(world);
    when(world, forward(ANN, { id: first.taskId }, documentOf([[conditionTarget(conditionId)]])));
    when(world, ended(leg));
    const next = givenOneWhoAsks(world, [[conditionTarget(conditionId)]]);

    when(world, changing(conditionId, { where: 'true' }));

    expect(ringing(world, next.taskId)).toEqual([ANN]);
  });
});

describe('a condition that is changed beside one that is gone', () => {
  test('given a caller who waits for both, it goes on waiting for the other as it did', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }));
    const [one, other] = [givenACondition(world), givenACondition(world, { queueTimeoutSeconds: 90 })];
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(one), conditionTarget(other)]]);
    when(world, deleting(other));

    when(world, changing(one, { queueTimeoutSeconds: 5 }));

    expect(now(world, 'queueTasks', { id: taskId }).waits.map((each) => each.queueTimeoutSeconds)).toEqual([
      5, 90,
    ]);
  });
});

test('given an agent who misses and another by the next route, the conversation names the condition of the other', () => {
  const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB }));
  const [one, other] = ['ann', 'bob'].map((name) => givenACondition(world, { where: `name() == "${name}"` }));
  givenOneWhoAsks(world, [[conditionTarget(one!)], [conditionTarget(other!)]], {}, { failOverflow: true });
  expect(only(world.conversations.values()).conditionId).toBe(one);

  when(world, ended(legOf(world, ANN), 17), after(3));

  expect(only(world.conversations.values()).conditionId).toBe(other);
});

test('given very many who wait and fit at once, each gets an agent of its own, and every id is 32 digits long', () => {
  const names = Array.from({ length: 1500 }, (_, index) => ({
    name: `agent_${index}` as AgentName,
    skills: sales(1),
  }));
  const world = aWorld(atTheirPhones(...names));
  const id = givenACondition(world, { where: 'has("french")' });
  names.forEach(() => givenOneWhoAsks(world, [[conditionTarget(id)]]));

  const { effects } = when(world, changing(id, { where: 'has("sales")' }));

  expect(new Set(doing(effects, 'dial').map(({ channelId }) => channelId)).size).toBe(1500);
  for (const { channelId } of doing(effects, 'dial')) expect(channelId).toMatch(/^[0-9a-f]{32}$/);
});

describe('a condition that is deleted', () => {
  test('given nobody who waits for it, it is gone', () => {
    const world = aWorld();
    const id = givenACondition(world);

    expect(when(world, deleting(id)).answer).toBeNull();

    expect(world.conditions.size).toBe(0);
    expect(refusal(world, deleting(id))).toBe('condition-not-found');
  });

  test('given a caller who waits for it, nobody is found any more, and the caller times out as before', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }));
    const id = givenACondition(world, { queueTimeoutSeconds: 60 });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);
    when(world, deleting(id), after(1));

    when(world, settingState(ANN), after(2));
    expect(ringing(world, taskId)).toBe('waiting');
    expect(when(world, due('queueTasks', { id: taskId }), after(59)).changes).toEqual([]);
    const { notifications } = when(world, due('queueTasks', { id: taskId }), after(60));

    expect(told(notifications)).toEqual(['queue.fail timeout']);
  });

  test('given a caller whose agent rings already, the agent is served all the same', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    const id = givenACondition(world);
    givenOneWhoAsks(world, [[conditionTarget(id)]]);
    when(world, deleting(id));

    const { notifications } = when(world, { type: 'leg-answered', channelId: legOf(world).channelId });

    expect(told(notifications)).toContain('queue.success ann');
  });

  test('given the next route asks for it, the caller goes on at once with the one behind that', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }, { name: BOB, ...away }));
    const id = givenACondition(world);
    const routes = [[agentTarget(ANN, { queueTimeoutSeconds: 5 })], [conditionTarget(id)], [agentTarget(BOB)]];
    const { taskId } = givenOneWhoAsks(world, routes);
    when(world, deleting(id));

    when(world, due('queueTasks', { id: taskId }), after(5));

    expect(now(world, 'queueTasks', { id: taskId })).toMatchObject({ route: 2, phase: { at: 'waiting' } });
  });
});

describe("another application's condition", () => {
  const theirs = aCondition({}, { app: OTHER_APP });
  const world = () => aWorld({ ...atTheirPhones({ name: ANN }), conditions: [theirs] });

  test.each([
    ['change', changing(theirs.id, { priority: 1 })],
    ['delete', deleting(theirs.id)],
  ])('given it is there, a %s is refused as if it was not', (_, command) => {
    expect(refusal(world(), command)).toBe('condition-not-found');
  });

  test('given a caller who asks for it, that fails as for one that is not there', () => {
    const results = [theirs.id, anId<ConditionId>()].map((id) => {
      const request = { by: 'enqueue', enqueue: documentOf([[conditionTarget(id)]]) } as const;
      return told(when(world(), anArrival({ request })).notifications);
    });

    expect(results).toEqual([['queue.fail error'], ['queue.fail error']]);
  });

  test('given an invitation that asks for it, it is refused', () => {
    const { world: running, conversation } = aRunningConversation();
    expect(refusal(running, inviteAgent(conversation, documentOf([[conditionTarget(theirs.id)]])))).toBe(
      'condition-not-found',
    );
  });
});
