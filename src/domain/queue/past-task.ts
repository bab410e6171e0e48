import { agentId } from '../agent/agent';
import type { ConditionId, Instant } from '../ids';
import type { Condition } from './condition';
import type { QueueTask } from './queue-task';
import { waitsOn } from './seeking';

/**
 * A task as it waited just before the moment, from the decisions that are kept with it. What was decided at that very
 * moment is among its decisions: whom chance chose cannot be found again. `conditions`: as they were then.
 */
export function taskBefore(
  task: QueueTask,
  at: Instant,
  conditions: ReadonlyMap<ConditionId, Condition>,
): QueueTask {
  const { app, enqueue, queuedAt } = task;
  const earlier = task.decisions.filter((each) => each.at < at);
  const route = earlier.filter(({ did }) => did === 'overflow').length;
  const began = earlier.findLast(({ did }) => did === 'overflow' || did === 'wait');
  return {
    ...task,
    route,
    routeSince: began?.at ?? queuedAt,
    waits: waitsOn(enqueue.routes[route]!.targets, app, (id) => conditions.get(id)),
    phase: { at: 'waiting' },
    missedBy: earlier.flatMap((each) => (each.did === 'miss' ? [agentId(app, each.agent)] : [])),
    decisions: task.decisions.filter((each) => each.at <= at),
  };
}
