import type {
  AgentName,
  AppId,
  CallId,
  ConditionId,
  ConversationId,
  EventId,
  ExtensionId,
  QueueTaskId,
} from '../../domain/ids';
import { isAgentName } from '../../domain/queue/enqueue';
import { Refusal } from '../../domain/refusal';
import type { Application } from './http-settings';

/**
 * The ids in paths. What cannot be the id of anything names nothing that exists: the same answer as for
 * an id that was never given out, and no odd text gets as far as a store.
 */
export function isId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

export function extensionIdFrom(text: string): ExtensionId {
  if (!isId(text)) throw new Refusal('extension-not-found', { id: text });
  return text as ExtensionId;
}

export function conversationIdFrom(text: string): ConversationId {
  if (!isId(text)) throw new Refusal('conversation-not-found', { id: text });
  return text as ConversationId;
}

export function callIdFrom(text: string): CallId {
  if (!isId(text)) throw new Refusal('call-not-found', { id: text });
  return text as CallId;
}

export function conditionIdFrom(text: string): ConditionId {
  if (!isId(text)) throw new Refusal('condition-not-found', { id: text });
  return text as ConditionId;
}

export function queueTaskIdFrom(text: string): QueueTaskId {
  if (!isId(text)) throw new Refusal('queue-task-not-found', { id: text });
  return text as QueueTaskId;
}

export function eventIdFrom(text: string): EventId {
  if (!isId(text)) throw new Refusal('event-not-found', { event_id: text });
  return text as EventId;
}

function agentNameFrom(text: string): AgentName {
  if (!isAgentName(text)) throw new Refusal('agent-not-found', { name: text });
  return text;
}

/** Who asks: the agent of the application that the path names. */
export function byAgent(
  { id: app }: Application,
  params: { readonly name: string },
): { readonly app: AppId; readonly name: AgentName } {
  return { app, name: agentNameFrom(params.name) };
}
