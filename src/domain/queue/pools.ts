import type { Agent } from '../agent/agent';
import { entryOf } from '../entry-of';
import type { AgentId, AppId, ConditionId } from '../ids';
import type { Change, World } from '../world';
import type { Condition } from './condition';
import type { Target } from './enqueue';
import {
  agentKey,
  conditionKey,
  isFree,
  keyOf,
  lastingRankBy,
  scoresOf,
  skillKey,
  type OnFault,
  type RuleFault,
  type TargetKey,
} from './fitting';
import { inOrder, placeIn, waitsOf, type Place, type QueueTask } from './queue-task';

const NOBODY: ReadonlyMap<ConditionId, readonly Place[]> = new Map();

export type KeyedCondition = { readonly condition: Condition; readonly key: TargetKey };

type Holding = Pick<World, 'settings' | 'agents' | 'extensions' | 'conditions'>;

/**
 * Finds who waits for what, and who is free for what, without a search: an index that follows the collections of the
 * world, and can be made from them anew at any time.
 *
 * Under each target's key there are those who wait for it, in order, and the agents who are free and fit it, with their
 * rank: a score, or what a condition sorts by. A condition that looks at the time keeps no agents: whoever asks must
 * look at all who are free.
 */
export class Pools {
  private readonly waiting = new Map<TargetKey, Place[]>();
  /** Those in `waiting` that are for conditions. */
  private readonly waitingByCondition = new Map<AppId, Map<ConditionId, Place[]>>();
  private readonly free = new Map<TargetKey, Map<AgentId, number>>();
  private readonly freeIn = new Map<AppId, Set<AgentId>>();
  private readonly conditionsIn = new Map<AppId, Map<ConditionId, KeyedCondition>>();
  /** Where an agent is kept as free. */
  private readonly kept = new Map<AgentId, { readonly app: AppId; readonly keys: TargetKey[] }>();

  /** How many tasks wait. */
  waitingCount = 0;

  waitingFor(key: TargetKey): readonly Place[] {
    return this.waiting.get(key) ?? [];
  }

  /** All conditions of the application for which anybody waits. */
  conditionsWaitedFor(app: AppId): ReadonlyMap<ConditionId, readonly Place[]> {
    return this.waitingByCondition.get(app) ?? NOBODY;
  }

  freeFor(key: TargetKey): ReadonlyMap<AgentId, number> {
    return this.free.get(key) ?? new Map();
  }

  allFree(app: AppId): ReadonlySet<AgentId> {
    return this.freeIn.get(app) ?? new Set();
  }

  /** With their keys, which are not made anew each time that all conditions are looked through. */
  conditionsOf(app: AppId): Iterable<KeyedCondition> {
    return this.conditionsIn.get(app)?.values() ?? [];
  }

  /** To be told of each change, after it was written; `before`: what was there. Tells of rules that failed. */
  follow(world: Holding, change: Change, before: Change['value'] | undefined): readonly RuleFault[] {
    const faults: RuleFault[] = [];
    const onFault: OnFault = (fault) => faults.push(fault);
    switch (change.kind) {
      case 'queueTasks':
        this.followTask(before as QueueTask | undefined, change.live ? change.value : undefined);
        break;
      case 'agents':
        if (change.live && before !== undefined && isSameToAll(before as Agent, change.value)) break;
        this.followAgent(world, change.value.id, change.live ? change.value : undefined, onFault);
        break;
      case 'extensions': {
        const earlier = (before as typeof change.value | undefined)?.boundTo;
        for (const id of new Set([earlier, change.value.boundTo])) {
          const agent = id ? world.agents.get(id) : undefined;
          if (agent !== undefined) this.followAgent(world, agent.id, agent, onFault);
        }
        break;
      }
      case 'conditions':
        this.followCondition(
          world,
          before as Condition | undefined,
          change.live ? change.value : undefined,
          onFault,
        );
        break;
      case 'trunks':
      case 'plans':
      case 'calls':
      case 'conversations':
        break;
    }
    return faults;
  }

  private followTask(before: QueueTask | undefined, after: QueueTask | undefined): void {
    if (before?.phase.at === 'waiting' && after !== undefined && waitsAlike(before, after)) return;
    this.waitingCount += countOf(after) - countOf(before);
    for (const { key, place, target } of placesOf(before)) {
      const line = this.waiting.get(key)!;
      line.splice(indexIn(line, place), 1);
      if (line.length > 0) continue;
      this.waiting.delete(key);
      if (target.kind === 'condition') this.waitingByCondition.get(before!.app)!.delete(target.id);
    }
    for (const { key, place, target } of placesOf(after)) {
      const line = entryOf(this.waiting, key, (): Place[] => []);
      line.splice(indexIn(line, place), 0, place);
      if (line.length > 1 || target.kind !== 'condition') continue;
      entryOf(this.waitingByCondition, after!.app, () => new Map<ConditionId, Place[]>()).set(target.id, line);
    }
  }

  private followAgent(world: Holding, id: AgentId, agent: Agent | undefined, onFault: OnFault): void {
    this.forget(id);
    if (agent === undefined || !isFree(agent, world.extensions.get(agent.extensionId), world.settings)) return;
    const keys: TargetKey[] = [];
    const enter = (key: TargetKey, rank: number): void => {
      entryOf(this.free, key, () => new Map<AgentId, number>()).set(id, rank);
      keys.push(key);
    };
    enter(agentKey(id), 0);
    for (const [name, score] of scoresOf(agent.skills)) enter(skillKey(agent.app, name), score);
    for (const { condition, key } of this.conditionsOf(agent.app)) {
      const rank = lastingRankBy(condition, agent, onFault);
      if (rank !== undefined) enter(key, rank);
    }
    this.kept.set(id, { app: agent.app, keys });
    entryOf(this.freeIn, agent.app, () => new Set<AgentId>()).add(id);
  }

  private forget(id: AgentId): void {
    const kept = this.kept.get(id);
    if (kept === undefined) return;
    this.kept.delete(id);
    this.freeIn.get(kept.app)!.delete(id);
    for (const key of kept.keys) {
      const all = this.free.get(key)!;
      all.delete(id);
      if (all.size === 0) this.free.delete(key);
    }
  }

  private followCondition(
    world: Holding,
    before: Condition | undefined,
    after: Condition | undefined,
    onFault: OnFault,
  ): void {
    const { id, app } = (after ?? before)!;
    const key = conditionKey(app, id);
    const conditions = entryOf(this.conditionsIn, app, () => new Map<ConditionId, KeyedCondition>());
    if (after === undefined) conditions.delete(id);
    else conditions.set(id, { condition: after, key });
    if (before !== undefined && after?.where === before.where && after.sort === before.sort) return;
    for (const agentId of this.freeFor(key).keys()) remove(this.kept.get(agentId)!.keys, key);
    this.free.delete(key);
    if (after === undefined) return;
    const chosen = new Map<AgentId, number>();
    for (const agentId of this.allFree(app)) {
      const rank = lastingRankBy(after, world.agents.get(agentId)!, onFault);
      if (rank === undefined) continue;
      chosen.set(agentId, rank);
      this.kept.get(agentId)!.keys.push(key);
    }
    if (chosen.size > 0) this.free.set(key, chosen);
  }
}

/** Nothing has changed that would make it free, or fit something else. */
function isSameToAll(one: Agent, other: Agent): boolean {
  return (
    one.state === other.state &&
    one.callId === other.callId &&
    one.restsUntil === other.restsUntil &&
    one.extensionId === other.extensionId &&
    one.skills === other.skills &&
    one.num === other.num
  );
}

function countOf(task: QueueTask | undefined): number {
  return task?.phase.at === 'waiting' ? 1 : 0;
}

/** Nothing has changed that has a say in where it waits. */
function waitsAlike(one: QueueTask, other: QueueTask): boolean {
  return (
    other.phase.at === 'waiting' &&
    one.route === other.route &&
    one.waits === other.waits &&
    one.priority === other.priority &&
    one.enqueue === other.enqueue
  );
}

type Standing = { readonly key: TargetKey; readonly place: Place; readonly target: Target };

function placesOf(task: QueueTask | undefined): readonly Standing[] {
  if (task?.phase.at !== 'waiting') return [];
  return waitsOf(task).map((wait, index) => ({
    key: keyOf(task.app, wait.target),
    place: placeIn(task, wait, index),
    target: wait.target,
  }));
}

/** Where a place is, or belongs. */
function indexIn(line: readonly Place[], place: Place): number {
  let [from, to] = [0, line.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (inOrder(line[middle]!, place) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

function remove<Item>(items: Item[], item: Item): void {
  const index = items.indexOf(item);
  if (index >= 0) items.splice(index, 1);
}
