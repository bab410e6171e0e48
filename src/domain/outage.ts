import type { Facts } from './input';
import type { Instant } from './ids';
import type { UnitOfWork } from './unit-of-work';

/**
 * Until now nobody could be answered and nothing could be done, and what was decided in that time is done only now. No
 * agent has missed a keepalive by it, and a phone rings as long as it was to: who is rung already is given up by Asterisk in time.
 */
export function outageOver(tx: UnitOfWork, { since }: Facts['outage-over']): void {
  for (const agent of [...tx.agents.all()]) tx.agents.put({ ...agent, keptAliveAt: tx.at });
  for (const call of [...tx.calls.all()]) {
    if (call.stage.at !== 'ringing') continue;
    const giveUpAt = (call.stage.giveUpAt + Math.max(0, tx.at - since)) as Instant;
    tx.calls.put({ ...call, stage: { ...call.stage, giveUpAt } });
  }
}
