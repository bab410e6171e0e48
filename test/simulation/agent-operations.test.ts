import { COMMANDS, RARITIES } from './coverage';
import { missingIn, testDays } from './many-days';

/**
 * Five agents, five customers and three outside numbers do whatever they can with each other, on a phone system that
 * fails now and then. `invariants.ts` says what holds after every input, `agreement.ts` what Asterisk has of it a moment
 * later, and in the end nothing is left. Some 10 s on a quiet machine.
 */
const { days, areEnough } = testDays('operations', 8);

if (areEnough) {
  test('given many days, there were 18,000 inputs and more, and everything that can be asked was', () => {
    expect(days.reduce((sum, { inputs }) => sum + inputs, 0)).toBeGreaterThanOrEqual(18_000);
    expect(missingIn(days, [...COMMANDS, ...RARITIES])).toEqual([]);
  });
}
