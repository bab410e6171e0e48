import type { AppId } from '../domain/ids';
import type { OutsideRule } from '../domain/outside/outside-rules';
import type { QueueFailCause } from '../domain/queue/queue-task';

/** Figures of the service as a whole, for whoever watches over it in the long run. No method throws or waits. */
export interface Metrics {
  /** Called for figures of the moment, each time that somebody reads them; each is asked for by one `onRead`. */
  onRead(measure: () => Partial<Measured>): void;

  /** An agent was given a task, and it was looked at whether that was fair. */
  selected(app: AppId, fair: boolean): void;

  /** A number is called through the trunk. */
  outsideBegun(app: AppId): void;

  /** A rule was against such a call. `reported`: it was made all the same, as the rules are being tried out. */
  outsideAgainstRule(app: AppId, rule: OutsideRule, outcome: 'refused' | 'reported'): void;

  /** A task is over. `plan`: the name of the one that it came by; null: none. */
  ended(app: AppId, plan: string | null, outcome: 'success' | QueueFailCause, waitedSeconds: number): void;

  /** An event was sent to a callback URL. */
  callbackTried(app: AppId, outcome: CallbackOutcome): void;

  /** An event was given up for a callback URL. */
  eventSetAside(app: AppId): void;
}

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
