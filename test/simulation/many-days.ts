import type { Report } from './history';
import { again, KINDS, type Kind } from './kinds';

/** A day takes a second; a machine that is busy with other things may need many. */
const PATIENCE_MS = 60_000;

/** Of a run: `SIMULATION_SEED` is the first seed, `SIMULATION_SEEDS` their number. */
export type ManyDays = {
  /** What they were like, once they are over. */
  readonly days: readonly Report[];
  /** As many as there are without being asked for a certain number, or more. */
  readonly areEnough: boolean;
};

/** Makes tests of so many days, each of which says how to have it again if it fails, and one that there is no more to a day than its seed. */
export function testDays(kind: Kind, usual: number): ManyDays {
  const simulate = KINDS[kind];
  const first = Number(process.env['SIMULATION_SEED'] ?? 1);
  const count = Number(process.env['SIMULATION_SEEDS'] ?? usual);
  const days: Report[] = [];

  test.each(Array.from({ length: count }, (_, index) => first + index))(
    'seed %i',
    async (seed) => {
      try {
        days.push(await simulate(seed));
      } catch (error) {
        const what = `seed ${seed}: ${(error as Error).message}\nAgain: ${again(kind, seed)}`;
        throw new Error(what, { cause: error });
      }
    },
    PATIENCE_MS,
  );

  test(
    'the same seed makes the same day',
    async () => {
      const [one, other] = [await simulate(first), await simulate(first)];
      expect(one.record()).toBe(other.record());
      expect(one.record()).not.toBe((await simulate(first + 1)).record());
    },
    PATIENCE_MS,
  );
  return { days, areEnough: count >= usual };
}

/** What did not come about in any of them. */
export function missingIn(days: readonly Report[], wanted: readonly string[]): readonly string[] {
  const happened = new Set(days.flatMap((day) => [...day.happened.keys()]));
  return wanted.filter((each) => !happened.has(each));
}
