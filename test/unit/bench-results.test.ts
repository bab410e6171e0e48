import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitOf, type Origin } from '../../scripts/bench/report/origin';
import { type Amount } from '../../scripts/bench/parts/part';
import { drawing } from '../../scripts/bench/report/picture';
import { tablesOf, type Measured, type Results } from '../../scripts/bench/report/results';

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
  const lines = tablesOf(parts).split('\n').filter((line) => line.startsWith('Measured at')); // prettier-ignore

  expect(lines).toEqual([
    expect.stringContaining(' on fast, 8 cores, 16000 MB, Linux 6.1; no repository; Parley 0.1.0'),
    expect.stringContaining(' on slow, 8 cores, 16000 MB, Linux 6.1; commit c0ffee; Parley 0.1.0'),
  ]);
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
