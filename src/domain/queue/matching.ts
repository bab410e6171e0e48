import { agentId, type Agent } from '../agent/agent';
import { entryOf } from '../entry-of';
import type { AgentId, AppId } from '../ids';
import type { UnitOfWork } from '../unit-of-work';
import type { Condition } from './condition';
import type { Target } from './enqueue';
import {
  agentKey,
  choosesByTime,
  conditionKey,
  isSelectable as canBeSelected,
  keyOf,
  rankBy,
  scoreOf,
  scoresOf,
  skillKey,
  sortsByTime,
} from './fitting';
import {
  inOrder,
  isOpen,
  isTried,
  placeIn,
  waitAt,
  waitsOf,
  type Place,
  type QueueTask,
  type Wait,
} from './queue-task';
import { enter, NO_RANKS, type OpenRanks, type Ranks } from './ranks';
import { FIRST_BY, type Turn } from './turns';

const NOBODY: ReadonlyMap<AgentId, Turn> = new Map();

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
  const others = firstOf(tx, task, task.missedBy);
  return others.length > 0 || task.missedBy.length === 0 ? others : firstOf(tx, task, []);
}

function firstOf(tx: UnitOfWork, task: QueueTask, passed: readonly AgentId[]): readonly Match[] {
  for (const wait of waitsOf(task)) {
    if (!isTried(task, wait, tx.at)) continue;
    const agents = firstSelectable(tx, task, candidatesFor(tx, task, wait, new Set(passed)));
    if (agents.length > 0) return agents.map((agent) => ({ agent, wait }));
  }
  return [];
}

/** Who may be free for a target. */
type Candidates = {
  /** As the index has them, some of whom may be so no longer. */
  readonly known: Ranks;
  /** Whom of these to leave out. */
  readonly passed: Set<AgentId>;
  /** Those at whom one has to look, and who are free. */
  readonly others: readonly { readonly agent: Agent; readonly rank: number }[];
};

function candidatesFor(
  tx: UnitOfWork,
  { app }: QueueTask,
  { target }: Wait,
  passed: ReadonlySet<AgentId>,
): Candidates {
  const lookedAt = target.kind === 'agent' ? new Set([agentId(app, target.name)]) : touchedBy(tx);
  const others = [...lookedAt].flatMap((id) => {
    const agent = tx.agents.get(id);
    if (agent?.app !== app || passed.has(id) || !isSelectable(tx, agent)) return [];
    const rank = rankIn(tx, target, agent);
    return rank === undefined ? [] : [{ agent, rank }];
  });
  return { known: knownRanksFor(tx, app, target), passed: new Set([...passed, ...lookedAt]), others };
}

/** Whom this input may have made free, or has taken: the index learns of it when the input is through. */
function touchedBy(tx: UnitOfWork): ReadonlySet<AgentId> {
  const touched = new Set<AgentId>();
  for (const { id } of tx.agents.staged()) touched.add(id);
  for (const { boundTo } of tx.extensions.staged()) if (boundTo !== null) touched.add(boundTo);
  return touched;
}

/** Those who turn out not to be selectable after all are passed. */
function firstSelectable(tx: UnitOfWork, task: QueueTask, candidates: Candidates): readonly Agent[] {
  for (;;) {
    const chosen = chosenOf(tx, task, candidates);
    if (chosen.length === 0) return [];
    const selectable = chosen.flatMap((id) => {
      const agent = tx.agents.get(id);
      return agent !== undefined && isSelectable(tx, agent) ? [agent] : [];
    });
    if (selectable.length > 0) return selectable;
    for (const id of chosen) candidates.passed.add(id);
  }
}

/** Of those of the highest rank, all or the one that is chosen. There may be thousands: they are not gone through. */
function chosenOf(
  tx: UnitOfWork,
  { app, enqueue: { choice } }: QueueTask,
  { known, passed, others }: Candidates,
): readonly AgentId[] {
  let best = -Infinity;
  for (const { rank } of others) if (rank > best) best = rank;
  for (const { rank, turns } of known.values()) if (rank > best && hasOthers(turns, passed)) best = rank;
  if (best === -Infinity) return [];
  const equals = known.get(best)?.turns ?? NOBODY;
  const more: readonly Turn[] = others.flatMap(({ agent, rank }) => (rank === best ? [agent] : []));
  switch (choice) {
    case 'all':
      return [...[...equals.keys()].filter((id) => !passed.has(id)), ...more.map(({ id }) => id)];
    case 'random':
      return drawnOf(tx, equals, passed, more);
    case 'lru':
    case 'order': {
      const first = tx.world.pools.allFree(app).firstOf(equals, choice, passed);
      const [one] = [...(first === undefined ? [] : [first]), ...more].sort(FIRST_BY[choice]);
      return one === undefined ? [] : [one.id];
    }
  }
}

function drawnOf(
  tx: UnitOfWork,
  equals: ReadonlyMap<AgentId, Turn>,
  passed: ReadonlySet<AgentId>,
  more: readonly Turn[],
): readonly AgentId[] {
  let count = equals.size;
  for (const id of passed) if (equals.has(id)) count--;
  let left = tx.numberBelow(count + more.length);
  if (left >= count) return [more[left - count]!.id];
  for (const id of equals.keys()) if (!passed.has(id) && left-- === 0) return [id];
  return [];
}

function hasOthers(turns: ReadonlyMap<AgentId, Turn>, passed: ReadonlySet<AgentId>): boolean {
  for (const id of turns.keys()) if (!passed.has(id)) return true;
  return false;
}

/** As far as the index knows: it lags behind what this input has written. */
function knownRanksFor(tx: UnitOfWork, app: AppId, target: Target): Ranks {
  const { pools } = tx.world;
  if (target.kind !== 'condition') return pools.freeFor(keyOf(app, target));
  const condition = tx.conditions.get(target.id);
  if (condition?.app !== app) return NO_RANKS;
  const isIndexed = !tx.conditions.isStaged(target.id) && !choosesByTime(condition);
  if (isIndexed && !sortsByTime(condition)) return pools.freeFor(keyOf(app, target));
  return ranksNow(tx, condition, isIndexed ? turnsIn(pools.freeFor(keyOf(app, target))) : pools.allFree(app));
}

function* turnsIn(ranks: Ranks): Iterable<Turn> {
  for (const { turns } of ranks.values()) yield* turns.values();
}

const ranked = new WeakMap<UnitOfWork, Map<Condition, Ranks>>();

/** Once for each input: many tasks may look for the same. */
function ranksNow(tx: UnitOfWork, condition: Condition, turns: Iterable<Turn>): Ranks {
  const known = ranked.get(tx) ?? new Map<Condition, Ranks>();
  ranked.set(tx, known);
  return entryOf(known, condition, () => {
    const ranks: OpenRanks = new Map();
    for (const turn of turns) {
      const agent = tx.agents.get(turn.id);
      const rank = agent && rankBy(condition, agent, tx.at, tx.tellFault);
      if (rank !== undefined) enter(ranks, conditionKey(condition.app, condition.id), rank, turn);
    }
    return ranks;
  });
}

/** The first task in the one order of all that waits which this agent fits. */
export function taskFor(tx: UnitOfWork, agent: Agent): { task: QueueTask; match: Match } | undefined {
  if (!isSelectable(tx, agent)) return undefined;
  let first: { readonly task: QueueTask; readonly wait: Wait; readonly place: Place } | undefined;
  const isBeaten = (place: Place): boolean => first !== undefined && inOrder(first.place, place) < 0;

  const look = (line: readonly Place[]): void => {
    for (const place of line) {
      if (isBeaten(place)) break;
      if (tx.queueTasks.isStaged(place.taskId)) continue;
      const task = tx.queueTasks.need(place.taskId);
      const wait = waitAt(task, place.target);
      if (!isOpen(task, wait, tx.at)) continue;
      if (fitsTarget(tx, wait.target, agent)) first = { task, wait, place };
      break;
    }
  };
  const { pools } = tx.world;
  look(pools.waitingFor(agentKey(agent.id)));
  for (const name of scoresOf(agent.skills).keys()) look(pools.waitingFor(skillKey(agent.app, name)));
  for (const line of pools.conditionsWaitedFor(agent.app)) {
    if (isBeaten(line[0]!)) break; // As all lines after it.
    look(line);
  }
  for (const task of tx.queueTasks.staged()) {
    if (task.app !== agent.app || task.phase.at !== 'waiting') continue;
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
