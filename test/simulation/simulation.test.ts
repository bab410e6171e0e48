import { WHOEVER } from './cast';
import { CALLER_RESULTS, COMMANDS, DECISIONS, END_REASONS, EVENTS, FAIL_CAUSES, RARITIES } from './coverage';
import { missingIn, testDays } from './many-days';

/** Some 30 s on two busy cores; so many days bring about everything that can happen. */
const { days, areEnough } = testDays('test/simulation/simulation', WHOEVER, 40);

if (areEnough) {
  test('given many days, everything that can happen has happened', () => {
    const wanted = [
      ...EVENTS,
      ...FAIL_CAUSES,
      ...END_REASONS,
      ...CALLER_RESULTS,
      ...COMMANDS,
      ...DECISIONS,
      ...RARITIES,
    ];
    expect(missingIn(days, wanted)).toEqual([]);
  });
}
