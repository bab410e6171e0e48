import { newCall, type Call, type OnAnswer } from '../call/call';
import type { Destination } from '../effect';
import { gatewayUser } from '../extension/extension';
import { later, type CallId, type ExtensionId } from '../ids';
import { claimTrunk } from '../outside/claiming';
import { mayBeShown } from '../outside/outside-rules';
import type { ReserveState } from '../queue/enqueue';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import { changeState, isExpired, type Agent } from './agent';

type Ringing = {
  readonly onAnswer: OnAnswer;
  readonly ringSeconds: number;
  /** How long it may be up at most. */
  readonly talkSeconds: number;
  /** The number to show, where it may be: outside, the trunk decides in the place of one that may not. */
  readonly from: string | null;
  /** Of what it rings for. */
  readonly userData: string | null;
};

/** Calls the agent's phone. The agent itself is still as it was. */
export function dialPhone(tx: UnitOfWork, agent: Agent, ringing: Ringing): CallId {
  const { onAnswer, ringSeconds, talkSeconds, userData } = ringing;
  const { app, extensionId, name } = agent;
  const call = newCall({
    id: tx.newId<CallId>(),
    app,
    party: { kind: 'agent', agentId: agent.id, name, extensionId },
    stage: { at: 'ringing', giveUpAt: later(tx.at, ringSeconds), onAnswer, alerting: false },
    userData,
  });
  tx.calls.put(call);
  const { id, channelId } = call;
  const to = phoneOf(tx, extensionId);
  const from = shownAt(tx, agent, ringing.from);
  tx.do({ do: 'dial', callId: id, channelId, to, from, ringSeconds, lifeSeconds: ringSeconds + talkSeconds });
  return id;
}

/** The call is its leg from now on. */
export function fetch(tx: UnitOfWork, agent: Agent, callId: CallId, reserveState: ReserveState): void {
  tx.agents.put({ ...agent, reserveState });
  changeState(tx, agent.id, 'fetching', { callId, userData: tx.calls.need(callId).userData });
}

/**
 * The leg with which the agent can do something at once, or null: its phone must be rung first, and can be.
 * @throws Refusal
 */
export function legInUse(tx: UnitOfWork, agent: Agent): Call | null {
  const { app, name, callId, extensionId } = agent;
  if (isExpired(agent, tx.at, tx.settings.keepaliveSeconds)) throw new Refusal('agent-expired', { name });
  if (callId !== null) {
    const call = tx.calls.need(callId);
    if (call.stage.at !== 'up') throw new Refusal('agent-busy', { name });
    return call;
  }
  const extension = tx.extensions.need(extensionId);
  if (!extension.enabled) throw new Refusal('extension-unavailable', { extension: extensionId });
  const { line } = extension;
  if (line.type === '3') claimTrunk(tx, app, { to: line.telnum, from: null });
  return null;
}

/** No client has asked for it to be shown, so nothing is refused. */
function shownAt(tx: UnitOfWork, { app, extensionId }: Agent, number: string | null): string | null {
  const isOutside = tx.extensions.need(extensionId).line.type === '3';
  return number === null || !isOutside || mayBeShown(tx.settings.outside, app, number) ? number : null;
}

function phoneOf(tx: UnitOfWork, id: ExtensionId): Destination {
  const { line } = tx.extensions.need(id);
  switch (line.type) {
    case '1':
      return { kind: 'endpoint', user: line.user };
    case '2':
      if (line.telnum === null) return { kind: 'endpoint', user: gatewayUser(id) };
      return { kind: 'number', number: line.telnum, trunk: gatewayUser(id) };
    case '3':
      return { kind: 'number', number: line.telnum, trunk: tx.settings.trunk! }; // Looked at before: there is one.
  }
}
