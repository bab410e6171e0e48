import { emptyOf, figure, quantile, quantiles, row, tailNote } from '../../scripts/bench/measuring/figures';
import type { Origin } from '../../scripts/bench/report/origin';
import { problemsOf, verdictOf, type Amount, type Outcome, type Target } from '../../scripts/bench/parts/part';
import { Run } from '../../scripts/bench/report/run';

const aTarget = (more: Partial<Target> = {}): Target => ({
  what: 'times floor',
  value: 1.2,
  limit: 1.5,
  sense: 'at most',
  ...more,
});
const anOutcome = (more: Partial<Outcome> = {}): Outcome => ({
  figures: [],
  tables: [],
  targets: [aTarget()],
  problems: [],
  ...more,
});

describe('quantile', () => {
  const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
  test.each<[string, readonly number[], number, number]>([
    ['one', [3], 0.99, 3],
    ['three out of order', [2, 1, 3], 0.5, 2],
    ['four', [4, 1, 3, 2], 0.5, 3],
    ['numbers, not of their digits', [10, 9, 100], 0.99, 100],
    ['a hundred', upTo(100), 0.99, 99],
    ['one more', upTo(101), 0.99, 99],
    ['a thousand', upTo(1000), 0.99, 990],
  ])('of %s', (_, times, share, value) => {
    expect(quantile(times, share)).toBe(value);
  });

  test('of nothing there is none, nor where a round has measured nothing', () => {
    expect([quantile([], 0.5), quantile([1, NaN, 2], 0.5)]).toEqual([NaN, NaN]);
    expect(quantiles([])).toEqual({ p50: NaN, p99: NaN });
  });

  test('where the slowest hundredth is the slowest one, that is said', () => {
    expect([tailNote(16), tailNote(100), tailNote(101)]).toEqual([' (max of 16)', ' (max of 100)', '']);
  });
});

test('of the rules alone, a figure without a round is not measured', () => {
  const rows = [
    row('idle', 0.2, { ours: [0.1, 0.2], scan: [4] }),
    row('parked', 0.5, figure()),
    row('found', null, { ours: [0.1], scan: [] }),
  ];

  expect(emptyOf(rows)).toEqual(['not measured: parked', 'not measured: found']);
  expect(rows[1]!['reached']).toBe('no');
});

describe('a target', () => {
  test.each<[string, Target, string]>([
    ['below what it may be at most', aTarget(), 'reached'],
    ['as much as it may be', aTarget({ value: 1.5 }), 'reached'],
    ['above it', aTarget({ value: 1.51 }), 'missed'],
    ['as much as it has to be at least', aTarget({ sense: 'at least', value: 1.5 }), 'reached'],
    ['below that', aTarget({ sense: 'at least', value: 1.49 }), 'missed'],
    ['no number', aTarget({ value: NaN }), 'undecided'],
    ['that was no number before it was stored', aTarget({ value: null }), 'undecided'],
    ['without an end', aTarget({ sense: 'at least', value: Infinity }), 'undecided'],
    ['good, and calls have failed', aTarget({ missed: '639 of 640 calls failed' }), 'missed'],
    ['good, and the other one has failed', aTarget({ undecided: 'floor: 1 of 640 calls failed' }), 'undecided'],
    ['good, and both have failed', aTarget({ missed: 'ours', undecided: 'theirs' }), 'missed'],
  ])('%s', (_, target, is) => {
    expect(verdictOf(target).is).toBe(is);
  });

  test('given no value, it is a problem, and given a failure of somebody, it is none', () => {
    expect(problemsOf([aTarget({ missed: 'x' }), aTarget({ undecided: 'y' }), aTarget({ value: 9 })])).toEqual([]);
    expect(problemsOf([aTarget({ value: NaN }), aTarget({ value: Infinity, missed: 'all failed' })])).toEqual([
      'times floor: no value',
      'times floor: no value, all failed',
    ]);
  });
});

describe('a run', () => {
  const silence = jest.spyOn(console, 'log').mockImplementation();
  const errors = jest.spyOn(console, 'error').mockImplementation();
  afterAll(() => [silence, errors].forEach((each) => each.mockRestore()));

  async function ran(...parts: readonly (() => Promise<Outcome>)[]): Promise<Run> {
    const run = new Run({} as Amount, {} as Origin, () => [0.2]);
    for (const [index, part] of parts.entries()) await run.measure(`part ${index}`, part);
    return run;
  }
  const names = ['part 0', 'part 1'];

  test('given all parts, and targets missed, it ends well and is whole', async () => {
    const missed = anOutcome({ targets: [aTarget({ value: 2 })] });
    const run = await ran(async () => anOutcome(), async () => missed); // prettier-ignore

    expect([run.exitCode, run.isWhole(names)]).toEqual([0, true]);
    expect(run.targets.map(({ reached }) => reached)).toEqual([true, false]);
  });

  test('given a part that could not be measured, it ends with 1 and is not whole', async () => {
    const run = await ran(async () => anOutcome(), () => Promise.reject(new Error('Asterisk has ended'))); // prettier-ignore

    expect([run.exitCode, run.isWhole(names)]).toEqual([1, false]);
    expect(run.problems).toEqual(['part 1: not measured: Asterisk has ended']);
  });

  test.each([
    ['a problem', anOutcome({ problems: ['nobody connected a call'] })],
    ['a target without a value', anOutcome({ targets: [aTarget({ value: NaN })] })],
    ['one that is infinite', anOutcome({ targets: [aTarget({ value: Infinity, sense: 'at least' })] })],
  ])('given %s, it ends with 1 and has reached nothing by it', async (_, outcome) => {
    const run = await ran(async () => outcome);

    expect(run.exitCode).toBe(1);
    expect(run.problems).toHaveLength(1);
    expect(run.isWhole(['part 0'])).toBe(false);
  });

  test('given rows that are judged and were not asked for, it says so, ends well, and is not whole', async () => {
    const run = await ran(async () => anOutcome({ targets: [], unasked: ['40 calls/s with 500 agents'] }));

    expect(run.unasked).toEqual(['part 0: 40 calls/s with 500 agents']);
    expect([run.exitCode, run.isWhole(['part 0'])]).toEqual([0, false]);
  });

  test('given parts that nobody has asked for, it is not whole', async () => {
    expect((await ran(async () => anOutcome())).isWhole(names)).toBe(false);
  });
});
