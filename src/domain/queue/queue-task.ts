import {
  later,
  type AgentId,
  type AppId,
  type CallId,
  type ConditionId,
  type ConversationId,
  type Instant,
  type QueueTaskId,
} from '../ids';
import type { ListenSpeakMode } from '../conversation/listen-speak-mode';
import type { Decision } from './decision';
import type { Enqueue, Route, Target, Waiting } from './enqueue';

/** Somebody waits for an agent: a caller from the dialplan, or a conversation that invited one. */
export type QueueTask = {
  readonly id: QueueTaskId;
  readonly app: AppId;
  readonly type: QueueTaskType;
  readonly enqueue: Enqueue;
  /** The name of the plan that it came by; null: none. */
  readonly plan: string | null;
  readonly userData: string | null;
  /** Added to every target's priority. */
  readonly priority: number;
  readonly queuedAt: Instant;
  readonly origin: QueueOrigin;
  /** The conversation that an agent would join; null: a caller for whom no agent was selected yet. */
  readonly conversationId: ConversationId | null;
  /** The condition by which an agent was selected, if it was by one. */
  readonly conditionId: ConditionId | null;
  /** Which of the enqueue's routes is being tried, and since when. */
  readonly route: number;
  readonly routeSince: Instant;
  /** How it waits on each target of that route: what the target says itself, or its condition says now. */
  readonly waits: readonly Waiting[];
  readonly phase: QueuePhase;
  /** Agents who have missed it: others are tried before them. */
  readonly missedBy: readonly AgentId[];
  /** Who has given the call away, and is not offered it again; null: nobody. */
  readonly givenAwayBy: AgentId | null;
  /** What an agent who would not have it said of it, for the dialplan; null: nothing. */
  readonly rejectedWith: string | null;
  readonly decisions: readonly Decision[];
};

export const QUEUE_TASK_TYPES = ['ivr', 'call_agent', 'fwd_agent', 'xfer_agent', 'invite_agent'] as const;
export type QueueTaskType = (typeof QUEUE_TASK_TYPES)[number];

export type QueueOrigin =
  | { readonly from: 'caller'; readonly callId: CallId }
  /** `mode`: how the agent joins. */
  | { readonly from: 'conversation'; readonly mode: ListenSpeakMode };

export type QueuePhase =
  /** Nobody is looked for yet: the agent who has given the call away still has to be off the phone. */
  | { readonly at: 'starting' }
  | { readonly at: 'waiting' }
  /** One leg for each agent that rings: several only where the enqueue chooses `all`. */
  | { readonly at: 'ringing'; readonly legs: readonly RingingLeg[] };

export type RingingLeg = { readonly agentId: AgentId; readonly callId: CallId };

export const QUEUE_FAIL_CAUSES = ['timeout', 'hangup', 'cancel', 'call_fail', 'forward', 'error'] as const;
export type QueueFailCause = (typeof QUEUE_FAIL_CAUSES)[number];

export function currentRoute({ enqueue, route }: QueueTask): Route {
  return enqueue.routes[route]!; // Routes are counted up to the last only.
}

/** A target of the route that is tried, and how the task waits on it. */
export type Wait = { readonly target: Target; readonly waiting: Waiting };

export function waitsOf(task: QueueTask): readonly Wait[] {
  return currentRoute(task).targets.map((_, index) => waitAt(task, index));
}

/** `target`: which of the route's, counted from 0. */
export function waitAt(task: QueueTask, target: number): Wait {
  return { target: currentRoute(task).targets[target]!, waiting: task.waits[target]! };
}

/** What counts where this target gets an agent: the higher is served first. */
function priorityIn({ priority, enqueue }: QueueTask, { waiting }: Wait): number {
  return priority + enqueue.priority + waiting.priority;
}

/** Whether the task still waits on the target. */
export function isOpen(task: QueueTask, { waiting }: Wait, at: Instant): boolean {
  const expiry = expiresAt(task, waiting);
  return expiry === null || expiry > at;
}

/** Whether the target is looked at now: as long as it is open, and once in any case when its route is begun with. */
export function isTried(task: QueueTask, wait: Wait, at: Instant): boolean {
  return task.routeSince === at || isOpen(task, wait, at);
}

/** When every target of the route has timed out; null: never, or not while it rings. */
export function taskDueAt(task: QueueTask): Instant | null {
  if (task.phase.at !== 'waiting') return null;
  const expiries = task.waits.map((waiting) => expiresAt(task, waiting));
  return expiries.reduce((latest, each) =>
    latest === null || each === null ? null : each > latest ? each : latest,
  );
}

/** Null: as long as the call lives. */
function expiresAt({ routeSince }: QueueTask, { queueTimeoutSeconds }: Waiting): Instant | null {
  return queueTimeoutSeconds === null ? null : later(routeSince, queueTimeoutSeconds);
}

export function legsOf({ phase }: QueueTask): readonly RingingLeg[] {
  return phase.at === 'ringing' ? phase.legs : [];
}

/** The task with one more decision. */
export function decided(task: QueueTask, decision: Decision): QueueTask {
  return { ...task, decisions: [...task.decisions, decision] };
}

/** A place in the one order of all that waits; `target`: by which target of its route, counted from 0. */
export type Place = {
  readonly taskId: QueueTaskId;
  readonly priority: number;
  readonly queuedAt: Instant;
  readonly target: number;
};

export function placeIn(task: QueueTask, wait: Wait, target: number): Place {
  return { taskId: task.id, priority: priorityIn(task, wait), queuedAt: task.queuedAt, target };
}

/** Priority descending, then time of queueing: ids sort by creation, so they break a tie. Below 0: `one` comes first. */
export function inOrder(one: Place, other: Place): number {
  if (one.priority !== other.priority) return other.priority - one.priority;
  if (one.queuedAt !== other.queuedAt) return one.queuedAt - other.queuedAt;
  if (one.taskId !== other.taskId) return one.taskId < other.taskId ? -1 : 1;
  return one.target - other.target;
}
