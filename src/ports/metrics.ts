import type { ConversationType, EndReason } from '../domain/conversation/conversation';
import type { AppId } from '../domain/ids';
import type { OutsideRule } from '../domain/outside/outside-rules';
import type { QueueFailCause } from '../domain/queue/queue-task';

/** Figures of the service as a whole, for whoever watches over it in the long run. No method throws or waits. */
export interface Metrics {
  /** Called for figures of the moment, each time that somebody reads them; each is asked for by one `onRead`. */
  onRead(measure: () => Partial<Measured>): void;

  /** An agent was given a task, and it was looked at whether that was fair. */
  selected(app: AppId, fair: boolean): void;

  /** A caller came in, or somebody is called. */
  callBegun(app: AppId, party: CallParty): void;

  /** `seconds`: from the first time that two could talk; 0: it never came to that. */
  conversationEnded(app: AppId, type: ConversationType, reason: EndReason, seconds: number): void;

  /** A number is called through the trunk. */
  outsideBegun(app: AppId): void;

  /** A rule was against such a call. `reported`: it was made all the same, as the rules are being tried out. */
  outsideAgainstRule(app: AppId, rule: OutsideRule, outcome: 'refused' | 'reported'): void;

  /** The phone of an agent rings for a task; so long ago the agent was free for it, and it waited. */
  rang(app: AppId, seconds: number): void;

  /** A task is over. `plan`: the name of the one that it came by; null: none. */
  ended(app: AppId, plan: string | null, outcome: 'success' | QueueFailCause, waitedSeconds: number): void;

  /** An event was sent to a callback URL, and that took so long. */
  callbackTried(app: AppId, outcome: CallbackOutcome, seconds: number): void;

  /** An event was given up for a callback URL. */
  eventSetAside(app: AppId): void;

  /** The store was asked to write a batch. */
  committed(outcome: 'written' | 'unavailable', seconds: number): void;

  /** There is a connection to Asterisk, or there is none any more. */
  asteriskConnected(isConnected: boolean): void;

  /**
   * A request of ARI has its answer, after so long, waiting for its turn included.
   * `operation` and `outcome` are of few words: `answer`, `done`, `channel-gone`.
   */
  asteriskAsked(operation: string, outcome: string, seconds: number): void;

  /** A request of the API is answered. `route`: its path with the names of what varies: `/callcenter/agent/{name}`. */
  answered(method: string, route: string, status: number, seconds: number): void;

  /**
   * A request was refused because its client sends too many, or, without being looked at, because too many of its address
   * showed wrong credentials: `failures`, and no application is known.
   */
  requestLimited(app: AppId | null, by: 'requests' | 'failures'): void;
}

/** What only the adapters tell. */
export type AsteriskMetrics = Pick<Metrics, 'asteriskConnected' | 'asteriskAsked'>;

/** Who is at the other end of a call: a caller from the dialplan, an agent, or a number that was called. */
export type CallParty = 'caller' | 'agent' | 'number';

export type CallbackOutcome = 'delivered' | 'failed';

export type Measured = {
  /** One for each application and plan of which something waits or rings. */
  readonly queues: readonly {
    readonly app: AppId;
    readonly plan: string | null;
    readonly waiting: number;
    readonly ringing: number;
  }[];
  /** One for each application. */
  readonly agents: readonly {
    readonly app: AppId;
    /** How many are in each state, without what a state says beyond its `/`. */
    readonly states: Readonly<Record<BaseState, number>>;
    /** How long those whom the queue may select have not talked; null: there are none. */
    readonly idleSeconds: Spread | null;
  }[];
  /** One for each application. */
  readonly live: readonly {
    readonly app: AppId;
    readonly calls: Readonly<Record<CallParty, number>>;
    readonly conversations: Readonly<Record<ConversationType, number>>;
    /** Lines to the outside that its calls take. */
    readonly lines: number;
  }[];
  /** One for each callback URL: how many events it still has to get. */
  readonly callbacks: readonly { readonly app: AppId; readonly undelivered: number }[];
};

export const BASE_STATES = ['online', 'idle', 'fetching', 'talking', 'busy', 'away'] as const;
export type BaseState = (typeof BASE_STATES)[number];

/** The least, the median, what nine of ten do not exceed, and the most: each is a value that occurs. */
export type Spread = { readonly 0: number; readonly 0.5: number; readonly 0.9: number; readonly 1: number };

/** All figures, as the one who collects them wants them. */
export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}
