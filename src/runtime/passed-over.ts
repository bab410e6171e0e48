import type { Agent } from '../domain/agent/agent';
import type { ConditionId, Instant } from '../domain/ids';
import type { Target } from '../domain/queue/enqueue';
import { rankBy } from '../domain/queue/fitting';
import type { World } from '../domain/world';
import type { Rival, Rivals } from './rivals';

/**
 * Who should have been given this agent rather than `task`, and first of all who should have: it waits for something that the
 * agent fits, more urgently, or as urgently and for longer. It looks at `others` and at nothing but them: what the
 * matching goes by may be wrong. The rule of a condition is evaluated once at most.
 */
export function passedOver(
  world: World,
  agent: Agent,
  task: Rival,
  others: Rivals,
  at: Instant,
): Rival | undefined {
  const chosenBy = new Map<ConditionId, boolean>();
  const fits = (target: Target): boolean => fitsTarget(world, agent, target, chosenBy, at);
  const priority = Math.max(...task.waits.flatMap((wait) => (fits(wait.target) ? [wait.priority] : [])));
  return others.firstBefore({ priority, queuedAt: task.queuedAt }, agent, fits, at);
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
