import { Floor } from '../../scripts/bench/processes/floor-process';
import { verdictOf } from '../../scripts/bench/parts/part';
import { problemsWith, tableOf, targetsOf, type RingingFigure } from '../../scripts/bench/parts/ringing-part';

const NO_FAULTS = { unrung: 0, surprises: 0, lostCallers: 0, refusedCommands: 0, skipped: 0 };
const aFigure = (
  contender: RingingFigure['contender'],
  way: RingingFigure['way'],
  {
    faults = {},
    ...more
  }: Partial<Omit<RingingFigure, 'faults'>> & { faults?: Partial<RingingFigure['faults']> } = {},
): RingingFigure => ({
  contender,
  way,
  count: 240,
  samples: 80,
  p50: 8,
  p99: 20,
  late: 1,
  ...more,
  faults: { ...NO_FAULTS, ...faults },
});
type More = Parameters<typeof aFigure>[2];
const figuresWith = (ours: More, queue: More = { p50: 100, p99: 800 }): readonly RingingFigure[] => [
  aFigure('Parley', 'told', ours),
  aFigure('Parley', 'ended'),
  aFigure('app_queue', 'told', queue),
  aFigure('app_queue', 'ended', { p50: 40, p99: 800 }),
  aFigure('floor', 'ended', { p50: 4, p99: 10, samples: 160 }),
];
const verdicts = (figures: readonly RingingFigure[]): readonly string[] =>
  targetsOf(figures).map((target) => verdictOf(target).is);

test('given no faults, everything is judged by its time', () => {
  expect(verdicts(figuresWith({}))).toEqual(['reached', 'reached', 'reached', 'reached']);
  expect(verdicts(figuresWith({ p99: 60 }))).toEqual(['missed', 'reached', 'reached', 'reached']);
});

test.each(['unrung', 'surprises', 'lostCallers', 'refusedCommands'] as const)(
  'given one of our %s, nothing of that way is reached, whatever the time',
  (fault) => {
    expect(verdicts(figuresWith({ faults: { [fault]: 1 } }))).toEqual(['missed', 'missed', 'reached', 'reached']);
  },
);

test('given faults of app_queue, there is no verdict next to it alone', () => {
  expect(verdicts(figuresWith({}, { p99: 800, faults: { unrung: 2 } }))).toEqual([
    'reached',
    'undecided',
    'reached',
    'reached',
  ]);
});

test('given turns that an app_queue was too slow for, the verdict stays', () => {
  expect(verdicts(figuresWith({}, { p99: 800, faults: { skipped: 40 } }))).not.toContain('undecided');
});

test('given fewer agents freed than is said, or late phones, there is no verdict, and it is a problem', () => {
  const skipped = figuresWith({ count: 230, faults: { skipped: 10 } });
  const late = figuresWith({ late: 6 });

  for (const figures of [skipped, late]) {
    expect(verdicts(figures)).toEqual(['undecided', 'undecided', 'reached', 'reached']);
  }
  expect(problemsWith(skipped)).toEqual(['Parley: nobody was there to be freed at 10 of 240 turns']);
  expect(problemsWith(late)).toEqual(['Parley: the phones themselves were 6 ms late']);
});

test('given no phone of ours that rang one way, it is a problem', () => {
  expect(problemsWith(figuresWith({}).slice(1))).toEqual(['no phone of ours rang in a round: told to be free']);
});

test('given no phone that app_queue rang, there is no verdict next to it', () => {
  const figures = figuresWith({}).filter(({ contender }) => contender !== 'app_queue');

  expect(verdicts(figures)).toEqual(['reached', 'undecided', 'reached', 'undecided']);
});

test('the table has the ratios to floor and app_queue, where there is one, and says what is a maximum', () => {
  const { rows } = tableOf(figuresWith({}), 100);

  expect(rows.map((row) => row.slice(1, 5))).toEqual([
    ['8 / - / 100', '- / 0.08', '20 (max of 80) / - / 800 (max of 80)', '- / 0.03'],
    ['8 / 4 / 40', '2 / 0.2', '20 (max of 80) / 10 / 800 (max of 80)', '2 / 0.03'],
  ]);
});

test('given a talk that ends after the floor was reset, its agent rings only when free again, and once', () => {
  const requests: string[] = [];
  const send = async ({ uri }: { uri: string }): Promise<never> => {
    requests.push(uri);
    return await new Promise<never>(() => {});
  };
  const floor = new Floor([{ send }]);
  const hear = (type: string, id: string): void =>
    floor.hear({ type, args: ['caller'], channel: { id, caller: { number: id } } });
  const rung = (): number => requests.filter((uri) => uri.includes('PJSIP')).length;
  floor.take({ free: ['310001'] });
  hear('StasisStart', '1.1');

  floor.take({ reset: true });
  hear('StasisEnd', '1.1');
  hear('StasisStart', '1.2');
  hear('StasisStart', '1.3');
  expect(rung()).toBe(1);

  floor.take({ free: ['310001'] });
  expect(rung()).toBe(2);
});
