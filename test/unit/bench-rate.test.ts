import { problemsOf, verdictOf } from '../../scripts/bench/parts/part';
import {
  isGood,
  nextRate,
  outcomeOf,
  searchOf,
  type Attempt,
  type Search,
} from '../../scripts/bench/parts/rate-search';

type Name = Attempt['contender'];
const AMOUNT = { firstRate: 40, steps: 12, agents: [50, 500] };

const anAttempt = (perSecond: number, more: Partial<Attempt> = {}): Attempt => ({
  contender: 'Parley',
  perSecond,
  failed: 0,
  p99: 20,
  late: 1,
  collapse: null,
  ...more,
});

/** A contender for which any rate above its `end` is too much. */
type Asked = { readonly amount?: typeof AMOUNT; readonly contender?: Name; readonly late?: number };
function search(end: number, { amount = AMOUNT, contender = 'Parley', late = 1 }: Asked = {}): Search {
  const attempts: Attempt[] = [];
  for (let next = nextRate([], amount); next !== null; next = nextRate(attempts, amount)) {
    attempts.push(anAttempt(next, { contender, p99: next > end ? 300 : 20, late: next > end ? late : 1 }));
    if (attempts.length > 100) throw new Error('it goes on for ever');
  }
  return searchOf(contender, attempts);
}
const rates = (found: Search): readonly number[] => found.attempts.map(({ perSecond }) => perSecond);

describe('the search for the highest rate', () => {
  test.each([
    [115, [40, 80, 160, 120, 100, 110], 110],
    [480, [40, 80, 160, 320, 640, 480, 560, 520, 500], 480],
    [25, [40, 20, 30], 20],
    [5, [40, 20, 10], 0],
  ])('given an end at %d, it goes beyond it and half way back', (end, tried, highest) => {
    const found = search(end);

    expect(rates(found)).toEqual(tried);
    expect(found.highest).toBe(highest);
    expect(found.end!.perSecond).toBeGreaterThan(end);
  });

  test('for every end it is over within its steps, and finds it to within 10 or a twentieth', () => {
    for (let end = 10; end < 1_280; end += 7) {
      const { highest, end: tooMuch } = search(end);

      expect(highest).toBeLessThanOrEqual(end);
      expect(tooMuch!.perSecond - highest).toBeLessThanOrEqual(Math.max(10, highest / 20));
    }
  });

  test('given no end, it gives up far above, and says that there is none', () => {
    const found = search(Infinity);

    expect(rates(found)).toEqual([40, 80, 160, 320, 640, 1_280]);
    expect([found.highest, found.end]).toEqual([1_280, null]);
  });

  test('a rate above one that was too much does not count', () => {
    const attempts = [anAttempt(40), anAttempt(80, { failed: 1 }), anAttempt(160)];

    expect(searchOf('Parley', attempts)).toMatchObject({ highest: 40, end: { perSecond: 80 } });
    expect(nextRate(attempts, AMOUNT)).toBe(60);
  });

  test.each([
    ['a call that failed', { failed: 1 }],
    ['a slow hundredth', { p99: 200 }],
    ['no call connected', { p99: NaN }],
    ['a collapse', { failed: NaN, p99: NaN, collapse: 'Asterisk has ended' }],
  ])('%s is too much', (_, more) => {
    expect(isGood(anAttempt(40, more))).toBe(false);
  });
});

describe('the verdict', () => {
  const outcome = (
    ours: number,
    floor: number,
    { late = 1, amount = AMOUNT } = {},
  ): ReturnType<typeof outcomeOf> =>
    outcomeOf(
      [
        search(ours, { amount }),
        search(floor, { amount, contender: 'floor', late }),
        search(300, { amount, contender: 'app_queue' }),
      ],
      amount,
    );
  const verdict = (of: ReturnType<typeof outcomeOf>): string => verdictOf(of.targets[0]!).is;

  test('given ends of all, it is by the ratio', () => {
    expect([outcome(200, 205), outcome(100, 205)].map(verdict)).toEqual(['reached', 'missed']);
    expect(outcome(200, 205).problems).toEqual([]);
  });

  test('given no end of the floor, there is none, and it is a problem', () => {
    const result = outcome(1_250, Infinity);

    expect(result.targets[0]!.value).toBeGreaterThan(0.9);
    expect(verdict(result)).toBe('undecided');
    expect(result.problems).toEqual(['floor: no end found up to 1280 a second']);
  });

  test('given a floor that was never good, it is not reached by an endless ratio', () => {
    const result = outcome(100, 5);

    expect(result.targets[0]!.value).toBe(Infinity);
    expect(verdict(result)).toBe('undecided');
    expect(result.problems).toEqual(['floor: no attempt was good']);
    expect(problemsOf(result.targets)).toHaveLength(1);
  });

  test('given an end of the floor that is one of the phones, there is none', () => {
    const result = outcome(200, 205, { late: 150 });

    expect(verdict(result)).toBe('undecided');
    expect(result.problems[0]).toMatch(/^floor: at \d+ a second the phones themselves were 150 ms late$/);
  });

  test('given a single attempt, there is none, and that is no problem', () => {
    const result = outcome(200, 205, { amount: { ...AMOUNT, firstRate: 5, steps: 1 } });

    expect([verdict(result), result.problems]).toEqual(['undecided', []]);
  });
});
