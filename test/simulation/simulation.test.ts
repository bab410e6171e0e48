import { simulateDay, type DayReport } from './day';

const FIRST = Number(process.env['SIMULATION_SEED'] ?? 1);
const COUNT = Number(process.env['SIMULATION_SEEDS'] ?? 100);

const reports: DayReport[] = [];

test.each(Array.from({ length: COUNT }, (_, index) => FIRST + index))('seed %i', async (seed) => {
  try {
    reports.push(await simulateDay(seed));
  } catch (error) {
    throw new Error(
      `seed ${seed}: ${(error as Error).message}\nSIMULATION_SEED=${seed} SIMULATION_SEEDS=1 npx jest test/simulation`,
    );
  }
});

test('the same seed makes the same day', async () => {
  expect((await simulateDay(FIRST)).record).toBe((await simulateDay(FIRST)).record);
});
