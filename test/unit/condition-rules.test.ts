import type { ConditionId } from '../../src/domain/ids';
import { dueAt, type World } from '../../src/domain/world';
import {
  changing,
  conditionTarget,
  givenACondition,
  givenOneWhoAsks,
  ringing,
  settingState,
} from '../support/conditions';
import { agentTarget, ANN, BOB, due, ended } from '../support/happenings';
import { after, atTheirPhones, aWorld, SETTINGS, when } from '../support/worlds';

const sales = (score: number) => [{ name: 'sales', score, enabled: true }];
const away = { state: 'away' } as const;

/** When it looks again whom it chooses; null: not by itself. */
const lookAt = (world: World, id: ConditionId) =>
  dueAt({ kind: 'conditions', value: world.conditions.get(id)!, live: true }, SETTINGS);

describe('a condition that looks at the time', () => {
  const rested = { where: 'idle() >= 60' };

  test('given nobody who waits for it, it is never due', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    expect(lookAt(world, givenACondition(world, rested))).toBeNull();
  });

  test('given a caller who waits, it looks again every second, and rings the agent once time alone makes it fit', () => {
    const world = aWorld(atTheirPhones({ name: ANN, lastTalkAt: after(0).at }));
    const id = givenACondition(world, { ...rested, queueTimeoutSeconds: 600 });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]], after(57));

    const seen = [58, 59, 60].map((seconds) => {
      expect(lookAt(world, id)).toBe(after(seconds).at);
      when(world, due('conditions', { id }), after(seconds));
      return ringing(world, taskId);
    });

    expect(seen).toEqual(['waiting', 'waiting', ['ann']]);
    expect(lookAt(world, id)).toBeNull();
  });

  test('given it is told too early or too late of its time, it changes nothing, or looks', () => {
    const world = aWorld(atTheirPhones({ name: ANN, lastTalkAt: after(0).at }));
    const id = givenACondition(world, { ...rested, queueTimeoutSeconds: 600 });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]], after(10));

    expect(when(world, due('conditions', { id }), after(10.9)).changes).toEqual([]);
    when(world, due('conditions', { id }), after(90));

    expect(ringing(world, taskId)).toEqual(['ann']);
  });

  test('given one who comes between two looks, who has waited longer gets the agent that fits by now', () => {
    const world = aWorld(atTheirPhones({ name: ANN, lastTalkAt: after(0).at }));
    const id = givenACondition(world, { ...rested, queueTimeoutSeconds: 600 });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]], after(59.5));

    const later = givenOneWhoAsks(world, [[agentTarget(ANN)]], after(60.2));

    expect(ringing(world, taskId)).toEqual(['ann']);
    expect(ringing(world, later.taskId)).toBe('waiting');
  });

  test('given the caller who waited is gone, it stops looking', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }));
    const id = givenACondition(world, rested);
    const { channelId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);
    when(world, ended({ channelId }), after(0));

    when(world, due('conditions', { id }), after(1));

    expect(lookAt(world, id)).toBeNull();
  });

  test('given it begins to look at the time only now, it does so for those who wait', () => {
    const world = aWorld(atTheirPhones({ name: ANN, lastTalkAt: after(0).at }));
    const id = givenACondition(world, { where: 'has("sales")' });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]], after(10));
    when(world, changing(id, { where: 'idle() > 20' }), after(20));

    when(world, due('conditions', { id }), after(21));

    expect(ringing(world, taskId)).toEqual(['ann']);
  });

  test('given a sort that fails on the only agent until time has passed, it looks again too', () => {
    const world = aWorld(atTheirPhones({ name: ANN, lastTalkAt: after(0).at }));
    const id = givenACondition(world, { where: 'true', sort: '10 / idle()', queueTimeoutSeconds: 600 });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);
    expect(ringing(world, taskId)).toBe('waiting');

    when(world, due('conditions', { id }), after(1));

    expect(ringing(world, taskId)).toEqual(['ann']);
  });

  test('given a caller who comes to it by overflow, it looks for that one too', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }));
    const id = givenACondition(world, rested);
    const routes = [[agentTarget(ANN, { queueTimeoutSeconds: 5 })], [conditionTarget(id)]];
    const { taskId } = givenOneWhoAsks(world, routes);

    when(world, due('queueTasks', { id: taskId }), after(5));

    expect(lookAt(world, id)).toBe(after(6).at);
  });
});

describe('a rule that fails on an agent', () => {
  const share = { where: '10 / get("sales") > 1' };

  test('given a caller, that agent does not match, and others do', () => {
    const world = aWorld(atTheirPhones({ name: ANN }, { name: BOB, skills: sales(2) }));
    const id = givenACondition(world, share);

    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);

    expect(ringing(world, taskId)).toEqual(['bob']);
  });

  test('given nobody else, the caller waits', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    const id = givenACondition(world, share);

    expect(ringing(world, givenOneWhoAsks(world, [[conditionTarget(id)]]).taskId)).toBe('waiting');
  });

  test('given an agent who becomes free for one who waits, the mistake is told with rule, agent and place', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }));
    const id = givenACondition(world, share);
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);

    const { faults } = when(world, settingState(ANN));

    expect(faults).toEqual([
      { conditionId: id, rule: 'where', agent: 'ann', at: 4, problem: { zh: '除数为零', en: 'division by zero' } },
    ]);
    expect(ringing(world, taskId)).toBe('waiting');
  });

  test('given a sort that fails, the agent does not match either', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...away }, { name: BOB, ...away, skills: sales(1) }));
    const id = givenACondition(world, { sort: '1 % get("sales")' });
    const { taskId } = givenOneWhoAsks(world, [[conditionTarget(id)]]);

    expect(when(world, settingState(ANN)).faults.map(({ rule }) => rule)).toEqual(['sort']);
    expect(ringing(world, taskId)).toBe('waiting');
    when(world, settingState(BOB));

    expect(ringing(world, taskId)).toEqual(['bob']);
  });
});
