import { agentTarget, ANN, BOB, ended, NOTHING, routing, told } from '../support/happenings';
import { anArrival, aPlan, APP, atTheirPhones, aWorld, givenACaller, when } from '../support/worlds';

describe('plans of the configuration', () => {
  test('replace those of the last start: new ones come, changed ones change, others go', () => {
    const world = aWorld({ plans: [aPlan('sales'), aPlan('gone')] });
    const plans = [aPlan('sales', { enqueue: routing([[agentTarget(BOB)]]) }), aPlan('support')];

    when(world, { type: 'plans-loaded', plans });

    expect([...world.plans.values()]).toEqual(plans);
  });

  test('that are none leave none', () => {
    const world = aWorld({ plans: [aPlan('gone')] });
    when(world, { type: 'plans-loaded', plans: [] });

    expect(world.plans.size).toBe(0);
    expect(when(world, { type: 'plans-loaded', plans: [] })).toEqual(NOTHING);
  });

  test('that change or go do not touch who waits on them already', () => {
    const world = aWorld({ ...atTheirPhones({ name: ANN, state: 'away' }), plans: [aPlan('sales')] });
    const request = { by: 'plan', name: 'sales' } as const;
    const { channelId } = givenACaller(world, { request });
    when(world, { type: 'plans-loaded', plans: [] });

    const { notifications } = when(world, { type: 'set-state', app: APP, name: ANN, state: 'idle' });
    expect(told(notifications)[0]).toBe('queue.select ann');

    expect(told(when(world, ended({ channelId })).notifications)).toEqual(['queue.fail hangup']);
    expect(when(world, anArrival({ request })).effects).toMatchObject([
      { do: 'release', variables: { PARLEY_RESULT: 'error' } },
    ]);
  });
});
