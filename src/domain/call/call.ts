import type {
  AgentId,
  AgentName,
  AppId,
  BridgeId,
  CallId,
  ChannelId,
  ConversationId,
  ExtensionId,
  Instant,
  PhoneNumber,
  QueueTaskId,
} from '../ids';
import type { ListenSpeakMode, Placement } from '../conversation/listen-speak-mode';
import type { Role } from '../conversation/conversation';
import type { Enqueue } from '../queue/enqueue';
import type { UnitOfWork } from '../unit-of-work';

/** One party's leg: one Asterisk channel, for as long as it lives. */
export type Call = {
  readonly id: CallId;
  readonly channelId: ChannelId;
  readonly app: AppId;
  readonly party: Party | Ear;
  readonly memberOf: readonly ConversationId[];
  readonly stage: CallStage;
  /**
   * An agent's leg: of what it was rung for, however long it goes on. A caller: of its own queueing. Null: there was
   * none, or it is another's.
   */
  readonly userData: string | null;
  /** Of a caller: the task by which it has queued, whatever it talks in by now. Null: it has not. */
  readonly queueId: QueueTaskId | null;
  /** Where Asterisk was last asked to put it; null: nowhere yet. */
  readonly placement: Placement | null;
  /** How a coach is heard by whom it coaches; null: it is not. */
  readonly whisper: Whisper | null;
  /** Where, and in which mode, an agent was active when its phone held; null: it does not hold, or was decided over since. */
  readonly phoneHold: { readonly conversationId: ConversationId; readonly mode: ListenSpeakMode } | null;
};

/** Coach and ear sit in a bridge of their own, for as long as the coach listens in the conversation. */
export type Whisper = {
  readonly conversationId: ConversationId;
  readonly earId: CallId;
  readonly bridgeId: BridgeId;
};

export type Party =
  | {
      readonly kind: 'agent';
      readonly agentId: AgentId;
      readonly name: AgentName;
      readonly extensionId: ExtensionId;
    }
  /** `telnumber` is a caller id as it came in, or the number that we dialled. */
  | { readonly kind: 'outside'; readonly from: 'dialplan' | 'dialled'; readonly telnumber: string | null };

/** Nobody's leg: by it the call `coach` hears what another leg hears and says, and is heard by that leg alone. */
export type Ear = { readonly kind: 'ear'; readonly coach: CallId };

export type CallStage =
  /** Came in from the dialplan and waits for an agent, answered or still ringing. */
  | { readonly at: 'queued'; readonly taskId: QueueTaskId; readonly answered: boolean }
  /** `alerting`: its phone rings; until then the call is on its way. */
  | {
      readonly at: 'ringing';
      readonly giveUpAt: Instant;
      readonly onAnswer: OnAnswer;
      readonly alerting: boolean;
    }
  | { readonly at: 'up'; readonly since: Instant; readonly hangUpAt: Instant | null }
  /** We asked for its hang-up and wait to be told that it is gone. `then`: the task that starts when it is. */
  | { readonly at: 'ending'; readonly then: QueueTaskId | null };

/** Why it rings: what its answer sets going. */
export type OnAnswer =
  | {
      readonly then: 'join';
      readonly conversationId: ConversationId;
      readonly mode: ListenSpeakMode;
      /** Null: as long as the conversation lasts. */
      readonly talkSeconds: number | null;
      readonly role: Role;
    }
  | { readonly then: 'serve'; readonly taskId: QueueTaskId }
  /** An agent's own phone: now it calls whom the agent wants. */
  | { readonly then: 'call'; readonly conversationId: ConversationId; readonly wish: CallWish }
  | { readonly then: 'whisper' };

/** Whom an agent wants to talk to. */
export type CallWish =
  | { readonly to: 'number'; readonly call: OutsideCall; readonly userData: string | null }
  | { readonly to: 'agent'; readonly enqueue: Enqueue; readonly taskId: QueueTaskId };

export type OutsideCall = {
  readonly to: PhoneNumber;
  readonly from: PhoneNumber | null;
  readonly ringSeconds: number;
  readonly talkSeconds: number;
};

/** A call that nothing has become of yet. Where we make the channel, it has the call's own id. */
export function newCall(
  given: Pick<Call, 'id' | 'app' | 'party' | 'stage'> & Partial<Pick<Call, 'channelId' | 'userData' | 'queueId'>>,
): Call {
  const channelId = given.id as string as ChannelId;
  return {
    channelId,
    memberOf: [],
    userData: null,
    queueId: null,
    placement: null,
    whisper: null,
    phoneHold: null,
    ...given,
  };
}

/** When `due` must come in. Derived from the state, so a restart arms it again for free. */
export function callDueAt({ stage }: Call): Instant | null {
  switch (stage.at) {
    case 'ringing':
      return stage.giveUpAt;
    case 'up':
      return stage.hangUpAt;
    case 'queued':
    case 'ending':
      return null;
  }
}

/** Asks for the end of a call. It is over when `leg-ended` says so. `then`: the task that starts by that. */
export function hangUp(
  tx: UnitOfWork,
  callId: CallId,
  { then = null, ...why }: { readonly answeredElsewhere?: true; readonly then?: QueueTaskId | null } = {},
): void {
  const call = tx.calls.need(callId);
  const isAsked = call.stage.at === 'ending';
  if (!isAsked || then !== null) tx.calls.put({ ...call, stage: { at: 'ending', then } });
  if (isAsked) return;
  tx.do({ do: 'hang-up', channelId: call.channelId, from: call.placement?.bridgeId ?? null, ...why });
}
