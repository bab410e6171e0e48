import type { AppId, PlanId } from '../ids';
import type { Facts } from '../input';
import type { UnitOfWork } from '../unit-of-work';
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

/** The configuration's plans replace those of the last start. */
export function plansLoaded(tx: UnitOfWork, { plans }: Facts['plans-loaded']): void {
  const loaded = new Set(plans.map(({ id }) => id));
  for (const plan of [...tx.plans.all()]) if (!loaded.has(plan.id)) tx.plans.retire(plan);
  for (const plan of plans) tx.plans.put(plan);
}
