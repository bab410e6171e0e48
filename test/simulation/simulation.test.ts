import { deviationOfEvent, unseenIn } from '../support/described-events';
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

  test('every event is as the description of the API has it, and all that it says of events was seen', () => {
    const texts = days.flatMap(({ eventTexts }) => eventTexts);
    expect(new Set(texts.map(deviationOfEvent))).toEqual(new Set(['']));
    expect(unseenIn(texts)).toEqual([]);
  });
}
