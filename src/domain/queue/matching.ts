import { agentId, type Agent } from '../agent/agent';
import { entryOf } from '../entry-of';
import type { AgentId, AppId } from '../ids';
import type { UnitOfWork } from '../unit-of-work';
import type { Condition } from './condition';
import type { Target } from './enqueue';
import {
  agentKey,
  choosesByTime,
  isSelectable,
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
import { FIRST_BY, Numbered, type Equals, type Turn } from './turns';

const NOBODY: Equals = { rank: -Infinity, turns: new Numbered() };

/** An agent and the target of the task's route that it fits. */
export type Match = { readonly agent: Agent; readonly wait: Wait };

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
    const agents = firstSelectable(tx, task, candidatesFor(tx, task, wait, new Set(passed)));
    if (agents.length > 0) return agents.map((agent) => ({ agent, wait }));
  }
  return [];
}

/** Who may be free for a target. */
type Candidates = {
  readonly target: Target;
  /** Those at whom one has to look, and who are free. */
  readonly others: readonly { readonly agent: Agent; readonly rank: number }[];
  /** Whom to leave out of those whom the index has. */
  readonly passed: Set<AgentId>;
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
    if (agent?.app !== app || passed.has(id) || !isSelectable(tx, agent, tx.at)) return [];
    const rank = rankIn(tx, target, agent);
    return rank === undefined ? [] : [{ agent, rank }];
  });
  return { target, others, passed: new Set([...passed, ...lookedAt]) };
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
      return agent !== undefined && isSelectable(tx, agent, tx.at) ? [agent] : [];
    });
    if (selectable.length > 0) return selectable;
    for (const id of chosen) candidates.passed.add(id);
  }
}

/** Of those of the highest rank, all or the one that is chosen. There may be thousands: they are not gone through. */
function chosenOf(
  tx: UnitOfWork,
  { app, enqueue: { choice } }: QueueTask,
  { target, others, passed }: Candidates,
): readonly AgentId[] {
  const known = bestKnown(tx, app, target, passed);
  const best = others.reduce((highest, { rank }) => Math.max(highest, rank), known.rank);
  const equals = known.rank === best ? known : NOBODY;
  const more: readonly Turn[] = others.flatMap(({ agent, rank }) => (rank === best ? [agent] : []));
  switch (choice) {
    case 'all':
      return [...[...equals.turns].filter(({ id }) => !passed.has(id)), ...more].map(({ id }) => id);
    case 'random':
      return drawn(tx, equals, passed, more);
    case 'lru':
    case 'order': {
      const first = tx.world.pools.allFree(app).firstOf(equals, choice, passed);
      const [one] = [...(first === undefined ? [] : [first]), ...more].sort(FIRST_BY[choice]);
      return one === undefined ? [] : [one.id];
    }
  }
}

/** One of them by chance, if there is any. */
function drawn(
  tx: UnitOfWork,
  { turns }: Equals,
  passed: ReadonlySet<AgentId>,
  more: readonly Turn[],
): readonly AgentId[] {
  const skipped = turns.numbersOf(passed);
  const count = turns.size - skipped.length;
  let number = tx.numberBelow(count + more.length);
  if (number >= count) return more.slice(number - count, number - count + 1).map(({ id }) => id);
  for (const each of skipped) if (each <= number) number++;
  return [turns.at(number).id];
}

/** Those of the highest rank that anybody has who is not passed, as far as the index knows: it lags behind the input. */
function bestKnown(tx: UnitOfWork, app: AppId, target: Target, passed: ReadonlySet<AgentId>): Equals {
  const { pools } = tx.world;
  const ranks = pools.freeFor(keyOf(app, target));
  if (target.kind !== 'condition') return bestOf(ranks, passed);
  const condition = tx.conditions.get(target.id);
  if (condition?.app !== app) return NOBODY;
  const isIndexed = !tx.conditions.isStaged(target.id) && !choosesByTime(condition);
  if (isIndexed && !sortsByTime(condition)) return bestOf(ranks, passed);
  return bestNow(ranksNow(tx, condition, isIndexed ? turnsIn(ranks) : pools.allFree(app)), passed);
}

function bestOf(ranks: Iterable<Equals>, passed: ReadonlySet<AgentId>): Equals {
  for (const equals of ranks) if (hasOthers(equals, passed)) return equals;
  return NOBODY;
}

function hasOthers({ turns }: Equals, passed: ReadonlySet<AgentId>): boolean {
  for (const { id } of turns) if (!passed.has(id)) return true;
  return false;
}

function* turnsIn(ranks: Iterable<Equals>): Iterable<Turn> {
  for (const { turns } of ranks) yield* turns;
}

/** Whom a condition chooses at this moment. By time hardly two rank the same, so they are grouped only as asked for. */
type RanksNow = {
  readonly all: readonly { readonly turn: Turn; readonly rank: number }[];
  readonly asked: Map<number, Equals>;
};

function bestNow({ all, asked }: RanksNow, passed: ReadonlySet<AgentId>): Equals {
  let best = -Infinity;
  for (const { turn, rank } of all) if (rank > best && !passed.has(turn.id)) best = rank;
  return entryOf(asked, best, () => {
    const equals = all.filter(({ rank }) => rank === best);
    return { rank: best, turns: new Numbered(equals.map(({ turn }) => turn)) };
  });
}

const rankedIn = new WeakMap<UnitOfWork, Map<Condition, RanksNow>>();

/** Once for each input: many tasks may look for the same. */
function ranksNow(tx: UnitOfWork, condition: Condition, turns: Iterable<Turn>): RanksNow {
  const conditions = rankedIn.get(tx) ?? new Map<Condition, RanksNow>();
  rankedIn.set(tx, conditions);
  return entryOf(conditions, condition, () => {
    const all: { turn: Turn; rank: number }[] = [];
    for (const turn of turns) {
      const agent = tx.agents.get(turn.id);
      const rank = agent && rankBy(condition, agent, tx.at, tx.tellFault);
      if (rank !== undefined) all.push({ turn, rank });
    }
    return { all, asked: new Map() };
  });
}

/** The first task in the one order of all that waits which this agent fits. */
export function taskFor(tx: UnitOfWork, agent: Agent): { task: QueueTask; match: Match } | undefined {
  if (!isSelectable(tx, agent, tx.at)) return undefined;
  let first: { readonly task: QueueTask; readonly wait: Wait; readonly place: Place } | undefined;
  const isBeaten = (place: Place): boolean => first !== undefined && inOrder(first.place, place) < 0;

  const look = (line: readonly Place[]): void => {
    for (const place of line) {
      if (isBeaten(place)) break;
      if (tx.queueTasks.isStaged(place.taskId)) continue;
      const task = tx.queueTasks.need(place.taskId);
      if (task.givenAwayBy === agent.id) continue;
      const wait = waitAt(task, place.target);
      if (!isOpen(task, wait, tx.at)) continue;
      first = { task, wait, place };
      break;
    }
  };
  const { pools } = tx.world;
  look(pools.waitingFor(agentKey(agent.id)));
  for (const name of scoresOf(agent.skills).keys()) look(pools.waitingFor(skillKey(agent.app, name)));
  for (const { target, line } of pools.conditionsWaitedFor(agent.app)) {
    if (isBeaten(line[0]!)) break; // As are all lines that follow.
    if (fitsTarget(tx, target, agent)) look(line);
  }
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
