import type { AgentId, AgentName, AppId, CallId, ExtensionId, Instant } from '../ids';
import { later } from '../ids';
import { memberOn, type Conversation, type Member } from '../conversation/conversation';
import { Refusal } from '../refusal';
import type { ReserveState } from '../queue/enqueue';
import type { UnitOfWork } from '../unit-of-work';

/** Somebody who takes calls, from login to logout. */
export type Agent = {
  readonly id: AgentId;
  readonly app: AppId;
  readonly name: AgentName;
  readonly num: string | null;
  readonly extensionId: ExtensionId;
  readonly state: AgentState;
  /** What `fetching` and `talking` give way to when the leg has ended. */
  readonly reserveState: ReserveState;
  readonly skills: readonly Skill[];
  /** The one leg, however many conversations it is in; null while the phone is on hook. */
  readonly callId: CallId | null;
  readonly keptAliveAt: Instant;
  readonly loggedInAt: Instant;
  /** When its last conversation ended; null: none since login. */
  readonly lastTalkAt: Instant | null;
  /** It has missed a call, and the queue leaves it alone until then; null: it does not. */
  readonly restsUntil: Instant | null;
};

/** After a `/`, `busy` and `away` may say more: `busy/paperwork`. */
export type AgentState = ReserveState | 'online' | 'fetching' | 'talking';

export type Skill = { readonly name: string; readonly score: number; readonly enabled: boolean };

/** Names are unique within an application only. */
export function agentId(app: AppId, name: AgentName): AgentId {
  return `${app}/${name}` as AgentId;
}

export function agentNamed(tx: UnitOfWork, app: AppId, name: AgentName): Agent {
  const agent = tx.agents.get(agentId(app, name));
  if (agent === undefined) throw new Refusal('agent-not-found', { name });
  return agent;
}

/** As what the agent is in the conversation, if it is. */
export function memberOf({ callId }: Agent, conversation: Conversation): Member | undefined {
  return callId === null ? undefined : memberOn(conversation, callId);
}

/** On the way into a conversation, or in one: its state is the engine's business, not the client's. */
export function isOccupied({ state }: Agent): boolean {
  return state === 'fetching' || state === 'talking';
}

/** When it expires without a further keepalive. */
export function expiresAt({ keptAliveAt }: Agent, keepaliveSeconds: number): Instant {
  return later(keptAliveAt, keepaliveSeconds);
}

/** No keepalive for too long: it is selected for nothing, and can call nobody. */
export function isExpired(agent: Agent, at: Instant, keepaliveSeconds: number): boolean {
  return expiresAt(agent, keepaliveSeconds) <= at;
}

/** Expired, and without a leg: nothing stands in the way of its logging out. */
export function isOver(agent: Agent, at: Instant, keepaliveSeconds: number): boolean {
  return agent.callId === null && isExpired(agent, at, keepaliveSeconds);
}

/** When something happens to it by itself: it is over, or has rested. */
export function agentDueAt(agent: Agent, keepaliveSeconds: number): Instant | null {
  const { callId, restsUntil } = agent;
  if (callId !== null) return restsUntil;
  const expiry = expiresAt(agent, keepaliveSeconds);
  return restsUntil !== null && restsUntil < expiry ? restsUntil : expiry;
}

/** Since when it has not talked. Login counts as a conversation's end. */
export function idleSince({ lastTalkAt, loggedInAt }: Pick<Agent, 'lastTalkAt' | 'loggedInAt'>): Instant {
  return lastTalkAt ?? loggedInAt;
}

/** A change that nobody asked for: the application is told. */
export function changeState(
  tx: UnitOfWork,
  id: AgentId,
  state: AgentState,
  { callId, userData }: { readonly callId: CallId | null; readonly userData: string | null },
): void {
  const agent = tx.agents.need(id);
  tx.agents.put({ ...agent, state, callId });
  tx.notify({
    event: 'callcenter.agent.state_changed',
    app: agent.app,
    name: agent.name,
    previousState: agent.state,
    latestState: state,
    currentTime: tx.at,
    userData,
  });
}
