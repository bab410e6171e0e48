import { later, type Instant, type SipUser } from '../ids';
import type { PhoneSystemView } from '../input';
import type { UnitOfWork } from '../unit-of-work';

/**
 * The account of an extension that was deleted. Asterisk may refuse to delete it, or make it once more by a request that we
 * had given up: nothing there tells it from an operator's own, so it is known here until Asterisk is seen to be without it.
 */
export type FormerAccount = { readonly id: SipUser; readonly deletedAt: Instant };

/** By then Asterisk has carried out all that was ever asked for the account, or never will. */
const LATEST_SECONDS = 60;

export function removeAccount(tx: UnitOfWork, user: SipUser): void {
  tx.formerAccounts.put({ id: user, deletedAt: tx.at });
  tx.do({ do: 'unprovision', user });
}

/** An extension is to have this user. Whoever is registered by its former account is not to be rung for the new one. */
export function clearFormerAccount(tx: UnitOfWork, user: SipUser): void {
  const former = tx.formerAccounts.get(user);
  if (former === undefined) return;
  tx.formerAccounts.retire(former);
  tx.do({ do: 'unprovision', user });
}

/** What is still there is deleted again, however often that was refused. */
export function seeFormerAccounts(tx: UnitOfWork, { accounts, unsettled }: PhoneSystemView): void {
  for (const former of [...tx.formerAccounts.all()]) {
    const { id: user, deletedAt } = former;
    if (unsettled.has(user)) continue;
    if (accounts.has(user)) tx.do({ do: 'unprovision', user });
    else if (tx.at >= later(deletedAt, LATEST_SECONDS)) tx.formerAccounts.retire(former);
  }
}
