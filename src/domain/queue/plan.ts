import type { AppId, PlanId } from '../ids';
import type { Enqueue } from './enqueue';

/** An enqueue document kept under a name. */
export type Plan = {
  readonly id: PlanId;
  readonly app: AppId;
  readonly name: string;
  readonly enqueue: Enqueue;
};

export function planId(app: AppId, name: string): PlanId {
  return `${app}/${name}` as PlanId;
}
