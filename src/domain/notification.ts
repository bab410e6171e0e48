import type { AgentState } from './agent/agent';
import type { ConversationType, EndReason } from './conversation/conversation';
import type { ListenSpeakMode } from './conversation/listen-speak-mode';
import type {
  AgentName,
  AppId,
  CallId,
  ConditionId,
  ConversationId,
  ExtensionId,
  Instant,
  QueueTaskId,
} from './ids';
import type { QueueFailCause, QueueTaskType } from './queue/queue-task';

type Selected = {
  readonly agentName: AgentName;
  readonly agentExtensionId: ExtensionId;
  readonly agentCallId: CallId;
};

type OfTask = {
  readonly id: QueueTaskId;
  readonly type: QueueTaskType;
  readonly conditionId: ConditionId | null;
  /** Type `ivr` only. */
  readonly originCallId: CallId | null;
  readonly userData: string | null;
  /** Not told: in whose journal it stands. Null: there is none yet. */
  readonly conversationId: ConversationId | null;
};

/** Everything that is told or kept of what happens, by its public name. */
export type Notifications = {
  'callcenter.queue.select': OfTask & Selected;
  'callcenter.queue.success': OfTask & Selected;
  /** `selected` is null if no agent was. */
  'callcenter.queue.fail': OfTask & { readonly cause: QueueFailCause; readonly selected: Selected | null };
  'callcenter.agent.state_changed': {
    readonly name: AgentName;
    readonly previousState: AgentState;
    readonly latestState: AgentState;
    readonly currentTime: Instant;
    /** Of the leg by which it has changed. */
    readonly userData: string | null;
  };
  'callcenter.agent.conversation_changed': {
    readonly name: AgentName;
    readonly type: 'enter' | 'exit';
    readonly conversationId: ConversationId;
    readonly currentTime: Instant;
    readonly userData: string | null;
  };
  'callcenter.conversation.begin': {
    readonly id: ConversationId;
    readonly type: ConversationType;
    readonly queueId: QueueTaskId | null;
    readonly agentCallId: CallId | null;
    readonly userData: string | null;
  };
  'callcenter.conversation.parts_changed': { readonly id: ConversationId; readonly userData: string | null };
  'callcenter.conversation.end': {
    readonly id: ConversationId;
    readonly type: ConversationType;
    readonly beginTime: Instant;
    readonly endTime: Instant;
    readonly endReason: EndReason;
    readonly queueId: QueueTaskId | null;
    readonly agentCallId: CallId | null;
    readonly userData: string | null;
  };
  /** A number that was called into a conversation did not answer. `cause`: Q.850; null: not known. */
  'callcenter.conversation.call_failed': {
    readonly id: ConversationId;
    readonly callId: CallId;
    readonly telnumber: string | null;
    readonly cause: number | null;
    readonly currentTime: Instant;
    readonly userData: string | null;
  };
  /** What a member hears and says is another than before. */
  'callcenter.conversation.mode_changed': {
    readonly id: ConversationId;
    readonly callId: CallId;
    readonly mode: ListenSpeakMode;
    readonly currentTime: Instant;
    readonly userData: string | null;
  };
};

/** What receivers of events are told. What is not among these and `JOURNAL_NAMES` does not exist. */
export const EVENT_NAMES = [
  'callcenter.queue.select',
  'callcenter.queue.success',
  'callcenter.queue.fail',
  'callcenter.agent.state_changed',
  'callcenter.agent.conversation_changed',
  'callcenter.conversation.begin',
  'callcenter.conversation.parts_changed',
  'callcenter.conversation.end',
] as const satisfies readonly (keyof Notifications)[];

/** What stands in the journal of its conversation, and is told to nobody. */
export const JOURNAL_NAMES = [
  'callcenter.conversation.call_failed',
  'callcenter.conversation.mode_changed',
] as const satisfies readonly (keyof Notifications)[];

export type NotificationName = (typeof EVENT_NAMES)[number] | (typeof JOURNAL_NAMES)[number];

export function isEvent(name: NotificationName): boolean {
  return !(JOURNAL_NAMES as readonly NotificationName[]).includes(name);
}

/** The map above as a union: narrowing on `event` narrows the rest. */
export type Notification = {
  [Name in NotificationName]: { readonly event: Name; readonly app: AppId } & Notifications[Name];
}[NotificationName];
