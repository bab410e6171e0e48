import {
  problemsWith,
  tablesOf,
  targetsOf,
  unaskedOf,
  type Connected,
} from '../../scripts/bench/parts/connect-part';
import { verdictOf } from '../../scripts/bench/parts/part';

const aFigure = (contender: Connected['contender'], more: Partial<Connected> = {}): Connected => ({
  contender,
  agents: 500,
  perSecond: 40,
  calls: 640,
  failed: 0,
  samples: 320,
  ring: { p50: 5, p99: 10 },
  hear: { p50: 6, p99: 12 },
  own: 3,
  asterisk: 8,
  late: 1,
  ...more,
});
type Mores = { readonly [Name in Connected['contender']]?: Partial<Connected> };
const trio = ({ Parley, floor, app_queue: queue }: Mores = {}): readonly Connected[] => [
  aFigure('Parley', Parley),
  aFigure('floor', floor),
  aFigure('app_queue', queue),
];
const verdicts = (figures: readonly Connected[]): readonly string[] =>
  targetsOf(figures).map((target) => `${verdictOf(target).is} ${/floor|app_queue/.exec(target.what)![0]}`);

test('given equals, everything is reached', () => {
  expect(new Set(verdicts(trio()))).toEqual(new Set(['reached floor', 'reached app_queue']));
  expect(targetsOf(trio())).toHaveLength(9);
});

test('given one of our calls that lived, nothing is reached, however fast it was', () => {
  const targets = targetsOf(trio({ Parley: { failed: 639, samples: 1, own: 0.1 } }));

  expect(targets.map((each) => verdictOf(each))).toEqual(
    targets.map(() => ({ is: 'missed', why: 'Parley: 639 of 640 calls failed' })),
  );
});

test('given calls of another that failed, there is no verdict next to that one', () => {
  const all = verdicts(trio({ floor: { failed: 1 } }));

  expect(new Set(all)).toEqual(new Set(['undecided floor', 'reached app_queue']));
});

test('given phones that were late, there is no verdict, and it is a problem and shown', () => {
  const figures = trio({ app_queue: { late: 5.1 } });

  expect(new Set(verdicts(figures))).toEqual(new Set(['reached floor', 'undecided app_queue']));
  expect(problemsWith(figures)).toEqual([
    'the phones were too late for times taken at them at 40 a second, 500 agents',
  ]);
  expect(tablesOf(figures)[0]!.rows[0]!.at(-1)).toBe('1 / 1 / 5.1 **too late**');
});

test('given late phones in a row that is not judged, they are shown', () => {
  const figures = trio().map((each) => ({ ...each, agents: 50, late: 9 }));

  expect(problemsWith(figures)).toEqual([]);
  expect(tablesOf(figures)[0]!.rows[0]!.at(-1)).toBe('9 / 9 / 9 **too late**');
});

test('given no call that was connected, it is a problem', () => {
  const none = { p50: NaN, p99: NaN };
  const figures = trio({ floor: { failed: 640, samples: 0, ring: none, hear: none } });

  expect(problemsWith(figures)).toEqual(['floor connected no call of a round at 40 a second, 500 agents']);
  expect(verdicts(figures)).not.toContain('reached floor');
});

test('what is judged and not asked for is named', () => {
  const few = trio().map((each) => ({ ...each, agents: 50 }));

  expect([targetsOf(few), unaskedOf(few)]).toEqual([
    [],
    ['40 calls/s with 500 agents', '80 calls/s with 500 agents'],
  ]);
  expect(unaskedOf([...trio(), ...trio().map((each) => ({ ...each, perSecond: 80 }))])).toEqual([]);
});

test('the p99 of few calls is called their maximum', () => {
  const cells = tablesOf(trio({ floor: { samples: 40 } }))[0]!.rows[0]!;

  expect(cells.filter((cell) => String(cell).includes('max of'))).toEqual([
    '10 / 10 / 10 (max of 40)',
    '12 / 12 / 12 (max of 40)',
  ]);
});
