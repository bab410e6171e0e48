import type {
  AppId,
  BridgeId,
  CallId,
  ChannelId,
  ConditionId,
  ConversationId,
  Instant,
  QueueTaskId,
} from '../ids';
import type { Party } from '../call/call';
import type { Sound } from '../queue/enqueue-sound';
import { HELD, type ListenSpeakMode, type Played } from './listen-speak-mode';

export const MAX_MEMBERS = 8;
/** The longest a conversation may run, and what it runs without a limit of its own. */
export const MAX_CONVERSATION_SECONDS = 21_600;

/** Parties who can hear each other, and those who are on their way to join them. */
export type Conversation = {
  readonly id: ConversationId;
  readonly app: AppId;
  readonly type: ConversationType;
  readonly bridgeId: BridgeId;
  readonly bridgeKind: BridgeKind;
  /** Type `queue`: the channel that queued, its task, and the condition that matched, if one did. */
  readonly channelId: ChannelId | null;
  readonly queueId: QueueTaskId | null;
  readonly conditionId: ConditionId | null;
  /** Types `call_out` and `call_agent`: the initiating agent's leg. */
  readonly agentCallId: CallId | null;
  readonly userData: string | null;
  /** What an agent said of it who would not join, for the dialplan; null: nothing. */
  readonly rejectedWith: string | null;
  /** What whoever is left alone on hold hears; null: the music of the settings. */
  readonly holdVoice: Sound | null;
  /** What everybody was last asked to hear under the talk; null: nothing. */
  readonly underTalk: Played | null;
  /** Type `queue`: when queueing began, else when it was created. */
  readonly beginTime: Instant;
  readonly endsAt: Instant;
  readonly maxMembers: number;
  readonly members: readonly Member[];
  /** Calls that ring, and queue tasks that look for an agent, to join. Each has a seat already. */
  readonly invited: readonly (CallId | QueueTaskId)[];
  readonly stage: ConversationStage;
};

/**
 * `pair`: passes on what two say to each other, without a delay and at half the cost. `mixing`: mixes what any number of
 * them say, and sends it every 20 ms.
 */
export type BridgeKind = 'pair' | 'mixing';

export const CONVERSATION_TYPES = ['queue', 'call_out', 'call_agent'] as const;
export type ConversationType = (typeof CONVERSATION_TYPES)[number];

/** One object per stage: what is not over has no end time, by type. */
export type ConversationStage =
  | { readonly at: 'gathering' }
  | { readonly at: 'begun'; readonly since: Instant }
  | { readonly at: 'ended'; readonly since: Instant; readonly reason: EndReason; readonly hadBegun: boolean };

export const END_REASONS = ['remove', 'dismiss', 'timeout', 'lost'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** One call's place in one conversation. */
export type Seat = { readonly callId: CallId; readonly conversationId: ConversationId };

/** One joining. Who leaves and comes back has two. */
export type Member = {
  readonly callId: CallId;
  readonly party: Party;
  readonly mode: ListenSpeakMode;
  readonly role: Role;
  readonly since: Instant;
  readonly until: Instant | null;
};

/** As what somebody is in a conversation. */
export type Role = { readonly as: 'party' } | Supervisor;

/**
 * Came in to listen, or to coach a member's leg, and has no say in whether there is anybody to talk to. `barging`: has
 * been given a voice since, and counts like any other for as long as that is so.
 */
export type Supervisor = {
  readonly as: 'supervisor';
  readonly coaching: CallId | null;
  readonly barging: boolean;
};

export const PARTY: Role = { as: 'party' };

export function present(conversation: Pick<Conversation, 'members'>): readonly Member[] {
  return conversation.members.filter((member) => member.until === null);
}

/** Those who talk with each other: supervisors do not count. */
export function parties(conversation: Pick<Conversation, 'members'>): readonly Member[] {
  return present(conversation).filter(({ role }) => isParty(role));
}

/** Hears or speaks here, and so nowhere else. */
export function isActive({ mode }: Pick<Member, 'mode'>): boolean {
  return mode !== HELD;
}

export function isParty(role: Role): boolean {
  return role.as === 'party' || role.barging;
}

export function memberOn(conversation: Pick<Conversation, 'members'>, callId: CallId): Member | undefined {
  return conversation.members.find((member) => member.callId === callId && member.until === null);
}

/** A caller's that nobody talks in yet: its time counts from the last selection of an agent. */
export function isStillQueued({ type, stage }: Pick<Conversation, 'type' | 'stage'>): boolean {
  return type === 'queue' && stage.at === 'gathering';
}

/** Those on their way count too: they must not find the last seat taken. */
export function isFull(conversation: Conversation): boolean {
  return present(conversation).length + conversation.invited.length >= conversation.maxMembers;
}

export function conversationDueAt({ endsAt }: Conversation): Instant {
  return endsAt;
}
