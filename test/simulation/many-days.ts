import type { Cast } from './cast';
import { simulateDay, type DayReport } from './day';

/** A day takes a second; a machine that is busy with other things may need many. */
const PATIENCE_MS = 60_000;

/** Of a run: `SIMULATION_SEED` is the first seed, `SIMULATION_SEEDS` their number. */
export type ManyDays = {
  /** What they were like, once they are over. */
  readonly days: readonly DayReport[];
  /** As many as there are without being asked for a certain number, or more. */
  readonly areEnough: boolean;
};

/** Makes tests of so many days, each of which says how to have it again if it fails, and one that there is no more to a day than its seed. */
export function testDays(file: string, cast: Cast, usual: number): ManyDays {
  const first = Number(process.env['SIMULATION_SEED'] ?? 1);
  const count = Number(process.env['SIMULATION_SEEDS'] ?? usual);
  const days: DayReport[] = [];

  test.each(Array.from({ length: count }, (_, index) => first + index))(
    'seed %i',
    async (seed) => {
      try {
        days.push(await simulateDay(seed, cast));
      } catch (error) {
        const again = `SIMULATION_SEED=${seed} SIMULATION_SEEDS=1 npx jest ${file}`;
        throw new Error(`seed ${seed}: ${(error as Error).message}\nAgain: ${again}`, { cause: error });
      }
    },
    PATIENCE_MS,
  );

  test(
    'the same seed makes the same day',
    async () => {
      const [one, other] = [await simulateDay(first, cast), await simulateDay(first, cast)];
      expect(one.record).toBe(other.record);
      expect(one.record).not.toBe((await simulateDay(first + 1, cast)).record);
    },
    PATIENCE_MS,
  );
  return { days, areEnough: count >= usual };
}

/** What did not come about in any of them. */
export function missingIn(days: readonly DayReport[], wanted: readonly string[]): readonly string[] {
  const happened = new Set(days.flatMap((day) => [...day.happened.keys()]));
  return wanted.filter((each) => !happened.has(each));
}
