import type { Expression } from '../expression/expression';
import { later, type AppId, type ConditionId, type Instant, type QueueTaskId } from '../ids';
import type { Stamped } from '../input';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import { choosesByTime, conditionKey } from './fitting';
import { waitsOf } from './queue-task';
import { offerAll, waitingOf } from './seeking';

/** A named rule for choosing agents. */
export type Condition = ConditionRule & {
  readonly id: ConditionId;
  readonly app: AppId;
  readonly createdAt: Instant;
  /** When to look again whom it chooses, because time alone may change that and somebody waits; else null. */
  readonly lookAt: Instant | null;
};

/** What a client says of it. */
export type ConditionRule = {
  /** Which agents it chooses. */
  readonly where: Expression<'boolean'>;
  /** Which of them before others: the higher the sooner; null: all equal. */
  readonly sort: Expression<'number'> | null;
  /** 0-99. */
  readonly priority: number;
  /** 1-1000. */
  readonly queueTimeoutSeconds: number;
  /** 1-60. */
  readonly fetchTimeoutSeconds: number;
  readonly remark: string | null;
};

/** Expressions know whole seconds, so nothing changes in between. */
const LOOK_AGAIN_SECONDS = 1;

export function createCondition(tx: UnitOfWork, command: Stamped<'create-condition'>): ConditionId {
  const { app, where, sort, priority, queueTimeoutSeconds, fetchTimeoutSeconds, remark } = command;
  const rule = { where, sort, priority, queueTimeoutSeconds, fetchTimeoutSeconds, remark };
  const id = tx.newId<ConditionId>();
  tx.conditions.put({ id, app, createdAt: tx.at, lookAt: null, ...rule });
  return id;
}

/** Takes effect on those who wait at once: whom they may get, how urgent they are, and how long they wait. */
export function changeCondition(tx: UnitOfWork, command: Stamped<'change-condition'>): null {
  const condition = conditionOf(tx, command);
  const {
    where = condition.where,
    sort = condition.sort,
    priority = condition.priority,
    queueTimeoutSeconds = condition.queueTimeoutSeconds,
    fetchTimeoutSeconds = condition.fetchTimeoutSeconds,
    remark = condition.remark,
  } = command;
  const rule = { where, sort, priority, queueTimeoutSeconds, fetchTimeoutSeconds, remark };
  const { app, id } = condition;
  tx.conditions.put({ ...condition, ...rule });
  const tasks = tasksWaitingFor(tx, condition);
  if (tasks.length === 0) return null;
  for (const taskId of tasks) {
    const task = tx.queueTasks.need(taskId);
    const waits = waitsOf(task).map(({ target, waiting }) =>
      target.kind === 'condition' && target.id === id ? waitingOf(rule) : waiting,
    );
    tx.queueTasks.put({ ...task, waits });
  }
  watchTheTime(tx, app, id);
  offerAll(tx, condition);
  return null;
}

/** Those who wait for it go on waiting as they did, and time out. */
export function deleteCondition(tx: UnitOfWork, command: Stamped<'delete-condition'>): null {
  tx.conditions.retire(conditionOf(tx, command));
  return null;
}

/** Somebody waits for the condition: if time alone may change whom it chooses, it is looked at again. */
export function watchTheTime(tx: UnitOfWork, app: AppId, id: ConditionId): void {
  const condition = tx.conditions.get(id);
  if (condition?.app !== app || condition.lookAt !== null || !choosesByTime(condition)) return;
  tx.conditions.put({ ...condition, lookAt: later(tx.at, LOOK_AGAIN_SECONDS) });
}

export function conditionDueAt({ lookAt }: Condition): Instant | null {
  return lookAt;
}

export function conditionDue(tx: UnitOfWork, id: ConditionId): void {
  const condition = tx.conditions.get(id);
  if (condition === undefined || condition.lookAt === null || condition.lookAt > tx.at) return;
  tx.conditions.put({ ...condition, lookAt: null });
  offerAll(tx, condition);
  if (tasksWaitingFor(tx, condition).length > 0) watchTheTime(tx, condition.app, id);
}

function tasksWaitingFor(tx: UnitOfWork, { app, id }: Condition): readonly QueueTaskId[] {
  const places = tx.world.pools.waitingFor(conditionKey(app, id));
  const tasks = new Set(places.map(({ taskId }) => taskId));
  return [...tasks].filter((taskId) => tx.queueTasks.get(taskId)?.phase.at === 'waiting');
}

/** Another application's condition "does not exist". */
function conditionOf(
  tx: UnitOfWork,
  { app, conditionId }: { readonly app: AppId; readonly conditionId: ConditionId },
): Condition {
  const condition = tx.conditions.get(conditionId);
  if (condition?.app !== app) throw new Refusal('condition-not-found', { id: conditionId });
  return condition;
}
