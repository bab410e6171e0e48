import { agentId } from '../../src/domain/agent/agent';
import type { AgentName, ConditionId, QueueTaskId } from '../../src/domain/ids';
import type { Input, Stamp } from '../../src/domain/input';
import type { Condition, ConditionRule } from '../../src/domain/queue/condition';
import { agentEnqueue, type ConditionTarget, type Enqueue, type Target } from '../../src/domain/queue/enqueue';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { World } from '../../src/domain/world';
import { expressionOf } from './expressions';
import { ANN } from './happenings';
import { anId, APP, givenACaller, NOW, when } from './worlds';

/** What a client may write in a condition. */
export type WrittenRule = Partial<Omit<ConditionRule, 'where' | 'sort'>> & {
  readonly where?: string;
  readonly sort?: string | null;
};

/** The part of a rule that is given, read and checked. */
export function ruleOf({ where, sort, ...rest }: WrittenRule): Partial<ConditionRule> {
  return {
    ...rest,
    ...(where === undefined ? {} : { where: expressionOf(where, 'boolean') }),
    ...(sort === undefined ? {} : { sort: sort === null ? null : expressionOf(sort, 'number') }),
  };
}

/** Everybody, none before others, waited for up to a minute, rung up to 45 seconds. */
export function aRule(written: WrittenRule = {}): ConditionRule {
  return {
    where: expressionOf('true', 'boolean'),
    sort: null,
    priority: 0,
    queueTimeoutSeconds: 60,
    fetchTimeoutSeconds: 45,
    remark: null,
    ...ruleOf(written),
  };
}

export function aCondition(written: WrittenRule = {}, changes: Partial<Condition> = {}): Condition {
  return { id: anId<ConditionId>(), app: APP, createdAt: NOW, lookAt: null, ...aRule(written), ...changes };
}

/** The condition as a client makes it; answers its id. */
export function givenACondition(world: World, written: WrittenRule = {}, stamp: Partial<Stamp> = {}): ConditionId {
  return when(world, { type: 'create-condition', app: APP, ...aRule(written) }, stamp).answer;
}

export function changing(conditionId: ConditionId, written: WrittenRule): Input<'change-condition'> {
  return { type: 'change-condition', app: APP, conditionId, ...ruleOf(written) };
}

export function deleting(conditionId: ConditionId): Input<'delete-condition'> {
  return { type: 'delete-condition', app: APP, conditionId };
}

export function conditionTarget(id: ConditionId): ConditionTarget {
  return { kind: 'condition', id };
}

/** A document with these routes of any targets, one for each list. */
export function documentOf(routes: readonly (readonly Target[])[], changes: Partial<Enqueue> = {}): Enqueue {
  return { ...agentEnqueue(ANN), routes: routes.map((targets) => ({ targets })), ...changes };
}

/** A caller came in with such a document; its id and what came of it. */
export function givenOneWhoAsks(
  world: World,
  routes: readonly (readonly Target[])[],
  { priority = 0, ...stamp }: Partial<Stamp> & { readonly priority?: number } = {},
  changes: Partial<Enqueue> = {},
) {
  const request = { by: 'enqueue', enqueue: documentOf(routes, changes) } as const;
  return givenACaller(world, { request, priority }, stamp);
}

/** Whom the task rings now, by name; `waiting`: nobody; `over`: it is no longer there. */
export function ringing(world: World, taskId: QueueTaskId): readonly string[] | 'waiting' | 'over' {
  const task = world.queueTasks.get(taskId);
  if (task === undefined) return 'over';
  return task.phase.at === 'waiting' ? 'waiting' : namesOf(world, task);
}

function namesOf(world: World, { phase }: QueueTask): readonly string[] {
  const legs = phase.at === 'ringing' ? phase.legs : [];
  return legs.map((leg) => world.agents.get(leg.agentId)!.name).sort();
}

export function settingState(name: AgentName, state: Input<'set-state'>['state'] = 'idle'): Input<'set-state'> {
  return { type: 'set-state', app: APP, name, state };
}

export const idOf = (name: AgentName) => agentId(APP, name);
