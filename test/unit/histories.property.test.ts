import fc from 'fast-check';
import { ALL_HAPPENINGS, take, type Happening, type Step } from '../support/random-happenings';
import { History } from '../support/random-history';

/** `HISTORIES=20000` for a long run; a failure prints its seed and path, and the shortest history that fails. */
const RUNS = Number(process.env.HISTORIES ?? 100);

/** What makes a day: the more often named, the more often it happens. */
const DAYS: Readonly<Record<string, readonly Happening[]>> = {
  'a day on which everything happens': [
    ...ALL_HAPPENINGS,
    ...often('a caller comes', 8),
    ...often('a phone begins to ring', 3),
    ...often('a phone is answered', 4),
    ...often('a phone is not answered', 2),
    ...often('a channel ends', 3),
    ...often('time passes', 6),
    ...often('an agent changes its state', 3),
    ...often('an agent logs in', 2),
    ...often('an agent says it is there', 2),
    ...often('an agent is invited', 2),
    ...often('a number is invited', 2),
    ...often('a condition changes', 2),
    ...often('skills change', 2),
  ],
  'a day on which many wait': [
    ...often('a caller comes', 8),
    ...often('a phone begins to ring', 4),
    ...often('a phone is not answered', 4),
    ...often('a channel ends', 4),
    ...often('time passes', 6),
    ...often('an agent changes its state', 5),
    ...often('a condition changes', 3),
    ...often('a task becomes more urgent, or less', 2),
    'a condition is made',
    'a phone is answered',
    'a phone registers or not',
    'an agent logs in',
    'an agent says it is there',
    'skills change',
  ],
  'a day on which agents talk, listen, coach, merge and hand over': [
    ...often('a caller comes', 4),
    ...often('a phone begins to ring', 2),
    ...often('a phone is answered', 12),
    ...often('an agent calls a number', 3),
    ...often('an agent calls another', 4),
    ...often('an agent declines what rings at its phone', 2),
    ...often('an agent forwards what rings at its phone', 3),
    ...often('an agent enters a conversation', 4),
    ...often('an agent listens to a conversation', 4),
    ...often('an agent coaches another', 6),
    ...often('an agent changes its mode', 5),
    ...often('an agent makes one conversation of two', 5),
    ...often('an agent hands over to another', 2),
    ...often('an agent hands over to a number', 2),
    ...often('time passes', 2),
    'a number is invited',
    'an agent is invited',
    'an agent leaves a conversation',
    'an agent logs out',
    'an agent logs in',
    'an agent says it is there',
    'an agent changes its state',
    'a call changes its mode',
    'a channel ends',
    'a phone is not answered',
    'a channel is lost',
    'a bridge is lost',
    'an answer is not heard',
    'Asterisk is compared',
    'a conversation is dissolved',
  ],
};

const number = fc.noBias(fc.nat({ max: 9_999_999 }));
function often(happening: Happening, times: number): readonly Happening[] {
  return Array.from({ length: times }, () => happening);
}

describe('whatever happens in whatever order', () => {
  test.each(Object.keys(DAYS))(
    '%s: every invariant holds after every input, and in the end nothing is left',
    (kind) => {
      const step: fc.Arbitrary<Step> = fc.record({
        happens: fc.constantFrom(...DAYS[kind]!),
        one: number,
        two: number,
        random: fc.constantFrom(0, 0.4, 0.999),
      });
      const steps = fc.array(step, { minLength: 1, maxLength: 120, size: 'max' });

      fc.assert(
        fc.property(fc.constantFrom(0, 5, 60), steps, (missPauseSeconds, day) => {
          const history = new History(missPauseSeconds);
          for (const each of day) take(history, each);
          history.finish();
        }),
        { numRuns: RUNS },
      );
    },
  );
});
