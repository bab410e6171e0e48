import fc from 'fast-check';
import { ALL_HAPPENINGS, take, type Happening, type Step } from '../support/random-happenings';
import { History } from '../support/random-history';

/** `HISTORIES=20000` for a long run; a failure prints its seed and path, and the shortest history that fails. */
const RUNS = Number(process.env.HISTORIES ?? 150);

/** What makes a day: the more often named, the more often it happens. */
const OFTEN: readonly Happening[] = [
  'a caller comes',
  'a caller comes',
  'a phone is answered',
  'a phone is answered',
  'a phone is answered',
  'a channel ends',
  'a number is invited',
  'an agent is invited',
];

const number = fc.nat({ max: 9_999_999 });
const step: fc.Arbitrary<Step> = fc.record({
  happens: fc.constantFrom(...ALL_HAPPENINGS, ...OFTEN),
  one: number,
  two: number,
  random: fc.constantFrom(0, 0.4, 0.999),
});

describe('whatever happens in whatever order', () => {
  test('every invariant holds after every input, and in the end nothing is left', () => {
    const history = fc.array(step, { maxLength: 80, size: 'max' });
    const missPauseSeconds = fc.constantFrom(0, 5, 60);

    fc.assert(
      fc.property(missPauseSeconds, history, (pause, steps) => {
        const day = new History(pause);
        for (const each of steps) take(day, each);
        day.finish();
      }),
      { numRuns: RUNS },
    );
  });
});
