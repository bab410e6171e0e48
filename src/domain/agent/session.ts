import { endCall, hangUpChannel } from '../call/leg-facts';
import type { AgentId, ExtensionId } from '../ids';
import type { Stamped } from '../input';
import { extensionOf } from '../extension/provisioning';
import { offer } from '../queue/seeking';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import { agentId, agentNamed, isExpired, isOccupied, isOver, type Agent } from './agent';

export function logIn(tx: UnitOfWork, command: Stamped<'log-in'>): null {
  const { app, name, num, extensionId, state, skills } = command;
  const id = agentId(app, name);
  const present = tx.agents.get(id);
  if (present !== undefined) {
    if (!isOver(present, tx.at, tx.settings.keepaliveSeconds)) throw new Refusal('agent-logged-in', { name });
    forget(tx, present);
  }
  bindTo(tx, id, command);
  tx.agents.put({
    id,
    app,
    name,
    num,
    extensionId,
    state,
    reserveState: 'idle',
    skills,
    callId: null,
    keptAliveAt: tx.at,
    loggedInAt: tx.at,
    lastTalkAt: null,
    restsUntil: null,
  });
  offer(tx, id);
  return null;
}

export function logOut(tx: UnitOfWork, { app, name, force }: Stamped<'log-out'>): null {
  const agent = agentNamed(tx, app, name);
  if (isOccupied(agent) && !force) throw new Refusal('agent-busy', { name });
  unbind(tx, agent.extensionId); // First, so that it is not given a call on its way out.
  if (agent.callId !== null) {
    // The leg's end, with all that it causes, is not awaited: the agent is gone with this answer.
    const call = tx.calls.need(agent.callId);
    hangUpChannel(tx, call.channelId, call.placement?.bridgeId ?? null);
    endCall(tx, call);
  }
  forget(tx, tx.agents.need(agent.id));
  return null;
}

export function keepAlive(tx: UnitOfWork, { app, name }: Stamped<'keep-alive'>): null {
  const agent = agentNamed(tx, app, name);
  tx.agents.put({ ...agent, keptAliveAt: tx.at });
  if (isExpired(agent, tx.at, tx.settings.keepaliveSeconds)) offer(tx, agent.id);
  return null;
}

export function bindExtension(tx: UnitOfWork, command: Stamped<'bind-extension'>): null {
  const agent = agentNamed(tx, command.app, command.name);
  if (agent.extensionId === command.extensionId) return null;
  bindTo(tx, agent.id, command);
  unbind(tx, agent.extensionId);
  tx.agents.put({ ...agent, extensionId: command.extensionId, restsUntil: null });
  offer(tx, agent.id);
  return null;
}

export function setState(tx: UnitOfWork, { app, name, state }: Stamped<'set-state'>): null {
  const agent = agentNamed(tx, app, name);
  if (isOccupied(agent)) throw new Refusal('agent-busy', { name });
  tx.agents.put({ ...agent, state, restsUntil: null }); // Who says so is ready.
  offer(tx, agent.id);
  return null;
}

/** It is over, and logged out without a word. Or it has rested. */
export function agentDue(tx: UnitOfWork, id: AgentId): void {
  const agent = tx.agents.get(id);
  if (agent === undefined) return;
  if (isOver(agent, tx.at, tx.settings.keepaliveSeconds)) return forget(tx, agent);
  if (agent.restsUntil === null || agent.restsUntil > tx.at) return;
  tx.agents.put({ ...agent, restsUntil: null });
  offer(tx, id);
}

function bindTo(
  tx: UnitOfWork,
  id: AgentId,
  { app, extensionId }: Pick<Stamped<'bind-extension'>, 'app' | 'extensionId'>,
): void {
  const extension = extensionOf(tx, app, extensionId);
  if (extension.boundTo !== null && extension.boundTo !== id) {
    throw new Refusal('extension-bound', { extension: extensionId });
  }
  tx.extensions.put({ ...extension, boundTo: id });
}

function unbind(tx: UnitOfWork, extensionId: ExtensionId): void {
  tx.extensions.put({ ...tx.extensions.need(extensionId), boundTo: null });
}

function forget(tx: UnitOfWork, agent: Agent): void {
  unbind(tx, agent.extensionId);
  tx.agents.retire(agent);
}
