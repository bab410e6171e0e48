import type { Input } from '../../src/domain/input';
import type { Day } from './watched-day';

/** Both orders of two. */
export const BOTH_ORDERS = [
  [0, 1],
  [1, 0],
] as const;

/** The inputs in that order; what they tell, in short. */
export function inOrder(day: Day, order: readonly number[], inputs: readonly Input[]): readonly string[] {
  return order.flatMap((which) => day.events(inputs[which]!));
}
