import type { Agent } from '../domain/agent/agent';
import { later, type ConditionId, type Instant } from '../domain/ids';
import type { Target } from '../domain/queue/enqueue';
import { rankBy } from '../domain/queue/fitting';
import { waitsOf, type QueueTask, type Wait } from '../domain/queue/queue-task';
import type { World } from '../domain/world';

/**
 * The first of `others` that should have been given this agent rather than `task`: it waits for something that the agent
 * fits, more urgently, or as urgently and for longer. It looks at each of them, and at nothing but them: what the
 * matching goes by may be wrong. Linear in `others`; rules of conditions are evaluated once each.
 */
export function passedOver(
  world: World,
  agent: Agent,
  task: QueueTask,
  others: Iterable<QueueTask>,
  at: Instant,
): QueueTask | undefined {
  const chosenBy = new Map<ConditionId, boolean>();
  const fits = ({ target }: Wait): boolean => fitsTarget(world, agent, target, chosenBy, at);
  const urgency = Math.max(...waitsOf(task).flatMap((wait) => (fits(wait) ? [urgencyOf(task, wait)] : [])));
  const isBefore = (other: QueueTask, wait: Wait): boolean => {
    const urgencyOfOther = urgencyOf(other, wait);
    return urgencyOfOther > urgency || (urgencyOfOther === urgency && other.queuedAt < task.queuedAt);
  };
  for (const other of others) {
    const isPassed = (wait: Wait): boolean => isBefore(other, wait) && waitsStill(other, wait, at) && fits(wait);
    if (waitsOf(other).some(isPassed)) return other;
  }
  return undefined;
}

function urgencyOf({ priority, enqueue }: QueueTask, { waiting }: Wait): number {
  return priority + enqueue.priority + waiting.priority;
}

function waitsStill({ routeSince }: QueueTask, { waiting }: Wait, at: Instant): boolean {
  const { queueTimeoutSeconds } = waiting;
  return queueTimeoutSeconds === null || later(routeSince, queueTimeoutSeconds) > at;
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
