import { agentTarget, ANN, BOB, due, skillTarget } from '../support/happenings';
import { conditionTarget, givenACondition, givenOneWhoAsks, ringing } from '../support/conditions';
import { after, atTheirPhones, aWorld, when } from '../support/worlds';

const talkedAt = (seconds: number) => ({ lastTalkAt: after(seconds).at });

describe('whom time alone brings to those who wait', () => {
  test('given two rules that begin to fit at once, the one looked at first leaves the agent to the longest wait', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...talkedAt(0) }));
    const one = givenACondition(world, { where: 'idle() > 10', queueTimeoutSeconds: 600 });
    const other = givenACondition(world, { where: 'idle() > 10 ', queueTimeoutSeconds: 600 });
    const { taskId: first } = givenOneWhoAsks(world, [[conditionTarget(one)]], after(1));
    const { taskId: second } = givenOneWhoAsks(world, [[conditionTarget(other)]], after(2));

    when(world, due('conditions', { id: other }), after(11));

    expect(ringing(world, first)).toEqual(['ann']);
    expect(ringing(world, second)).toBe('waiting');
  });

  test('given a caller who overflows to such an agent, whoever has waited longer gets it', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...talkedAt(0) }, { name: BOB, state: 'away' }));
    const rested = givenACondition(world, { where: 'idle() > 10', queueTimeoutSeconds: 600 });
    const { taskId: first } = givenOneWhoAsks(world, [[conditionTarget(rested)]], after(1));
    const { taskId: second } = givenOneWhoAsks(
      world,
      [[agentTarget(BOB, { queueTimeoutSeconds: 9 })], [agentTarget(ANN)]],
      after(2),
    );

    when(world, due('queueTasks', { id: second }), after(11));

    expect(ringing(world, first)).toEqual(['ann']);
    expect(ringing(world, second)).toBe('waiting');
  });

  test('given a caller who overflows from such a rule, it goes on with the next route', () => {
    const world = aWorld(atTheirPhones({ name: ANN, ...talkedAt(0) }));
    const gold = givenACondition(world, { where: 'has("gold")', queueTimeoutSeconds: 5 });
    const brief = givenACondition(world, { where: 'idle() < 0', queueTimeoutSeconds: 5 });
    const routes = [[conditionTarget(gold), conditionTarget(brief)], [skillTarget('sales')]];
    const { taskId } = givenOneWhoAsks(world, routes);

    when(world, due('queueTasks', { id: taskId }), after(5));

    expect(world.queueTasks.get(taskId)).toMatchObject({ route: 1, phase: { at: 'waiting' } });
  });
});
