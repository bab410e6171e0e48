import { hangUp } from '../call/call';
import { arrange, place } from '../conversation/audio';
import type { EndReason } from '../conversation/conversation';
import { end, endIfDeserted, forgetInvitation } from '../conversation/membership';
import { later, type AgentId, type AppId, type CallId, type ConditionId, type QueueTaskId } from '../ids';
import type { UnitOfWork } from '../unit-of-work';
import { watchTheTime, type Condition } from './condition';
import type { Target, Waiting } from './enqueue';
import { choosesByTime, conditionKey, keyOf } from './fitting';
import { agentsFor, taskFor, type Match } from './matching';
import { aboutLeg, aboutTask } from './queue-events';
import {
  currentRoute,
  decided,
  inOrder,
  isOpen,
  legsOf,
  placeIn,
  taskDueAt,
  waitsOf,
  type QueueFailCause,
  type QueueTask,
  type RingingLeg,
} from './queue-task';
import { release } from './release';
import { ring } from './ringing';

/** A condition that is not there: nobody is waited for. */
const NOT_THERE: Waiting = { priority: 0, queueTimeoutSeconds: 0, fetchTimeoutSeconds: 1 };

/** How a task waits on each of these targets. */
export function waitsFor(tx: UnitOfWork, app: AppId, targets: readonly Target[]): readonly Waiting[] {
  return waitsOn(targets, app, (id) => tx.conditions.get(id));
}

export function waitsOn(
  targets: readonly Target[],
  app: AppId,
  conditionOf: (id: ConditionId) => Condition | undefined,
): readonly Waiting[] {
  return targets.map((target) => {
    if (target.kind !== 'condition') return waitingOf(target);
    const condition = conditionOf(target.id);
    return condition?.app === app ? waitingOf(condition) : NOT_THERE;
  });
}

export function waitingOf({ priority, queueTimeoutSeconds, fetchTimeoutSeconds }: Waiting): Waiting {
  return { priority, queueTimeoutSeconds, fetchTimeoutSeconds };
}

/** What the task waited for before anybody was looked for has come about. Nothing, where it is over already. */
export function start(tx: UnitOfWork, taskId: QueueTaskId): void {
  const task = tx.queueTasks.get(taskId);
  if (task?.phase.at !== 'starting') return;
  waitAnew(tx, task);
  seek(tx, taskId);
}

/** Rings whom the task's route offers now; else it waits, goes on with the next route, or fails. */
export function seek(tx: UnitOfWork, taskId: QueueTaskId): void {
  for (;;) {
    if (ringBest(tx, taskId)) return;
    const task = tx.queueTasks.need(taskId);
    const due = taskDueAt(task);
    if (due === null || due > tx.at) return park(tx, task);
    if (!overflow(tx, task)) return failTask(tx, task, 'timeout');
  }
}

/** False: nobody is free for the task. */
function ringBest(tx: UnitOfWork, taskId: QueueTaskId): boolean {
  for (;;) {
    const task = tx.queueTasks.need(taskId);
    const matches = agentsFor(tx, task);
    if (matches.length === 0) return false;
    const earlier = whoComesBefore(tx, task, matches);
    ring(tx, earlier?.task ?? task, earlier === undefined ? matches : [earlier.match]);
    if (earlier === undefined) return true;
  }
}

/** Time alone may have brought one of these agents to somebody who has waited longer: nobody else gets it before them. */
function whoComesBefore(
  tx: UnitOfWork,
  task: QueueTask,
  matches: readonly Match[],
): { readonly task: QueueTask; readonly match: Match } | undefined {
  if (!isTimeWaitedFor(tx, task.app)) return undefined;
  for (const { agent, wait } of matches) {
    const found = taskFor(tx, agent);
    if (found === undefined || found.task.id === task.id) continue;
    if (inOrder(placeIn(found.task, found.match.wait, 0), placeIn(task, wait, 0)) < 0) return found;
  }
  return undefined;
}

/** Whether anybody waits for whom time chooses. All others have been given whom they fit when that came about. */
function isTimeWaitedFor(tx: UnitOfWork, app: AppId): boolean {
  const { pools } = tx.world;
  const isWaitedFor = (id: ConditionId): boolean => pools.waitingFor(conditionKey(app, id)).length > 0;
  for (const id of pools.conditionsByTime(app)) if (!tx.conditions.isStaged(id) && isWaitedFor(id)) return true;
  for (const each of tx.conditions.staged()) {
    if (each.app === app && choosesByTime(each) && isWaitedFor(each.id)) return true;
  }
  return false;
}

/** It waits on its route, and hears what those who wait hear. */
function park(tx: UnitOfWork, task: QueueTask): void {
  const { route } = task;
  if (task.decisions.at(-1)?.did !== 'wait') {
    tx.queueTasks.put(decided(task, { at: tx.at, route, did: 'wait' }));
  }
  for (const target of currentRoute(task).targets) {
    if (target.kind === 'condition') watchTheTime(tx, task.app, target.id);
  }
  letHear(tx, task);
}

/** False: there is no further route. */
function overflow(tx: UnitOfWork, task: QueueTask): boolean {
  const route = task.route + 1;
  const next = task.enqueue.routes[route];
  if (next === undefined) return false;
  const passed = decided(task, { at: tx.at, route: task.route, did: 'overflow' });
  const waits = waitsFor(tx, task.app, next.targets);
  tx.queueTasks.put({ ...passed, route, routeSince: tx.at, waits, phase: { at: 'waiting' } });
  return true;
}

/** What is heard while it waits or rings follows its phase. */
export function letHear(tx: UnitOfWork, { id }: Pick<QueueTask, 'id'>): void {
  const task = tx.queueTasks.get(id);
  if (task === undefined) return;
  if (task.conversationId !== null) {
    if (tx.conversations.get(task.conversationId) !== undefined) arrange(tx, task.conversationId);
  } else if (task.origin.from === 'caller') {
    place(tx, task.origin.callId);
  }
}

/** Every target of its route has timed out. */
export function taskDue(tx: UnitOfWork, taskId: QueueTaskId): void {
  const task = tx.queueTasks.get(taskId);
  const due = task === undefined ? null : taskDueAt(task);
  if (task === undefined || due === null || due > tx.at) return;
  if (overflow(tx, task)) seek(tx, taskId);
  else failTask(tx, task, 'timeout');
}

/** An agent may have become selectable: if so, it is rung for the first that waits for it. */
export function offer(tx: UnitOfWork, id: AgentId): void {
  const agent = tx.agents.get(id);
  const found = agent && taskFor(tx, agent);
  if (found) ring(tx, found.task, [found.match]);
}

/** A condition may choose others now: those who wait for it look again, in their order, for as long as there are any. */
export function offerAll(tx: UnitOfWork, { app, id }: Condition): void {
  const key = conditionKey(app, id);
  for (const { taskId } of [...tx.world.pools.waitingFor(key)]) {
    const task = tx.queueTasks.get(taskId);
    if (task?.phase.at !== 'waiting') continue;
    const isOpenFor = waitsOf(task).some((wait) => keyOf(app, wait.target) === key && isOpen(task, wait, tx.at));
    const isServed = isOpenFor && ringBest(tx, taskId);
    // Who has given this one away may be there for the next.
    if (isOpenFor && !isServed && task.givenAwayBy === null) return;
  }
}

/** An agent's leg has ended, or was given up, before it was answered: it is left alone for a while. */
export function ringFailed(tx: UnitOfWork, callId: CallId, taskId: QueueTaskId): void {
  const task = tx.queueTasks.get(taskId);
  const leg = task && legsOf(task).find((each) => each.callId === callId);
  if (task === undefined || leg === undefined) return;
  const agent = tx.agents.need(leg.agentId);
  const { missPauseSeconds } = tx.settings;
  if (missPauseSeconds > 0) tx.agents.put({ ...agent, restsUntil: later(tx.at, missPauseSeconds) });
  const missed = decided(task, { at: tx.at, route: task.route, did: 'miss', agent: agent.name });
  tx.queueTasks.put({ ...missed, missedBy: [...missed.missedBy.filter((each) => each !== agent.id), agent.id] });

  const last = withoutLeg(tx, callId, taskId);
  if (last === undefined) return;
  if (last.enqueue.failOverflow && overflow(tx, last)) seek(tx, taskId);
  else failTask(tx, last, 'call_fail');
}

/**
 * An agent's leg has gone while nobody looked, maybe because it was answered just then. The task is not to suffer for
 * that: it waits again, on the same route, for whoever is free.
 */
export function ringMissed(tx: UnitOfWork, callId: CallId, taskId: QueueTaskId): void {
  const task = withoutLeg(tx, callId, taskId);
  if (task === undefined) return;
  waitAnew(tx, task);
  seek(tx, taskId);
}

/** From now on it waits on its route. */
function waitAnew(tx: UnitOfWork, task: QueueTask): void {
  const waits = waitsFor(tx, task.app, currentRoute(task).targets);
  tx.queueTasks.put({ ...task, routeSince: tx.at, waits, phase: { at: 'waiting' } });
}

/** Takes the leg from its task; answers the task, as it was, if this was the last to ring for it. */
function withoutLeg(tx: UnitOfWork, callId: CallId, taskId: QueueTaskId): QueueTask | undefined {
  const task = tx.queueTasks.get(taskId);
  if (task?.phase.at !== 'ringing') return undefined;
  const others = task.phase.legs.filter((each) => each.callId !== callId);
  if (others.length === 0) return task;
  tx.queueTasks.put({ ...task, phase: { at: 'ringing', legs: others } });
  letHear(tx, task);
  return undefined;
}

/** The waiting caller has hung up; `call` is no longer live. */
export function callerGone(tx: UnitOfWork, taskId: QueueTaskId): void {
  const task = tx.queueTasks.get(taskId);
  if (task !== undefined) failTask(tx, task, 'hangup');
}

/** The task is over; whom it rang and who waited for it is still to be seen to. `leg`: of the agent who is told of. */
export function retireFailed(
  tx: UnitOfWork,
  task: QueueTask,
  cause: QueueFailCause,
  leg: RingingLeg | undefined,
): void {
  const selected = leg === undefined ? null : aboutLeg(tx, leg);
  tx.queueTasks.retire(decided(task, { at: tx.at, route: task.route, did: 'fail', cause }));
  tx.notify({ event: 'callcenter.queue.fail', app: task.app, ...aboutTask(task), cause, selected });
}

/** `endReason`: of the conversation that the caller was to have. */
export function failTask(
  tx: UnitOfWork,
  task: QueueTask,
  cause: QueueFailCause,
  endReason: EndReason = 'dismiss',
): void {
  const legs = legsOf(task);
  retireFailed(tx, task, cause, legs[0]);
  for (const { callId } of legs) if (tx.calls.get(callId) !== undefined) hangUp(tx, callId);
  if (task.conversationId !== null) forgetInvitation(tx, task.conversationId, task.id);
  if (task.origin.from === 'conversation') {
    endIfDeserted(tx, task.conversationId!);
    return;
  }
  const conversation = task.conversationId === null ? undefined : tx.conversations.get(task.conversationId);
  // Somebody else talks with the caller already.
  if (conversation?.stage.at === 'begun') return void endIfDeserted(tx, conversation.id);
  const caller = tx.calls.get(task.origin.callId);
  // Before its bridge is closed.
  if (caller?.stage.at === 'queued') release(tx, caller, { result: cause, task, endReason });
  if (conversation !== undefined) end(tx, conversation, endReason);
}
