import type { Agent } from '../agent/agent';
import { entryOf } from '../entry-of';
import type { AgentId, AppId, ConditionId } from '../ids';
import type { Change, World } from '../world';
import type { Condition } from './condition';
import {
  conditionKey,
  isFree,
  lastingOf,
  rankBy,
  scoresOf,
  skillKey,
  type OnFault,
  type RuleFault,
  type TargetKey,
} from './fitting';
import { Lines, type ConditionLine, type Line } from './lines';
import type { QueueTask } from './queue-task';
import { Ranks, type Group } from './ranks';
import { SkillHolders } from './skill-holders';
import { Turns, type Equals, type Turn } from './turns';

const NOBODY: Iterable<Equals> = [];
const NO_TURNS = new Turns();

/** What is kept of a condition, so that it is not made anew for each agent. `lasting`: null if time chooses. */
type KeyedCondition = { readonly key: TargetKey; readonly lasting: Condition | null };

type Kept = { readonly app: AppId; readonly turn: Turn; readonly among: Group[] };

type Holding = Pick<World, 'settings' | 'agents' | 'extensions' | 'conditions'>;

/**
 * Finds who waits for what, who is free for what, and whether anybody has a skill, without a search: an index that follows
 * the collections of the world, and can be made from them anew at any time.
 *
 * Under each target's key there are those who wait for it, in order, and the agents who are free and fit it, by their
 * rank. An agent as a target needs none of that, and a condition that looks at the time keeps no agents: whoever asks
 * must look at all who are free.
 */
export class Pools {
  readonly skills = new SkillHolders();
  private readonly lines = new Lines();
  private readonly free = new Map<TargetKey, Ranks>();
  private readonly freeIn = new Map<AppId, Turns>();
  private readonly conditionsByTimeIn = new Map<AppId, Set<ConditionId>>();
  private readonly conditionsIn = new Map<AppId, Map<ConditionId, KeyedCondition>>();
  /** Where an agent is kept as free. */
  private readonly kept = new Map<AgentId, Kept>();

  /** How many tasks wait. */
  get waitingCount(): number {
    return this.lines.count;
  }

  waitingFor(key: TargetKey): Line {
    return this.lines.for(key);
  }

  /** The lines for the application's conditions, in the order of those who are first in each. */
  conditionsWaitedFor(app: AppId): readonly ConditionLine[] {
    return this.lines.ofConditions(app);
  }

  /** Highest rank first. */
  freeFor(key: TargetKey): Iterable<Equals> {
    return this.free.get(key) ?? NOBODY;
  }

  allFree(app: AppId): Iterable<Turn> & Pick<Turns, 'size' | 'firstOf'> {
    return this.freeIn.get(app) ?? NO_TURNS;
  }

  /** For whom time chooses, whether anybody waits for them or not. */
  conditionsByTime(app: AppId): Iterable<ConditionId> {
    return this.conditionsByTimeIn.get(app) ?? [];
  }

  /** To be told of each change, after it was written; `before`: what was there. Tells of rules that failed. */
  follow(world: Holding, change: Change, before: Change['value'] | undefined): readonly RuleFault[] {
    const faults: RuleFault[] = [];
    const onFault: OnFault = (fault) => faults.push(fault);
    switch (change.kind) {
      case 'queueTasks':
        this.lines.follow(before as QueueTask | undefined, change.live ? change.value : undefined);
        break;
      case 'agents':
        this.skills.follow(before as Agent | undefined, change.live ? change.value : undefined);
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
      case 'formerAccounts':
      case 'outsideUse':
      case 'plans':
      case 'calls':
      case 'conversations':
        break;
    }
    return faults;
  }

  private followAgent(world: Holding, id: AgentId, agent: Agent | undefined, onFault: OnFault): void {
    this.forget(id);
    if (agent === undefined || !isFree(agent, world.extensions.get(agent.extensionId), world.settings)) return;
    const { app, name, loggedInAt, lastTalkAt } = agent;
    const kept: Kept = { app, turn: { id, name, loggedInAt, lastTalkAt }, among: [] };
    this.kept.set(id, kept);
    entryOf(this.freeIn, app, () => new Turns()).add(kept.turn);
    for (const [skill, score] of scoresOf(agent.skills)) this.keep(kept, skillKey(app, skill), score);
    for (const condition of this.conditionsIn.get(app)?.values() ?? []) {
      this.keepFor(condition, kept, agent, onFault);
    }
  }

  private keepFor({ lasting, key }: KeyedCondition, kept: Kept, agent: Agent, onFault: OnFault): void {
    const rank = lasting === null ? undefined : rankBy(lasting, agent, agent.loggedInAt, onFault);
    if (rank !== undefined) this.keep(kept, key, rank);
  }

  private keep({ turn, among }: Kept, key: TargetKey, rank: number): void {
    among.push(entryOf(this.free, key, () => new Ranks(key)).add(rank, turn));
  }

  private forget(id: AgentId): void {
    const kept = this.kept.get(id);
    if (kept === undefined) return;
    this.kept.delete(id);
    const turns = this.freeIn.get(kept.app)!;
    turns.delete(kept.turn);
    if (turns.size === 0) this.freeIn.delete(kept.app);
    for (const group of kept.among) {
      const ranks = this.free.get(group.key)!;
      ranks.delete(group, kept.turn);
      if (ranks.size === 0) this.free.delete(group.key);
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
    const byTime = entryOf(this.conditionsByTimeIn, app, () => new Set<ConditionId>());
    conditions.delete(id);
    byTime.delete(id);
    const keyed = after && { key, lasting: lastingOf(after) };
    if (keyed !== undefined) conditions.set(id, keyed);
    if (keyed?.lasting === null) byTime.add(id);
    if (before !== undefined && after?.where === before.where && after.sort === before.sort) return;
    for (const group of this.free.get(key) ?? []) {
      for (const turn of group.turns) remove(this.kept.get(turn.id)!.among, group);
    }
    this.free.delete(key);
    if (keyed === undefined) return;
    for (const turn of this.allFree(app)) {
      this.keepFor(keyed, this.kept.get(turn.id)!, world.agents.get(turn.id)!, onFault);
    }
  }
}

/** Nothing has changed that would make it free, or fit something else. */
function isSameToAll(one: Agent, other: Agent): boolean {
  return (
    one.state === other.state &&
    one.callId === other.callId &&
    one.lastTalkAt === other.lastTalkAt &&
    one.loggedInAt === other.loggedInAt &&
    one.restsUntil === other.restsUntil &&
    one.extensionId === other.extensionId &&
    one.skills === other.skills &&
    one.num === other.num
  );
}

function remove<Item>(items: Item[], item: Item): void {
  const index = items.indexOf(item);
  if (index >= 0) items.splice(index, 1);
}
