import type {
  AgentId,
  AgentName,
  AppId,
  CallId,
  ChannelId,
  ConversationId,
  ExtensionId,
  Instant,
  PhoneNumber,
  QueueTaskId,
} from '../ids';
import type { ListenSpeakMode, Placement } from '../conversation/listen-speak-mode';
import type { UnitOfWork } from '../unit-of-work';

/** One party's leg: one Asterisk channel, for as long as it lives. */
export type Call = {
  readonly id: CallId;
  readonly channelId: ChannelId;
  readonly app: AppId;
  readonly party: Party;
  readonly memberOf: readonly ConversationId[];
  readonly stage: CallStage;
  /** Where Asterisk was last asked to put it; null: nowhere yet. */
  readonly placement: Placement | null;
  /** Where, and in which mode, an agent was active when its phone held; null: it does not hold, or was decided over since. */
  readonly phoneHold: { readonly conversationId: ConversationId; readonly mode: ListenSpeakMode } | null;
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
  /** We asked for its hang-up and wait to be told that it is gone. */
  | { readonly at: 'ending' };

/** Why it rings: what its answer sets going. */
export type OnAnswer =
  | {
      readonly then: 'join';
      readonly conversationId: ConversationId;
      readonly mode: ListenSpeakMode;
      readonly talkSeconds: number;
    }
  | { readonly then: 'serve'; readonly taskId: QueueTaskId };

export type OutsideCall = {
  readonly to: PhoneNumber;
  readonly from: PhoneNumber | null;
  readonly ringSeconds: number;
  readonly talkSeconds: number;
};

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

/** Asks for the end of a call. It is over when `leg-ended` says so. */
export function hangUp(tx: UnitOfWork, callId: CallId, why: { readonly answeredElsewhere?: true } = {}): void {
  const call = tx.calls.need(callId);
  if (call.stage.at === 'ending') return;
  tx.calls.put({ ...call, stage: { at: 'ending' } });
  tx.do({ do: 'hang-up', channelId: call.channelId, from: call.placement?.bridgeId ?? null, ...why });
}
