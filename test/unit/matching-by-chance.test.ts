import fc from 'fast-check';
import type { AgentName } from '../../src/domain/ids';
import { agentsFor } from '../../src/domain/queue/matching';
import { UnitOfWork } from '../../src/domain/unit-of-work';
import { apply, type Change, type World } from '../../src/domain/world';
import { asking, now, skillTarget } from '../support/happenings';
import { stepsOf } from '../support/steps';
import { anAgent, anExtension, aWorld, givenACaller, NOW } from '../support/worlds';

const SKILLS = [{ name: 'sales', score: 1, enabled: true }];

/** Somebody waits for any of so many equals. */
function givenEquals(count: number) {
  const world = aWorld();
  const { taskId } = givenACaller(world, { request: asking([skillTarget('sales')]) });
  const agents = Array.from({ length: count }, (_, index) =>
    anAgent({ name: `a${index}` as AgentName, skills: SKILLS }),
  );
  for (const { id, extensionId } of agents) {
    apply(world, [{ kind: 'extensions', value: anExtension({ id: extensionId, boundTo: id }), live: true }]);
  }
  apply(world, agents.map(ready));
  return { world, agents, task: now(world, 'queueTasks', { id: taskId }) };
}

const ready = (value: ReturnType<typeof anAgent>): Change => ({ kind: 'agents', value, live: true });
const away = (value: ReturnType<typeof anAgent>): Change => ready({ ...value, state: 'away' });
const lookingAt = (world: World, random: number) =>
  new UnitOfWork(world, { at: NOW, seed: '0'.repeat(15), random });

test('whoever has gone and come back, missed the call or been touched: each number draws another, and all are drawn', () => {
  const fates = fc.array(
    fc.record({
      hasGone: fc.boolean(),
      isBack: fc.boolean(),
      hasMissed: fc.boolean(),
      isTouched: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12, size: 'max' },
  );
  fc.assert(
    fc.property(fates, (given) => {
      const { world, agents, task } = givenEquals(given.length);
      const those = (are: (fate: (typeof given)[number]) => boolean) =>
        agents.filter((_, index) => are(given[index]!));
      apply(world, those(({ hasGone }) => hasGone).map(away));
      apply(world, those(({ hasGone, isBack }) => hasGone && isBack).map(ready));
      const missedBy = those(({ hasMissed }) => hasMissed).map(({ id }) => id);
      const free = those(({ hasGone, isBack }) => !hasGone || isBack);
      const others = free.filter(({ id }) => !missedBy.includes(id));
      const expected = others.length > 0 ? others : free; // Who has missed it comes after all others.

      const drawn = expected.flatMap((_, number) => {
        const tx = lookingAt(world, (number + 0.5) / expected.length);
        for (const each of those(({ isTouched }) => isTouched)) tx.agents.put(tx.agents.need(each.id));
        return agentsFor(tx, { ...task, missedBy }).map(({ agent }) => agent.name);
      });

      expect(drawn.sort()).toEqual(expected.map(({ name }) => name).sort());
    }),
  );
});

test.each([0, 0.5, 0.999])('given thousands of equals, whom %d draws is found in a few steps', (random) => {
  const { world, agents, task } = givenEquals(2_000);
  const tx = lookingAt(world, random);
  let drawn: readonly string[] = [];

  const steps = stepsOf(() => (drawn = agentsFor(tx, task).map(({ agent }) => agent.name)));

  expect([drawn, steps < 50]).toEqual([[agents[Math.floor(random * 2_000)]!.name], true]);
});

test('given thousands of whom no two are as good, the best is found in a few steps, and the next if that one has missed the call', () => {
  const { world, agents, task } = givenEquals(2_000);
  apply(
    world,
    agents.map((agent, index) => ready({ ...agent, skills: [{ ...SKILLS[0]!, score: index }] })),
  );
  const missedBy = agents.slice(-3).map(({ id }) => id);
  let drawn: readonly string[] = [];
  const steps = stepsOf(() => {
    drawn = [[], missedBy].flatMap((missed) =>
      agentsFor(lookingAt(world, 0), { ...task, missedBy: missed }).map(({ agent }) => agent.name),
    );
  });

  expect([drawn, steps < 100]).toEqual([['a1999', 'a1996'], true]);
});
