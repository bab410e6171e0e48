import fc from 'fast-check';
import type { AgentId, AgentName, Instant } from '../../src/domain/ids';
import { FIRST_BY, Numbered, Turns, type Turn } from '../../src/domain/queue/turns';

/** So few moments that many came at the same one. */
const moment = fc.nat({ max: 3 }).map((each) => each as Instant);
const anyTurns = fc.uniqueArray(
  fc.record({
    name: fc.nat({ max: 50 }).map((each) => `a${each}` as AgentName),
    loggedInAt: moment,
    lastTalkAt: fc.option(moment),
    isEqual: fc.boolean(),
    isPassed: fc.boolean(),
    hasLeft: fc.boolean(),
  }),
  { selector: ({ name }) => name, maxLength: 30, size: 'max' },
);

test.each(['lru', 'order'] as const)(
  'whoever of some comes first by %s is found, whoever else is free',
  (choice) => {
    fc.assert(
      fc.property(anyTurns, (given) => {
        const all = given.map((each) => ({ ...each, id: `default/${each.name}` as AgentId }));
        const free = all.filter(({ hasLeft }) => !hasLeft);
        const equals = free.filter(({ isEqual }) => isEqual);
        const turns = new Turns();
        for (const turn of all) turns.add(turn);
        for (const turn of all) if (turn.hasLeft) turns.delete(turn);
        const inOrder = (some: readonly Turn[]) => [...some].sort(FIRST_BY[choice]).map(({ name }) => name);

        const first = turns.firstOf(
          { rank: 0, turns: new Numbered(equals) },
          choice,
          new Set(all.filter(({ isPassed }) => isPassed).map(({ id }) => id)),
        );

        expect(first?.name).toBe(inOrder(equals.filter(({ isPassed }) => !isPassed))[0]);
        expect([...turns].map(({ name }) => name).sort()).toEqual(free.map(({ name }) => name).sort());
      }),
    );
  },
);
