import { agentId, isExpired, type Agent } from '../agent/agent';
import type { UnitOfWork } from '../unit-of-work';
import type { Target } from './enqueue';
import { currentRoute, targetExpiresAt, type QueueTask } from './queue-task';

/** An agent and the target of the task's route that it fits. */
export type Match = { readonly agent: Agent; readonly target: Target };

/**
 * The agents to ring for a task now: of the first target in the route that has any. One of the
 * best, or with `all` every one of them; empty if nobody is free.
 */
export function agentsFor(tx: UnitOfWork, task: QueueTask): readonly Match[] {
  for (const target of currentRoute(task).targets) {
    const best = bestFor(tx, task, target);
    if (best.length === 0) continue;
    if (task.enqueue.choice === 'all') return best.map((agent) => ({ agent, target }));
    return [{ agent: chooseAmong(tx, task, best), target }];
  }
  return [];
}

/** The first task in the one order of all that waits which this agent fits. */
export function taskFor(tx: UnitOfWork, agent: Agent): { task: QueueTask; match: Match } | undefined {
  if (!isSelectable(tx, agent)) return undefined;
  let first: { task: QueueTask; match: Match; priority: number } | undefined;
  for (const task of tx.queueTasks.all()) {
    if (task.app !== agent.app || task.phase.at !== 'waiting') continue;
    const target = currentRoute(task).targets.find((each) => isOpen(tx, task, each) && fits(each, agent));
    if (target === undefined) continue;
    const priority = priorityOf(task, target);
    if (first !== undefined && !comesBefore({ task, priority }, first)) continue;
    first = { task, match: { agent, target }, priority };
  }
  return first;
}

/** Priority descending, then time of queueing: ids sort by creation, so they break a tie. */
function comesBefore(
  one: { readonly task: QueueTask; readonly priority: number },
  other: { readonly task: QueueTask; readonly priority: number },
): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  if (one.task.queuedAt !== other.task.queuedAt) return one.task.queuedAt < other.task.queuedAt;
  return one.task.id < other.task.id;
}

function priorityOf({ priority, enqueue }: QueueTask, target: Target): number {
  return priority + enqueue.priority + (target.kind === 'condition' ? 0 : target.priority);
}

/** The queue may select it: exactly idle, bound to a phone that can be rung, and not expired. */
export function isSelectable(tx: UnitOfWork, agent: Agent): boolean {
  if (agent.state !== 'idle' || agent.callId !== null) return false;
  if (isExpired(agent, tx.at, tx.settings.keepaliveSeconds)) return false;
  const extension = tx.extensions.get(agent.extensionId);
  if (extension?.boundTo !== agent.id || !extension.enabled) return false;
  return extension.line.type === '1' || tx.settings.trunk !== null;
}

/** A target on which the task still waits. */
function isOpen(tx: UnitOfWork, task: QueueTask, target: Target): boolean {
  const expiry = targetExpiresAt(task, target);
  return expiry === null || expiry > tx.at;
}

function fits(target: Target, agent: Agent): boolean {
  switch (target.kind) {
    case 'agent':
      return agent.name === target.name;
    case 'skill':
      return scoreOf(target.name, agent) !== undefined;
    case 'condition':
      return false; // There are no conditions: whoever names one was refused.
  }
}

function bestFor(tx: UnitOfWork, { app }: QueueTask, target: Target): readonly Agent[] {
  if (target.kind === 'agent') {
    const agent = tx.agents.get(agentId(app, target.name));
    return agent !== undefined && isSelectable(tx, agent) ? [agent] : [];
  }
  if (target.kind === 'condition') return [];
  const skilled = [...tx.agents.all()].filter(
    (agent) => agent.app === app && fits(target, agent) && isSelectable(tx, agent),
  );
  const best = Math.max(...skilled.map((agent) => scoreOf(target.name, agent)!));
  return skilled.filter((agent) => scoreOf(target.name, agent) === best);
}

function scoreOf(skill: string, { skills }: Agent): number | undefined {
  return skills.find(({ name, enabled }) => name === skill && enabled)?.score;
}

/** `agents` is not empty. */
function chooseAmong(tx: UnitOfWork, { enqueue }: QueueTask, agents: readonly Agent[]): Agent {
  const longestIdle = (one: Agent, other: Agent): Agent => (idleSince(other) < idleSince(one) ? other : one);
  switch (enqueue.choice) {
    case 'random':
      return tx.choose(agents)!;
    case 'lru':
      return agents.reduce(longestIdle);
    case 'order':
    case 'all':
      return agents[0]!;
  }
}

/** Login counts as a conversation's end. */
function idleSince({ lastTalkAt, loggedInAt }: Agent): number {
  return lastTalkAt ?? loggedInAt;
}
