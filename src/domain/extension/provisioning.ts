import type { AppId, ExtensionId } from '../ids';
import type { Facts, Stamped } from '../input';
import { expectAllowed } from '../outside/claiming';
import { offer } from '../queue/seeking';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import { accountOf, type Extension } from './extension';
import { clearFormerAccount, removeAccount } from './former-account';

export function createExtension(tx: UnitOfWork, { app, line }: Stamped<'create-extension'>): Extension {
  if (line.type === '1' && tx.world.extensionOfUser.has(line.user)) {
    throw new Refusal('extension-user-exists', { user: line.user });
  }
  if (line.type === '3') expectAllowed(tx, app, line.telnum);
  const id = tx.newId<ExtensionId>();
  const extension: Extension = { id, app, line, enabled: line.type === '3', boundTo: null };
  tx.extensions.put(extension);
  provision(tx, extension);
  return extension;
}

export function deleteExtension(tx: UnitOfWork, { app, extensionId }: Stamped<'delete-extension'>): null {
  const extension = extensionOf(tx, app, extensionId);
  if (extension.boundTo !== null) throw new Refusal('extension-bound', { extension: extensionId });
  discard(tx, extension);
  return null;
}

/** Asterisk would not make the account: nothing of it remains, unless an agent has been bound to it already. */
export function accountRefused(tx: UnitOfWork, { extensionId }: Facts['account-refused']): void {
  const extension = tx.extensions.get(extensionId);
  if (extension !== undefined && extension.boundTo === null) discard(tx, extension);
}

export function phoneReachable(tx: UnitOfWork, { user, reachable }: Facts['phone-reachable']): void {
  const id = tx.world.extensionOfUser.get(user);
  const extension = id && tx.extensions.get(id);
  if (extension) setEnabled(tx, extension, reachable);
}

export function setEnabled(tx: UnitOfWork, extension: Extension, enabled: boolean): void {
  if (extension.enabled === enabled) return;
  tx.extensions.put({ ...extension, enabled });
  if (enabled && extension.boundTo !== null) offer(tx, extension.boundTo);
}

/** Another application's extension "does not exist". */
export function extensionOf(tx: UnitOfWork, app: AppId, id: ExtensionId): Extension {
  const extension = tx.extensions.get(id);
  if (extension?.app !== app) throw new Refusal('extension-not-found', { extension: id });
  return extension;
}

export function provision(tx: UnitOfWork, extension: Extension): void {
  const account = accountOf(extension);
  if (account === null) return;
  clearFormerAccount(tx, account.user);
  tx.do({ do: 'provision', extensionId: extension.id, ...account });
}

function discard(tx: UnitOfWork, extension: Extension): void {
  tx.extensions.retire(extension);
  const account = accountOf(extension);
  if (account !== null) removeAccount(tx, account.user);
}
