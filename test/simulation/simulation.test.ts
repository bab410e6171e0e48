import { CALLER_RESULTS, COMMANDS, DECISIONS, END_REASONS, EVENTS, FAIL_CAUSES, RARITIES } from './coverage';
import { missingIn, testDays } from './many-days';

/** Some 20 s on a busy machine; so many days bring about everything that can happen. */
const { days, areEnough } = testDays('days', 20);

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
