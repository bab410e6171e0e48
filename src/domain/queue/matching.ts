import { idleSince, type Agent } from '../agent/agent';
import type { AgentId, AppId, ConditionId } from '../ids';
import type { UnitOfWork } from '../unit-of-work';
import type { Condition } from './condition';
import type { Choice, Target } from './enqueue';
import {
  agentKey,
  choosesByTime,
  isSelectable as canBeSelected,
  keyOf,
  rankBy,
  scoreOf,
  scoresOf,
  skillKey,
  sortsByTime,
} from './fitting';
import { inOrder, isOpen, isTried, placeIn, waitsOf, type Place, type QueueTask, type Wait } from './queue-task';

/** An agent and the target of the task's route that it fits. */
export type Match = { readonly agent: Agent; readonly wait: Wait };

/** The queue may select it: exactly idle, bound to a phone that can be rung, rested, and not expired. */
export function isSelectable(tx: UnitOfWork, agent: Agent): boolean {
  return canBeSelected(agent, tx.extensions.get(agent.extensionId), tx.settings, tx.at);
}

/**
 * The agents to ring for a task now: of the first target in the route that has any, and has not timed out. One of the
 * best, or with `all` every one of them; empty if nobody is free. Those who have missed the call already come after all
 * others.
 */
export function agentsFor(tx: UnitOfWork, task: QueueTask): readonly Match[] {
  const never = task.givenAwayBy === null ? [] : [task.givenAwayBy];
  const others = firstOf(tx, task, [...task.missedBy, ...never]);
  return others.length > 0 || task.missedBy.length === 0 ? others : firstOf(tx, task, never);
}

function firstOf(tx: UnitOfWork, task: QueueTask, passed: readonly AgentId[]): readonly Match[] {
  for (const wait of waitsOf(task)) {
    if (!isTried(task, wait, tx.at)) continue;
    const ranks = ranksFor(tx, task, wait);
    const agents = firstSelectable(tx, task.enqueue.choice, ranks, new Set([...passed, ...takenBy(tx)]));
    if (agents.length > 0) return agents.map((agent) => ({ agent, wait }));
  }
  return [];
}

/** `passed`: whom to leave out. Those who turn out not to be selectable after all are added to it. */
function firstSelectable(
  tx: UnitOfWork,
  choice: Choice,
  ranks: ReadonlyMap<AgentId, number>,
  passed: Set<AgentId>,
): readonly Agent[] {
  for (;;) {
    const chosen = chosenOf(tx, choice, ranks, passed);
    if (chosen.length === 0) return [];
    const selectable = chosen.flatMap((id) => {
      const agent = tx.agents.get(id);
      return agent !== undefined && isSelectable(tx, agent) ? [agent] : [];
    });
    if (selectable.length > 0) return selectable;
    for (const id of chosen) passed.add(id);
  }
}

/** Of those of the highest rank, all or the one that is chosen. There may be thousands: they are looked at, not listed. */
function chosenOf(
  tx: UnitOfWork,
  choice: Choice,
  ranks: ReadonlyMap<AgentId, number>,
  passed: ReadonlySet<AgentId>,
): readonly AgentId[] {
  let best = -Infinity;
  let count = 0;
  ranks.forEach((rank, id) => {
    if (rank < best || passed.has(id)) return;
    count = rank > best ? 1 : count + 1;
    best = rank;
  });
  if (count === 0) return [];
  const isBest = (id: AgentId, rank: number): boolean => rank === best && !passed.has(id);
  if (choice === 'all') return [...ranks].flatMap(([id, rank]) => (isBest(id, rank) ? [id] : []));
  if (choice === 'random') {
    let left = tx.numberBelow(count);
    const drawn: AgentId[] = [];
    ranks.forEach((rank, id) => void (isBest(id, rank) && left-- === 0 && drawn.push(id)));
    return drawn;
  }
  let first: Agent | undefined;
  ranks.forEach((rank, id) => {
    const agent = isBest(id, rank) ? tx.agents.get(id) : undefined;
    if (agent === undefined) return;
    if (first === undefined || FIRST_BY[choice](agent, first) < 0) first = agent;
  });
  return first === undefined ? [] : [first.id];
}

/** Which of two equals comes first, where that is not left to chance. */
export const FIRST_BY: Readonly<Record<'lru' | 'order', (one: Agent, other: Agent) => number>> = {
  lru: (one, other) => idleSince(one) - idleSince(other) || byLogin(one, other),
  order: byLogin,
};

function byLogin(one: Agent, other: Agent): number {
  return one.loggedInAt - other.loggedInAt || (one.name < other.name ? -1 : 1);
}

/** Who is free for a target, with a rank; some may be so no longer. */
function ranksFor(tx: UnitOfWork, { app }: QueueTask, { target }: Wait): ReadonlyMap<AgentId, number> {
  const known = knownRanksFor(tx, app, target);
  const late = [...lateComers(tx)].filter((agent) => agent.app === app && !known.has(agent.id));
  const ranks = late.flatMap((agent) => {
    const rank = isSelectable(tx, agent) ? rankIn(tx, target, agent) : undefined;
    return rank === undefined ? [] : [[agent.id, rank] as const];
  });
  return ranks.length === 0 ? known : new Map([...known, ...ranks]);
}

/** Whom this input may have made free: the index learns of them when it is through. */
function* lateComers(tx: UnitOfWork): Iterable<Agent> {
  yield* tx.agents.staged();
  for (const { boundTo } of tx.extensions.staged()) {
    const agent = boundTo === null ? undefined : tx.agents.get(boundTo);
    if (agent !== undefined) yield agent;
  }
}

/** Whom this input has taken: with many tasks at once, most of those whom the index still has. */
function* takenBy(tx: UnitOfWork): Iterable<AgentId> {
  for (const agent of tx.agents.staged()) if (!isSelectable(tx, agent)) yield agent.id;
}

/** As far as the index knows: it lags behind what this input has written. */
function knownRanksFor(tx: UnitOfWork, app: AppId, target: Target): ReadonlyMap<AgentId, number> {
  const { pools } = tx.world;
  const indexed = pools.freeFor(keyOf(app, target));
  if (target.kind !== 'condition') return indexed;
  const condition = tx.conditions.get(target.id);
  if (condition?.app !== app) return new Map();
  const isIndexed = !tx.conditions.isStaged(target.id) && !choosesByTime(condition);
  if (isIndexed && !sortsByTime(condition)) return indexed;
  return ranksNow(tx, condition, isIndexed ? indexed.keys() : pools.allFree(app));
}

const ranked = new WeakMap<UnitOfWork, Map<Condition, ReadonlyMap<AgentId, number>>>();

/** Once for each input: many tasks may look for the same. */
function ranksNow(tx: UnitOfWork, condition: Condition, ids: Iterable<AgentId>): ReadonlyMap<AgentId, number> {
  const known = ranked.get(tx) ?? new Map<Condition, ReadonlyMap<AgentId, number>>();
  ranked.set(tx, known);
  const before = known.get(condition);
  if (before !== undefined) return before;
  const ranks = new Map<AgentId, number>();
  known.set(condition, ranks);
  for (const id of ids) {
    const agent = tx.agents.get(id);
    const rank = agent && rankBy(condition, agent, tx.at, tx.tellFault);
    if (rank !== undefined) ranks.set(id, rank);
  }
  return ranks;
}

/** The first task in the one order of all that waits which this agent fits. */
export function taskFor(tx: UnitOfWork, agent: Agent): { task: QueueTask; match: Match } | undefined {
  if (!isSelectable(tx, agent)) return undefined;
  let first: { readonly task: QueueTask; readonly wait: Wait; readonly place: Place } | undefined;
  const isBeaten = (place: Place): boolean => first !== undefined && inOrder(first.place, place) < 0;

  const look = (line: readonly Place[], condition: ConditionId | null): void => {
    for (const place of line) {
      if (isBeaten(place)) break;
      if (tx.queueTasks.isStaged(place.taskId)) continue;
      const task = tx.queueTasks.need(place.taskId);
      if (task.givenAwayBy === agent.id) continue;
      const wait = waitsOf(task)[place.target]!;
      if (!isOpen(task, wait, tx.at)) continue;
      const fits = condition === null || fitsTarget(tx, { kind: 'condition', id: condition }, agent);
      if (fits) first = { task, wait, place };
      break;
    }
  };
  const { pools } = tx.world;
  look(pools.waitingFor(agentKey(agent.id)), null);
  scoresOf(agent.skills).forEach((_, name) => look(pools.waitingFor(skillKey(agent.app, name)), null));
  pools.conditionsWaitedFor(agent.app).forEach(look);
  for (const task of tx.queueTasks.staged()) {
    if (task.app !== agent.app || task.phase.at !== 'waiting' || task.givenAwayBy === agent.id) continue;
    waitsOf(task).forEach((wait, index) => {
      const place = placeIn(task, wait, index);
      if (isBeaten(place) || !isOpen(task, wait, tx.at) || !fitsTarget(tx, wait.target, agent)) return;
      first = { task, wait, place };
    });
  }
  return first && { task: first.task, match: { agent, wait: first.wait } };
}

function fitsTarget(tx: UnitOfWork, target: Target, agent: Agent): boolean {
  return rankIn(tx, target, agent) !== undefined;
}

/** Undefined: it does not fit. */
function rankIn(tx: UnitOfWork, target: Target, agent: Agent): number | undefined {
  switch (target.kind) {
    case 'agent':
      return target.name === agent.name ? 0 : undefined;
    case 'skill':
      return scoreOf(agent, target.name);
    case 'condition': {
      const condition = tx.conditions.get(target.id);
      return condition?.app === agent.app ? rankBy(condition, agent, tx.at, tx.tellFault) : undefined;
    }
  }
}
