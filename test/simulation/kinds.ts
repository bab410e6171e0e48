import { FEW, WHOEVER } from './cast';
import { simulateDay } from './day';
import type { Report } from './history';
import { simulateHour } from './hour';

/** What can be simulated, by the name that `npm run simulate -- --kind` knows it by. */
export const KINDS = {
  hours: simulateHour,
  days: (seed: number) => simulateDay(seed, WHOEVER),
  operations: (seed: number) => simulateDay(seed, FEW),
} as const satisfies Record<string, (seed: number) => Promise<Report>>;

export type Kind = keyof typeof KINDS;

/** The command that brings a history about again. */
export function again(kind: Kind, seed: number): string {
  return `npm run simulate -- --kind ${kind} --seed ${seed} --seeds 1`;
}
