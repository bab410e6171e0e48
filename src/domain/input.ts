import type { AgentState, Skill } from './agent/agent';
import type { SkillChange } from './agent/skills';
import type { OutsideCall } from './call/call';
import type { ListenSpeakMode } from './conversation/listen-speak-mode';
import type { Extension, ExtensionLine } from './extension/extension';
import type {
  AgentName,
  AppId,
  BridgeId,
  CallId,
  ChannelId,
  ConditionId,
  ConversationId,
  ExtensionId,
  Instant,
  QueueTaskId,
  SipUser,
  TrunkId,
} from './ids';
import type { ConditionRule } from './queue/condition';
import type { Enqueue, ReserveState } from './queue/enqueue';
import type { Plan } from './queue/plan';
import type { Stray } from './reconciling';
import type { DueKind } from './world';

type InApp = { readonly app: AppId };
type ByAgent = InApp & { readonly name: AgentName };
type OnConversation = InApp & { readonly conversationId: ConversationId };

/** Wishes of the API's users; a rule may refuse them. What is asked, and what is answered. */
export type Commands = {
  'create-extension': [asks: InApp & { readonly line: ExtensionLine }, answers: Extension];
  'delete-extension': [asks: InApp & { readonly extensionId: ExtensionId }, answers: null];
  'log-in': [
    asks: ByAgent & {
      readonly extensionId: ExtensionId;
      readonly num: string | null;
      readonly state: Exclude<AgentState, 'fetching' | 'talking'>;
      readonly skills: readonly Skill[];
    },
    answers: null,
  ];
  'log-out': [asks: ByAgent & { readonly force: boolean }, answers: null];
  'keep-alive': [asks: ByAgent, answers: null];
  'bind-extension': [asks: ByAgent & { readonly extensionId: ExtensionId }, answers: null];
  'set-state': [asks: ByAgent & { readonly state: ReserveState }, answers: null];
  'set-agent-mode': [asks: OnConversation & ByAgent & { readonly mode: ListenSpeakMode }, answers: null];
  'set-call-mode': [
    asks: OnConversation & { readonly callId: CallId; readonly mode: ListenSpeakMode },
    answers: null,
  ];
  'invite-out': [asks: OnConversation & OutsideCall & { readonly mode: ListenSpeakMode }, answers: CallId];
  'invite-agent': [
    asks: OnConversation & { readonly enqueue: Enqueue; readonly mode: ListenSpeakMode },
    answers: QueueTaskId,
  ];
  dissolve: [asks: OnConversation, answers: null];
  /** The agent does not want the call that rings for the task. `userData` is for the dialplan. */
  reject: [asks: ByAgent & { readonly taskId: QueueTaskId; readonly userData: string | null }, answers: null];
  /** The call that rings at the agent goes to somebody else; answers the task that looks for them. */
  'forward-to-agent': [
    asks: ByAgent & { readonly taskId: QueueTaskId; readonly enqueue: Enqueue },
    answers: QueueTaskId,
  ];
  'call-out': [asks: ByAgent & OutsideCall & { readonly userData: string | null }, answers: CallStarted];
  'call-agent': [
    asks: ByAgent & { readonly enqueue: Enqueue },
    answers: CallStarted & { readonly taskId: QueueTaskId },
  ];
  'transfer-to-agent': [asks: OnConversation & ByAgent & { readonly enqueue: Enqueue }, answers: QueueTaskId];
  'transfer-out': [asks: OnConversation & ByAgent & OutsideCall, answers: CallId];
  /** `holding`: where the agent talks now it is held; else it leaves. */
  enter: [
    asks: OnConversation & ByAgent & { readonly mode: ListenSpeakMode; readonly holding: boolean },
    answers: null,
  ];
  /** Heard by the agent `to` only. */
  coach: [asks: OnConversation & ByAgent & { readonly to: AgentName }, answers: null];
  exit: [asks: OnConversation & ByAgent, answers: null];
  /** Everybody else in `from` goes over to `into`, in this mode. */
  merge: [
    asks: ByAgent & {
      readonly into: ConversationId;
      readonly from: ConversationId;
      readonly mode: ListenSpeakMode;
    },
    answers: null,
  ];
  /** Carried out one after the other. */
  'set-skills': [asks: ByAgent & { readonly changes: readonly SkillChange[] }, answers: null];
  'create-condition': [asks: InApp & ConditionRule, answers: ConditionId];
  /** Only what is given is changed. */
  'change-condition': [
    asks: InApp & { readonly conditionId: ConditionId } & Partial<ConditionRule>,
    answers: null,
  ];
  'delete-condition': [asks: InApp & { readonly conditionId: ConditionId }, answers: null];
  /** `text`: the document as it was written. */
  'put-plan': [
    asks: InApp & { readonly name: string; readonly text: string; readonly enqueue: Enqueue },
    answers: null,
  ];
  'delete-plan': [asks: InApp & { readonly name: string }, answers: null];
  'cancel-task': [asks: InApp & { readonly taskId: QueueTaskId }, answers: null];
  /** `priority` takes the place of the one that the dialplan gave: it is added to those of document and target. */
  'set-task-priority': [asks: InApp & { readonly taskId: QueueTaskId; readonly priority: number }, answers: null];
};

/** An agent's own call: its leg, and the conversation that there is once its phone is answered. */
export type CallStarted = { readonly callId: CallId; readonly conversationId: ConversationId };

/** What happened, whether we like it or not. A rule may ignore a fact, never refuse it. */
export type Facts = {
  /** A channel came in from the dialplan to queue. */
  'caller-entered': Arrival;
  /** The phone rings now; until then the leg was only on its way. */
  'leg-alerting': { readonly channelId: ChannelId };
  'leg-answered': { readonly channelId: ChannelId };
  /** `cause` is the Q.850 cause; 0: not known. */
  'leg-ended': { readonly channelId: ChannelId; readonly cause: number };
  /** The phone has put the other side on hold, or takes it back. May be told more than once. */
  'leg-held': { readonly channelId: ChannelId };
  'leg-resumed': { readonly channelId: ChannelId };
  /** Another channel, `by`, has taken the place of this one. Both may be alive. */
  'leg-replaced': { readonly channelId: ChannelId; readonly by: ChannelId; readonly how: Replacement };
  /** A SIP terminal or a gateway can be reached now, or no longer. */
  'phone-reachable': { readonly user: SipUser; readonly reachable: boolean };
  /** Asterisk would not make the account. */
  'account-refused': { readonly extensionId: ExtensionId };
  /** Something has come to its time limit. */
  due: { readonly kind: DueKind; readonly id: string };
  /** The service was down, or its store is away: clients could send none that counts. */
  'keepalives-missed': object;
  /** What was decided since then is carried out only now. */
  'dials-held-up': { readonly since: Instant };
  /** The plans of the configuration, all of them, as they are now. */
  'plans-loaded': { readonly plans: readonly Plan[] };
  'phone-system-seen': PhoneSystemView;
  /** A look has shown it, and it is its turn to be dealt with. */
  'stray-found': Stray;
};

/** `take-over`: the party goes on at another phone. `transfer`: its phone has handed its place on to somebody else. */
export type Replacement = 'take-over' | 'transfer';

/** A caller, and what its dialplan asked for. */
export type Arrival = {
  readonly channelId: ChannelId;
  readonly app: AppId;
  readonly request: ArrivalRequest;
  /** Its caller id; null: withheld. */
  readonly telnumber: string | null;
  /** Answer the channel now; else only when an agent answers. */
  readonly answer: boolean;
  readonly userData: string | null;
  readonly priority: number;
};

export type ArrivalRequest =
  | { readonly by: 'plan'; readonly name: string }
  | { readonly by: 'enqueue'; readonly enqueue: Enqueue }
  /** What the dialplan asked for makes no sense; why is in the log. */
  | { readonly by: 'mistake' };

/** `kept`: one that we dialled was answered, and the dialplan keeps it until it can hand it over to us. */
export type ChannelState = 'ringing' | 'kept' | 'up';

/** All that is alive in Asterisk and ours, as the reconciler saw it at one moment. */
export type PhoneSystemView = {
  readonly channels: ReadonlyMap<ChannelId, ChannelState>;
  /** Who sits in each bridge. */
  readonly bridges: ReadonlyMap<BridgeId, readonly ChannelId[]>;
  readonly accounts: ReadonlyMap<SipUser, 'reachable' | 'unreachable'>;
  readonly trunks: ReadonlySet<TrunkId>;
  /** Of the channels whose phones hold, as far as the world knew: those that do not. */
  readonly resumed: ReadonlySet<ChannelId>;
  /** Channels and bridges that the world knew before the look: only they can be missing. */
  readonly expected: ReadonlySet<string>;
  /**
   * Channels, bridges and SIP users on which an effect waits to act, or of which something was told since: not judged,
   * what is seen of them is about to change or is old.
   */
  readonly unsettled: ReadonlySet<string>;
  /** Signals were missed, or this is the first look: what cannot be seen of a leg may be wrong too. */
  readonly afterGap: boolean;
};

export type CommandType = keyof Commands;
export type FactType = keyof Facts;
export type InputType = CommandType | FactType;

type Payload<Type extends InputType> = Type extends CommandType
  ? Commands[Type][0]
  : Type extends FactType
    ? Facts[Type]
    : never;

export type Input<Type extends InputType = InputType> = {
  [Each in Type]: { readonly type: Each } & Payload<Each>;
}[Type];

export type Answer<Type extends InputType> = Type extends CommandType ? Commands[Type][1] : void;

/** What the core may not fetch itself, so each input brings it along. */
export type Stamp = {
  readonly at: Instant;
  /** 15 fresh hex digits, from which the ids made by this input are derived. */
  readonly seed: string;
  /** Fresh, at least 0 and below 1. */
  readonly random: number;
};

export type Stamped<Type extends InputType = InputType> = Input<Type> & Stamp;
