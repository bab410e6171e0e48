import { CALLER_RESULTS, COMMANDS, DECISIONS, END_REASONS, EVENTS, FAIL_CAUSES, RARITIES } from './coverage';
import { simulateDay, type DayReport } from './day';

const FIRST = Number(process.env['SIMULATION_SEED'] ?? 1);
/** Some 30 s on two busy cores. */
const COUNT = Number(process.env['SIMULATION_SEEDS'] ?? 40);
/** So many days bring about everything that can happen. */
const ENOUGH = 30;

/** A day takes a second; a machine that is busy with other things may need many. */
const PATIENCE_MS = 60_000;

const days: DayReport[] = [];

test.each(Array.from({ length: COUNT }, (_, index) => FIRST + index))(
  'seed %i',
  async (seed) => {
    try {
      days.push(await simulateDay(seed));
    } catch (error) {
      const again = `SIMULATION_SEED=${seed} SIMULATION_SEEDS=1 npx jest test/simulation`;
      throw new Error(`seed ${seed}: ${(error as Error).message}\nAgain: ${again}`, { cause: error });
    }
  },
  PATIENCE_MS,
);

test(
  'the same seed makes the same day',
  async () => {
    const [one, other] = [await simulateDay(FIRST), await simulateDay(FIRST)];
    expect(one.record).toBe(other.record);
    expect(one.record).not.toBe((await simulateDay(FIRST + 1)).record);
  },
  PATIENCE_MS,
);

if (COUNT >= ENOUGH) {
  test('given many days, everything that can happen has happened', () => {
    const happened = new Set(days.flatMap((day) => [...day.happened.keys()]));
    const wanted = [
      ...EVENTS,
      ...FAIL_CAUSES,
      ...END_REASONS,
      ...CALLER_RESULTS,
      ...COMMANDS,
      ...DECISIONS,
      ...RARITIES,
    ];
    expect(wanted.filter((each) => !happened.has(each))).toEqual([]);
  });
}
