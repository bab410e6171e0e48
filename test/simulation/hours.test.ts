import { COMMANDS, END_REASONS, EVENTS, FAIL_CAUSES, FAILURES } from './coverage';
import { simulateHour } from './hour';
import { again } from './kinds';
import { Tally } from './tally';

/**
 * Many short histories of dense misfortune, some 30 ms each. `SIMULATION_SEED` is the first seed,
 * `SIMULATION_SEEDS` their number; `npm run simulate` takes the same seeds on all cores.
 */
const USUAL = 2_000;
const SEEDS_PER_TEST = 250;
/** A machine that is busy with other things may need many times as long. */
const PATIENCE_MS = 120_000;
/** Who has seen so many fail has enough to look at. */
const TOLD = 3;

const first = Number(process.env['SIMULATION_SEED'] ?? 1);
const count = Number(process.env['SIMULATION_SEEDS'] ?? USUAL);
const end = first + count;
const happened = new Tally();

test.each(Array.from({ length: Math.ceil(count / SEEDS_PER_TEST) }, (_, index) => first + index * SEEDS_PER_TEST))(
  'seeds from %i on',
  async (from) => {
    const failures: string[] = [];
    for (let seed = from; seed < Math.min(from + SEEDS_PER_TEST, end) && failures.length < TOLD; seed++) {
      try {
        for (const [what, times] of (await simulateHour(seed)).happened) happened.count(what, times);
      } catch (error) {
        failures.push(`seed ${seed}: ${(error as Error).message}\nAgain: ${again('hours', seed)}`);
      }
    }
    if (failures.length > 0) throw new Error(failures.join('\n\n'));
  },
  PATIENCE_MS,
);

test('the same seed makes the same hour, whatever else the process does', async () => {
  const alone = await simulateHour(first);
  const [other, beside] = await Promise.all([simulateHour(first + 1), simulateHour(first)]);

  expect(beside.record()).toBe(alone.record());
  expect(other.record()).not.toBe(alone.record());
});

if (count >= USUAL) {
  test('every failure fell between any two steps, and everything that can happen has happened', () => {
    const wanted = [...FAILURES, ...EVENTS, ...FAIL_CAUSES, ...END_REASONS, ...COMMANDS];
    expect(wanted.filter((each) => !happened.counts.has(each))).toEqual([]);
  });
}
