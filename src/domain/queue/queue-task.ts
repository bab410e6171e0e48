import {
  later,
  type AgentId,
  type AppId,
  type CallId,
  type ConversationId,
  type Instant,
  type QueueTaskId,
} from '../ids';
import type { ListenSpeakMode } from '../conversation/listen-speak-mode';
import type { Enqueue, Route, Target } from './enqueue';

/** Somebody waits for an agent: a caller from the dialplan, or a conversation that invited one. */
export type QueueTask = {
  readonly id: QueueTaskId;
  readonly app: AppId;
  readonly type: QueueTaskType;
  readonly enqueue: Enqueue;
  readonly userData: string | null;
  /** Added to every target's priority. */
  readonly priority: number;
  readonly queuedAt: Instant;
  readonly origin: QueueOrigin;
  /** The conversation that an agent would join; null: a caller for whom no agent was selected yet. */
  readonly conversationId: ConversationId | null;
  /** Which of the enqueue's routes is being tried, and since when. */
  readonly route: number;
  readonly routeSince: Instant;
  readonly phase: QueuePhase;
};

export type QueueTaskType = 'ivr' | 'invite_agent';

export type QueueOrigin =
  | { readonly from: 'caller'; readonly callId: CallId }
  /** `mode`: how the agent joins. */
  | { readonly from: 'conversation'; readonly mode: ListenSpeakMode };

export type QueuePhase =
  | { readonly at: 'waiting' }
  /** One leg for each agent that rings: several only where the enqueue chooses `all`. */
  | { readonly at: 'ringing'; readonly legs: readonly RingingLeg[] };

export type RingingLeg = { readonly agentId: AgentId; readonly callId: CallId };

export type QueueFailCause = 'timeout' | 'hangup' | 'cancel' | 'call_fail' | 'error';

export function currentRoute({ enqueue, route }: QueueTask): Route {
  return enqueue.routes[route]!; // Routes are counted up to the last only.
}

/** Until when the task waits on a target; null: as long as the call lives. */
export function targetExpiresAt(task: QueueTask, target: Target): Instant | null {
  if (target.kind === 'condition' || target.queueTimeoutSeconds === null) return null;
  return later(task.routeSince, target.queueTimeoutSeconds);
}

/** When every target of the route has timed out; null: never, or not while it rings. */
export function taskDueAt(task: QueueTask): Instant | null {
  if (task.phase.at !== 'waiting') return null;
  const expiries = currentRoute(task).targets.map((target) => targetExpiresAt(task, target));
  return expiries.reduce((latest, each) =>
    latest === null || each === null ? null : each > latest ? each : latest,
  );
}

export function legsOf({ phase }: QueueTask): readonly RingingLeg[] {
  return phase.at === 'ringing' ? phase.legs : [];
}
