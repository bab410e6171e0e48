import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitOf, type Origin } from '../../scripts/bench/report/origin';
import type { Amount, Target } from '../../scripts/bench/parts/part';
import { drawing } from '../../scripts/bench/report/picture';
import { tablesOf, together, type Measured, type Results } from '../../scripts/bench/report/results';

const FAST = { processor: 'fast', cores: 8, memoryMb: 16_000, kernel: '6.1' };
const SLOW = { ...FAST, processor: 'slow' };
const VERSIONS = { parley: '0.1.0', node: 'v20.0.0', asterisk: 'Asterisk 22' };
const HERE: Origin = { machine: SLOW, versions: VERSIONS, commit: 'c0ffee', logLevel: 'info' };

const OUTCOME = {
  amount: { rounds: 3, seconds: 8 } as Amount,
  load: { before: 1, after: 2 },
  diskMs: { p50: 0.2, p99: 1 },
  figures: [],
  tables: [{ title: 'Calls', head: ['p50'], rows: [[7]] }],
  targets: [],
  problems: [],
};
const aPart = (more: Partial<Measured> = {}): Measured => ({
  ...HERE,
  ...OUTCOME,
  at: '2026-01-02T10:00:00.000Z',
  ...more,
});

test('given parts of two machines, each says its own', () => {
  const parts = { connect: aPart({ machine: FAST, commit: null }), modes: aPart() };
  const lines = tablesOf(parts).split('\n');

  expect(lines).toContain(
    '| `connect` | no repository | 2026-01-02T10:00:00.000Z | fast, 8 cores, 16000 MB | 6.1 | 0.1.0 | v20.0.0 | 22 | info | 3 of 8 s | 1 / 2 | 0.2 / 1 |',
  );
  expect(lines).toContainEqual(expect.stringMatching(/^\| `modes` \| c0ffee \| .* \| slow, 8 cores/));
});

test('given a part that is measured again, all are told in the order in which they are measured', () => {
  const earlier = { rate: aPart(), modes: aPart(), connect: aPart() };
  const parts = together(earlier, { modes: aPart({ machine: FAST }) });

  expect(Object.entries(parts)).toEqual([
    ['connect', earlier.connect],
    ['modes', aPart({ machine: FAST })],
    ['rate', earlier.rate],
  ]);
  expect(tablesOf(parts).match(/^### .*/gm)).toEqual(['### `connect`', '### `modes`', '### `rate`']);
});

describe('the summary', () => {
  const aFigure = (contender: string, more: object): object => ({
    ...{ contender, agents: 500, perSecond: 40, own: 0, asterisk: 10.3, ...more },
    ...{ ring: { p50: 3.5, p99: 9 }, hear: { p50: 4, p99: 9 } },
  });
  const aTarget = (what: string, more: Partial<Target> = {}): Target => ({
    ...{ what, value: 2, limit: 1.5, sense: 'at most' },
    ...more,
  });

  test('says what is measured of all at the rate that is judged', () => {
    const figures = [aFigure('Parley', { own: 8.7 }), aFigure('app_queue', {}), aFigure('floor', { agents: 50 })];
    const highest = [{ contender: 'Parley', perSecond: 70, rates: [70] }];
    const text = tablesOf({ connect: aPart({ figures }), rate: aPart({ figures: { highest, attempts: [] } }) });

    expect(text).toContain("| hear: the agent's answer → both hear each other, p50 ms | 4 | - | 4 |");
    expect(text).toContain('own process + Asterisk | 8.7 + 10.3 | - | 0 + 10.3 |');
    expect(text).toContain('below 200 ms | 70 | - | - |');
  });

  test('names all targets that are missed, by where, and those with one reason and limit once', () => {
    const names = ['ring', 'hear'].flatMap((what) =>
      ['floor', 'app_queue'].map((other) => `${what} p50 at 80 calls/s, 500 agents, times ${other}`),
    );
    const targets = [
      aTarget('ring p50 at 40 calls/s, 500 agents, times floor', { value: 1.2 }),
      aTarget('hear p50 at 40 calls/s, 500 agents, times floor', { value: 1.6 }),
      aTarget('hear p99 at 40 calls/s, 500 agents, times floor'),
      ...names.map((what) => aTarget(what, { value: null, missed: 'Parley: 1 of 9 calls failed' })),
      aTarget('highest rate, times floor', { value: 0.5, limit: 0.9, sense: 'at least' }),
      aTarget('events', { undecided: 'floor: 1 of 9 calls failed' }),
    ];
    const text = tablesOf({ connect: aPart({ targets }) });

    expect(text).toContain(
      [
        '1 of 9 targets are reached, 1 have no verdict, 7 are missed:',
        '',
        '- at 40 calls/s, 500 agents: hear p50, times floor 1.6 (≤ 1.5); hear p99, times floor 2 (≤ 1.5)',
        '- at 80 calls/s, 500 agents: ring p50 / hear p50, times floor / app_queue (4 targets, ≤ 1.5) because of “Parley: 1 of 9 calls failed”',
        '- highest rate, times floor 0.5 (≥ 0.9)',
      ].join('\n'),
    );
    expect(text).toContain(
      '| ring p50 / hear p50 at 80 calls/s, 500 agents, times floor / app_queue (4 targets) | - | ≤ 1.5 | **no**: Parley: 1 of 9 calls failed |',
    );
  });

  test('given targets with one reason that are not all of their pieces, each is named', () => {
    const missed = 'Parley: 1 of 9 calls failed';
    const targets = ['ring, times floor', 'hear, times app_queue'].map((what) => aTarget(what, { missed }));

    expect(tablesOf({ connect: aPart({ targets }) })).toContain(
      '| ring, times floor; hear, times app_queue (2 targets) | 2 |',
    );
  });

  test('given none that is missed, it says so', () => {
    const text = tablesOf({ connect: aPart({ targets: [aTarget('ring', { value: 1 })] }) });

    expect(text).toContain('1 of 1 targets are reached; none is missed.');
  });
});

test('what was not measured is stored and read again without being reached', () => {
  const targets = [
    { what: 'no call', value: NaN, limit: 1.5, sense: 'at most' as const },
    { what: 'some failed', value: 1, limit: 1.5, sense: 'at most' as const, missed: '639 of 640 calls failed' },
    { what: 'floor failed', value: 1, limit: 1.5, sense: 'at most' as const, undecided: 'floor: 1 of 640' },
    { what: 'fine', value: 1, limit: 1.5, sense: 'at most' as const },
  ];
  const tables = [{ title: 'Times', head: ['ring', '×', 'of'], rows: [[NaN, 'NaN / 4.8', 'NaNcy']] }];
  const stored = JSON.stringify({ parts: { connect: aPart({ targets, tables, unasked: ['80 calls/s'] }) } });
  const text = tablesOf((JSON.parse(stored) as Results).parts);

  expect(text).toContain('| no call | - | ≤ 1.5 | no verdict: not measured |');
  expect(text).toContain('| some failed | 1 | ≤ 1.5 | **no**: 639 of 640 calls failed |');
  expect(text).toContain('| floor failed | 1 | ≤ 1.5 | no verdict: floor: 1 of 640 |');
  expect(text).toContain('| fine | 1 | ≤ 1.5 | yes |');
  expect(text).toContain('| - | - / 4.8 | NaNcy |');
  expect(text).toContain('Not asked for, and so not judged: `connect`: 80 calls/s.');
});

test('the picture says what it is of, and draws no bar for what was not measured', () => {
  const aFigure = (contender: string, p50: number | null): object => {
    const times = { p50, p99: p50 };
    return { contender, agents: 500, perSecond: 40, ring: times, hear: times };
  };
  const picture = drawing({ connect: aPart({ figures: [aFigure('Parley', 7), aFigure('floor', null)] }) });

  expect(picture).toContain('2026-01-02T10:00:00.000Z: slow, 8 cores');
  expect(picture).toContain('Parley 7 ms');
  expect(picture).not.toMatch(/floor null|NaN/);
});

test('given no repository, there is no commit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-no-repository-'));

  expect(commitOf(folder)).toBeNull();
  rmdirSync(folder);
});
