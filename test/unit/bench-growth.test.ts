import { outcomeOf, type Row } from '../../scripts/bench/parts/growth-part';
import { verdictOf } from '../../scripts/bench/parts/part';

const aRow = (what: Row['what'], conversations: number, more: Partial<Row> = {}): Row => ({
  what,
  conversations,
  failed: 0,
  ring: { p50: 4, p99: 9 },
  hear: { p50: 5, p99: 9 },
  own: 10,
  page: 1,
  heap: 50,
  resident: 100,
  asterisk: 80,
  ...more,
});
const someRows = (most: number, more: Partial<Row> = {}): readonly Row[] => [
  aRow('stored', 10),
  aRow('stored', 100_000, { page: 1.2 }),
  aRow('warm', 0),
  aRow('live', 0, { resident: 130 }),
  aRow('live', 10, { resident: 131 }),
  aRow('live', most, { resident: 150, heap: 60, ring: { p50: 8, p99: 20 }, ...more }),
];
const memoryTarget = /^resident MB/;

test('given the most of 1,000, the memory is judged from before the first conversations on, and both are shown', () => {
  const { targets, tables } = outcomeOf(someRows(1_000));
  expect(targets.find(({ what }) => memoryTarget.test(what))).toMatchObject({ value: 50, limit: 30 });
  expect(tables[1]!.rows).toEqual([
    ['warm, before the first conversations', 10, 50, 0],
    ['none live, after there were as many once', 10, 20, 0],
  ]);
});

test('given fewer, the memory is not measured', () => {
  const { targets, tables } = outcomeOf(someRows(200));
  expect(targets.filter(({ what }) => memoryTarget.test(what))).toEqual([]);
  expect(tables[1]!.rows[0]).toEqual(expect.arrayContaining(['not measured']));
});

test('the most live and the most stored are held against the fewest, by all that is to stay the same', () => {
  const { targets } = outcomeOf(someRows(1_000));
  const missed = targets.filter((target) => verdictOf(target).is !== 'reached' && !memoryTarget.test(target.what));
  expect(missed.map(({ what, value }) => [what, value])).toEqual([['ring p50, 1000 live, times 10 live', 2]]);
  expect(targets.map(({ what }) => what)).toEqual(
    expect.arrayContaining(
      ['ring p50', 'hear p50', 'processor time', 'a page of conversations'].flatMap((each) => [
        `${each}, 1000 live, times 10 live`,
        `${each}, 100000 stored, times 10 stored`,
      ]),
    ),
  );
});

test('given calls that failed, nothing of theirs is reached', () => {
  const { targets } = outcomeOf(someRows(1_000, { failed: 3, ring: { p50: 4, p99: 9 } }));
  const live = targets.filter(({ what }) => what.includes('1000 live'));
  expect(live).toEqual([
    { what: 'calls that failed, 1000 live, times 10 live', value: 3, limit: 0, sense: 'at most' },
  ]);
  expect(live.some((target) => verdictOf(target).is === 'reached')).toBe(false);
});
