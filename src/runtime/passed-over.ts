import type { Agent } from '../domain/agent/agent';
import { later, type AgentId, type ConditionId, type Instant, type QueueTaskId } from '../domain/ids';
import type { Target } from '../domain/queue/enqueue';
import { rankBy } from '../domain/queue/fitting';
import { waitsOf, type QueueTask } from '../domain/queue/queue-task';
import type { World } from '../domain/world';

/** A task as far as it counts for who comes first, close together because many are looked at. */
export type Rival = {
  readonly id: QueueTaskId;
  readonly queuedAt: Instant;
  readonly givenAwayBy: AgentId | null;
  /** The most urgent of its waits. */
  readonly urgency: number;
  readonly waits: readonly { readonly target: Target; readonly urgency: number; readonly until: Instant | null }[];
};

export function rivalOf(task: QueueTask): Rival {
  const { id, queuedAt, givenAwayBy, priority, enqueue, routeSince } = task;
  const waits = waitsOf(task).map(({ target, waiting }) => ({
    target,
    urgency: priority + enqueue.priority + waiting.priority,
    until: waiting.queueTimeoutSeconds === null ? null : later(routeSince, waiting.queueTimeoutSeconds),
  }));
  return { id, queuedAt, givenAwayBy, urgency: Math.max(...waits.map(({ urgency }) => urgency)), waits };
}

/**
 * The first of `others` that should have been given this agent rather than `task`: it waits for something that the agent
 * fits, more urgently, or as urgently and for longer. It looks at each of them, and at nothing but them: what the
 * matching goes by may be wrong. Linear in `others`; the rule of a condition is evaluated once at most.
 */
export function passedOver(
  world: World,
  agent: Agent,
  task: Rival,
  others: Iterable<Rival>,
  at: Instant,
): Rival | undefined {
  const chosenBy = new Map<ConditionId, boolean>();
  const fits = (target: Target): boolean => fitsTarget(world, agent, target, chosenBy, at);
  const urgencyHere = Math.max(...task.waits.flatMap(({ target, urgency }) => (fits(target) ? [urgency] : [])));
  const { queuedAt } = task;
  for (const other of others) {
    const needed = other.queuedAt < queuedAt ? urgencyHere : urgencyHere + 1;
    if (other.urgency < needed || other.givenAwayBy === agent.id) continue;
    for (const { target, urgency, until } of other.waits) {
      if (urgency >= needed && (until === null || until > at) && fits(target)) return other;
    }
  }
  return undefined;
}

function fitsTarget(
  world: World,
  agent: Agent,
  target: Target,
  chosenBy: Map<ConditionId, boolean>,
  at: Instant,
): boolean {
  switch (target.kind) {
    case 'agent':
      return target.name === agent.name;
    case 'skill':
      return agent.skills.some(({ name, enabled }) => enabled && name === target.name);
    case 'condition': {
      let isChosen = chosenBy.get(target.id);
      if (isChosen === undefined) {
        const condition = world.conditions.get(target.id);
        isChosen = condition?.app === agent.app && rankBy(condition, agent, at, () => undefined) !== undefined;
        chosenBy.set(target.id, isChosen);
      }
      return isChosen;
    }
  }
}
