import type { Agent } from '../../src/domain/agent/agent';
import { EvaluationFault, evaluator, usesIdle } from '../../src/domain/expression/evaluate';
import type { Instant } from '../../src/domain/ids';
import type { Condition } from '../../src/domain/queue/condition';
import type { Target } from '../../src/domain/queue/enqueue';
import { currentRoute, type QueueTask } from '../../src/domain/queue/queue-task';
import type { World } from '../../src/domain/world';

/** As much of a world as it takes to say who gets which call. */
export type Queue = Pick<World, 'settings' | 'agents' | 'extensions' | 'conditions' | 'queueTasks' | 'calls'>;

/** One target of the route that a task tries. */
export type Line = { readonly task: QueueTask; readonly target: Target; readonly priority: number };

/** `lifecycle.md`: state exactly idle; bound to an extension that is enabled; not expired. Ours: and rested. */
export function isSelectable({ extensions, settings }: Queue, agent: Agent, at: Instant): boolean {
  const extension = extensions.get(agent.extensionId);
  const isFresh = at < agent.keptAliveAt + settings.keepaliveSeconds * 1000;
  const isReachable = extension?.boundTo === agent.id && extension.enabled;
  const hasLine = extension?.line.type !== '3' || settings.trunk !== null;
  const isLeftAlone = agent.callId !== null || agent.restsUntil !== null;
  return agent.state === 'idle' && isFresh && isReachable && hasLine && !isLeftAlone;
}

/** How high the agent stands for this target; undefined: it does not fit. */
export function rankFor(queue: Queue, agent: Agent, { task, target }: Line, at: Instant): number | undefined {
  if (agent.app !== task.app || agent.id === task.givenAwayBy) return undefined;
  switch (target.kind) {
    case 'agent':
      return target.name === agent.name ? 0 : undefined;
    case 'skill':
      return agent.skills.find(({ name, enabled }) => name === target.name && enabled)?.score;
    case 'condition': {
      const condition = queue.conditions.get(target.id);
      return condition?.app === task.app ? rankBy(condition, agent, at) : undefined;
    }
  }
}

function rankBy({ where, sort }: Condition, agent: Agent, at: Instant): number | undefined {
  const { name, num, skills, lastTalkAt, loggedInAt } = agent;
  const subject = {
    name,
    num,
    idleSeconds: Math.max(0, Math.floor((at - (lastTalkAt ?? loggedInAt)) / 1000)),
    score: (skill: string) => skills.find((each) => each.name === skill && each.enabled)?.score,
  };
  try {
    if (!evaluator(where)(subject)) return undefined;
    return sort === null ? 0 : evaluator(sort)(subject);
  } catch (error) {
    if (error instanceof EvaluationFault) return undefined;
    throw error;
  }
}

/** Whom the target gets may change without anything happening: by what is asked, or because a division by zero is over. */
export function isTimed({ conditions }: Queue, { target }: Line): boolean {
  if (target.kind !== 'condition') return false;
  const condition = conditions.get(target.id);
  return condition !== undefined && changesByTime(condition);
}

export function changesByTime({ where, sort }: Condition): boolean {
  return usesIdle(where) || /[/%].*idle/.test(sort?.text ?? '');
}

/** All targets of the route that the task tries, in order. */
export function linesOf(task: QueueTask): readonly Line[] {
  const { priority, enqueue, waits } = task;
  return currentRoute(task).targets.map((target, index) => {
    return { task, target, priority: priority + enqueue.priority + waits[index]!.priority };
  });
}

/** Those that have not timed out. */
export function openLinesOf(task: QueueTask, at: Instant): readonly Line[] {
  return linesOf(task).filter((_, index) => {
    const { queueTimeoutSeconds: seconds } = task.waits[index]!;
    return seconds === null || at < task.routeSince + seconds * 1000;
  });
}

/** Priority descending, then time of queueing; ids sort by creation. */
export function comesBefore(one: Line, other: Line): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  if (one.task.queuedAt !== other.task.queuedAt) return one.task.queuedAt < other.task.queuedAt;
  return one.task.id < other.task.id;
}

/** Who is served first, of one task's lines or of many. */
export function first(lines: readonly Line[]): Line | undefined {
  return lines.reduce<Line | undefined>(
    (best, each) => (best === undefined || comesBefore(each, best) ? each : best),
    undefined,
  );
}
