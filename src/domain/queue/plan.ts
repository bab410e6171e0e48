import type { AppId, PlanId } from '../ids';
import type { Facts, Stamped } from '../input';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import type { Enqueue } from './enqueue';

/** An enqueue document kept under a name. */
export type Plan = {
  readonly id: PlanId;
  readonly app: AppId;
  readonly name: string;
  /** Those of files are made and removed with their files, the others over the API. */
  readonly source: 'file' | 'api';
  /** The document as it was written. */
  readonly text: string;
  readonly enqueue: Enqueue;
};

/** Plan names come from the dialplan and from URLs, and are file names. */
export function isPlanName(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text);
}

export function planId(app: AppId, name: string): PlanId {
  return `${app}/${name}` as PlanId;
}

/** The configuration's plans replace those of the last start, and one of the API that has the same name. */
export function plansLoaded(tx: UnitOfWork, { plans }: Facts['plans-loaded']): void {
  const loaded = new Set(plans.map(({ id }) => id));
  for (const plan of [...tx.plans.all()])
    if (plan.source === 'file' && !loaded.has(plan.id)) tx.plans.retire(plan);
  for (const plan of plans) tx.plans.put(plan);
}

/** Callers who wait already keep the document that they came by. */
export function putPlan(tx: UnitOfWork, { app, name, text, enqueue }: Stamped<'put-plan'>): null {
  const id = planId(app, name);
  refuseIfInFile(tx.plans.get(id));
  tx.plans.put({ id, app, name, source: 'api', text, enqueue });
  return null;
}

export function deletePlan(tx: UnitOfWork, { app, name }: Stamped<'delete-plan'>): null {
  const plan = tx.plans.get(planId(app, name));
  if (plan === undefined) throw new Refusal('plan-not-found', { name });
  refuseIfInFile(plan);
  tx.plans.retire(plan);
  return null;
}

function refuseIfInFile(plan: Plan | undefined): void {
  if (plan?.source === 'file') throw new Refusal('plan-in-file', { name: plan.name });
}
