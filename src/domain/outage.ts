import type { Facts } from './input';
import type { Instant } from './ids';
import type { UnitOfWork } from './unit-of-work';

/** No agent has missed any that could not be answered. */
export function keepalivesMissed(tx: UnitOfWork): void {
  for (const agent of [...tx.agents.all()]) tx.agents.put({ ...agent, keptAliveAt: tx.at });
}

/** A phone rings as long as it was to, from now on. Who is rung already is given up by Asterisk in time. */
export function dialsHeldUp(tx: UnitOfWork, { since }: Facts['dials-held-up']): void {
  for (const call of [...tx.calls.all()]) {
    if (call.stage.at !== 'ringing') continue;
    const giveUpAt = (call.stage.giveUpAt + Math.max(0, tx.at - since)) as Instant;
    tx.calls.put({ ...call, stage: { ...call.stage, giveUpAt } });
  }
}
