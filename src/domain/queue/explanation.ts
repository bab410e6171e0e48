import type { AgentName, Instant, QueueTaskId } from '../ids';
import type { AgentState } from '../agent/agent';
import type { Text } from '../text';
import type { Decision } from './decision';
import type { Target } from './enqueue';

/** Who would get a call, and why everybody else would not. */
export type Explanation = {
  /** As of when; what happened at this very moment is not in it yet. */
  readonly at: Instant;
  /** The task that was asked about; null: a document was. */
  readonly taskId: QueueTaskId | null;
  readonly decisions: readonly Decision[];
  readonly routes: readonly ExplainedRoute[];
};

export type ExplainedRoute = {
  /** The one that is tried at that moment. Of all others it is said what would be if they were. */
  readonly isCurrent: boolean;
  readonly targets: readonly ExplainedTarget[];
};

export type ExplainedTarget = {
  readonly target: Target;
  /** Agents in order of name: all of the application, or the one that was asked about. */
  readonly agents: readonly Verdict[];
};

export type Verdict = {
  readonly name: AgentName;
  /** Empty: this agent would be rung. Several such agents are rung together, or chance decides, as `choice` says. */
  readonly reasons: readonly Reason[];
};

/** Why an agent is not rung. */
export type Reason =
  /** There is no such agent: it is not logged in. */
  | { readonly why: 'logged-out' }
  | { readonly why: 'other-agent' }
  | { readonly why: 'skill-missing' | 'skill-disabled'; readonly skill: string }
  | { readonly why: 'condition-missing' }
  /** `values`: what the functions in the rule gave, `get("sales") = 3`. */
  | { readonly why: 'where-false'; readonly values: readonly string[] }
  | { readonly why: 'rule-failed'; readonly problem: Text }
  | { readonly why: 'state'; readonly state: AgentState }
  | { readonly why: 'ringing'; readonly taskId: QueueTaskId }
  | { readonly why: 'not-registered' | 'no-trunk' | 'number-not-allowed' }
  | { readonly why: 'expired'; readonly since: Instant }
  /** The call rings others already. */
  | { readonly why: 'call-rings'; readonly agents: readonly AgentName[] }
  /** It did not answer the last time, and is left alone for a while. */
  | { readonly why: 'resting'; readonly until: Instant }
  /** An earlier target of the route has somebody. */
  | { readonly why: 'earlier-target' }
  /** The target has timed out for this task. */
  | { readonly why: 'timed-out' }
  /** It has given this call away. */
  | { readonly why: 'given-away' }
  /** It has missed this call before, and there are others. */
  | { readonly why: 'tried-before' }
  | { readonly why: 'lower-rank'; readonly rank: number; readonly best: number }
  /** One of so many equals, and another is chosen, by chance or because it has waited longer. */
  | { readonly why: 'another-equal'; readonly among: number };
