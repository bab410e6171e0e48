import type { AgentName, Instant } from '../ids';
import type { QueueFailCause } from './queue-task';

/** What became of a task at one moment. All of them are kept with it, so that it can be asked about afterwards. */
export type Decision = {
  readonly at: Instant;
  /** The route that was tried, counted from 0. */
  readonly route: number;
} &
  /** Nobody is free: it waits on the route. */
  (
    | { readonly did: 'wait' }
    | { readonly did: 'ring'; readonly agents: readonly AgentName[] }
    /** An agent did not answer, declined, or its leg failed. */
    | { readonly did: 'miss'; readonly agent: AgentName }
    /** This route has timed out or failed: it goes on with the next. */
    | { readonly did: 'overflow' }
    | { readonly did: 'serve'; readonly agent: AgentName }
    | { readonly did: 'fail'; readonly cause: QueueFailCause }
  );

export const DECIDED = [
  'wait',
  'ring',
  'miss',
  'overflow',
  'serve',
  'fail',
] as const satisfies readonly Decision['did'][];
