import type { AgentState } from '../../src/domain/agent/agent';
import type { ConversationType, EndReason } from '../../src/domain/conversation/conversation';
import type { AgentName, CallId, ConversationId, ExtensionId, QueueTaskId } from '../../src/domain/ids';
import type { QueueFailCause, QueueTaskType } from '../../src/domain/queue/queue-task';
import { legOf } from './happenings';
import type { World } from '../../src/domain/world';
import { after, APP } from './worlds';

/** When all of it happens. */
export const AT = after(7).at;

/** What the events say of an agent's leg. */
export type Leg = { readonly leg: CallId; readonly extension: ExtensionId };

export function legTold(world: World, name: AgentName): Leg {
  const { id, party } = legOf(world, name);
  return { leg: id, extension: party.kind === 'agent' ? party.extensionId : ('' as ExtensionId) };
}

type TaskTold = {
  readonly id: string;
  readonly type: QueueTaskType;
  readonly caller?: CallId;
  /** Of another conversation than the one that is told of. */
  readonly conversationId?: ConversationId;
};
type ConversationTold = {
  readonly id: ConversationId;
  readonly type: ConversationType;
  readonly queueId?: QueueTaskId | null;
  readonly agentCallId?: CallId | null;
};

/** The events in the words of the contract, each with all of its keys. */
export function eventsOf(task: TaskTold, conversation?: ConversationTold, userData: string | null = 'vip') {
  const aboutTask = {
    app: APP,
    id: task.id,
    type: task.type,
    conditionId: null,
    originCallId: task.caller ?? null,
    userData,
    conversationId: task.conversationId ?? conversation?.id ?? null,
  };
  const aboutConversation = { app: APP, id: conversation?.id, userData };
  const itsOrigin = {
    type: conversation?.type,
    queueId: conversation?.queueId ?? null,
    agentCallId: conversation?.agentCallId ?? null,
  };
  const agent = (name: AgentName, { leg, extension }: Leg) => ({
    agentName: name,
    agentCallId: leg,
    agentExtensionId: extension,
  });
  return {
    select: (name: AgentName, leg: Leg) => ({
      event: 'callcenter.queue.select',
      ...aboutTask,
      ...agent(name, leg),
    }),
    success: (name: AgentName, leg: Leg) => ({
      event: 'callcenter.queue.success',
      ...aboutTask,
      ...agent(name, leg),
    }),
    fail: (cause: QueueFailCause, selected: ReturnType<typeof agent> | null) => ({
      event: 'callcenter.queue.fail',
      ...aboutTask,
      cause,
      selected,
    }),
    agent,
    state: (name: AgentName, previousState: AgentState, latestState: AgentState) => ({
      event: 'callcenter.agent.state_changed',
      app: APP,
      name,
      previousState,
      latestState,
      currentTime: AT,
      userData,
    }),
    change: (name: AgentName, type: 'enter' | 'exit') => ({
      event: 'callcenter.agent.conversation_changed',
      app: APP,
      name,
      type,
      conversationId: conversation?.id,
      currentTime: AT,
      userData,
    }),
    begin: () => ({ event: 'callcenter.conversation.begin', ...aboutConversation, ...itsOrigin }),
    parts: () => ({ event: 'callcenter.conversation.parts_changed', ...aboutConversation }),
    end: (endReason: EndReason) => ({
      event: 'callcenter.conversation.end',
      ...aboutConversation,
      ...itsOrigin,
      beginTime: AT,
      endTime: AT,
      endReason,
    }),
  };
}
