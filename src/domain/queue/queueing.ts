import { agentId } from '../agent/agent';
import { hangUp, type Call } from '../call/call';
import { place } from '../conversation/audio';
import { isFull, type EndReason } from '../conversation/conversation';
import { end, endIfDeserted, forgetInvitation, runningConversation } from '../conversation/membership';
import type { AgentId, AppId, CallId, QueueTaskId } from '../ids';
import type { Arrival, Stamped } from '../input';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import type { Enqueue, Target } from './enqueue';
import { agentsFor, taskFor } from './matching';
import { planId } from './plan';
import { legsOf, taskDueAt, type QueueFailCause, type QueueTask } from './queue-task';
import { aboutTask, aboutLeg } from './queue-events';
import { release } from './release';
import { ring } from './ringing';

/** A caller came in from the dialplan. */
export function callerEntered(tx: UnitOfWork, arrival: Stamped<'caller-entered'>): void {
  if (tx.callOn(arrival.channelId) !== undefined) return; // Told twice.
  const { app, channelId, userData, priority, answer, telnumber } = arrival;
  const taskId = tx.newId<QueueTaskId>();
  const call: Call = {
    id: tx.newId<CallId>(),
    channelId,
    app,
    party: { kind: 'outside', from: 'dialplan', telnumber },
    memberOf: [],
    stage: { at: 'queued', taskId, answered: answer },
    placement: null,
  };
  const enqueue = requested(tx, arrival);
  const asked = {
    id: taskId,
    type: 'ivr',
    origin: { from: 'caller', callId: call.id },
    userData: userData ?? enqueue?.userData ?? null,
    conversationId: null,
  } as const;
  if (enqueue === undefined) {
    tx.notify({ event: 'callcenter.queue.fail', app, ...aboutTask(asked), cause: 'error', selected: null });
    return release(tx, call, { result: 'error', task: asked });
  }
  const task: QueueTask = { ...newTask(tx, enqueue), ...asked, app, priority };
  tx.calls.put(call);
  tx.queueTasks.put(task);
  // An agent who is not logged in is just not available, as long as anything that is named is there.
  if (!targetsOf(enqueue).some((target) => isThere(tx, app, target))) return failTask(tx, task, 'error');
  tx.do({ do: 'receive', channelId, answer });
  place(tx, call.id);
  seek(tx, task.id);
}

function requested(tx: UnitOfWork, { app, request }: Arrival): Enqueue | undefined {
  switch (request.by) {
    case 'plan':
      return tx.plans.get(planId(app, request.name))?.enqueue;
    case 'enqueue':
      return request.enqueue;
    case 'mistake':
      return undefined;
  }
}

/** An agent is looked for, to join a running conversation. */
export function inviteAgent(tx: UnitOfWork, command: Stamped<'invite-agent'>): QueueTaskId {
  const { app, enqueue, mode } = command;
  for (const target of targetsOf(enqueue)) if (!isThere(tx, app, target)) throw notThere(target);
  const conversation = runningConversation(tx, command);
  const task: QueueTask = {
    ...newTask(tx, enqueue),
    userData: enqueue.userData ?? conversation.userData,
    id: tx.newId<QueueTaskId>(),
    app,
    type: 'invite_agent',
    priority: 0,
    origin: { from: 'conversation', mode },
    conversationId: conversation.id,
  };
  if (isFull(conversation)) throw new Refusal('conversation-full', { limit: conversation.maxMembers });
  tx.queueTasks.put(task);
  tx.conversations.put({ ...conversation, invited: [...conversation.invited, task.id] });
  seek(tx, task.id);
  endIfDeserted(tx, conversation.id);
  return task.id;
}

function newTask(
  tx: UnitOfWork,
  enqueue: Enqueue,
): Pick<QueueTask, 'enqueue' | 'queuedAt' | 'route' | 'routeSince' | 'phase'> {
  return { enqueue, queuedAt: tx.at, route: 0, routeSince: tx.at, phase: { at: 'waiting' } };
}

function targetsOf({ routes }: Enqueue): readonly Target[] {
  return routes.flatMap(({ targets }) => targets);
}

/** Anybody may have a skill some day; an agent is there while logged in. There are no conditions. */
function isThere(tx: UnitOfWork, app: AppId, target: Target): boolean {
  if (target.kind === 'agent') return tx.agents.get(agentId(app, target.name)) !== undefined;
  return target.kind === 'skill';
}

function notThere(target: Target): Refusal {
  if (target.kind === 'condition') return new Refusal('condition-not-found', { id: target.id });
  return new Refusal('agent-not-found', { name: target.name });
}

/** Rings whom the task's route offers now; else it waits, goes on with the next route, or fails. */
function seek(tx: UnitOfWork, taskId: QueueTaskId): void {
  let task = tx.queueTasks.need(taskId);
  for (;;) {
    const matches = agentsFor(tx, task);
    if (matches.length > 0) return ring(tx, task, matches);
    const due = taskDueAt(task);
    if (due === null || due > tx.at) return;
    const next = nextRoute(tx, task);
    if (next === undefined) return failTask(tx, task, 'timeout');
    tx.queueTasks.put((task = next));
  }
}

function nextRoute(tx: UnitOfWork, task: QueueTask): QueueTask | undefined {
  const route = task.route + 1;
  if (route >= task.enqueue.routes.length) return undefined;
  return { ...task, route, routeSince: tx.at, phase: { at: 'waiting' } };
}

/** Every target of its route has timed out. */
export function taskDue(tx: UnitOfWork, taskId: QueueTaskId): void {
  const task = tx.queueTasks.get(taskId);
  const due = task === undefined ? null : taskDueAt(task);
  if (task === undefined || due === null || due > tx.at) return;
  const next = nextRoute(tx, task);
  if (next === undefined) return failTask(tx, task, 'timeout');
  tx.queueTasks.put(next);
  seek(tx, taskId);
}

/** An agent may have become selectable: if so, it is rung for the first that waits for it. */
export function offer(tx: UnitOfWork, id: AgentId): void {
  const agent = tx.agents.get(id);
  const found = agent && taskFor(tx, agent);
  if (found) ring(tx, found.task, [found.match]);
}

/** An agent's leg has ended, or was given up, before it was answered. */
export function ringFailed(tx: UnitOfWork, callId: CallId, taskId: QueueTaskId): void {
  const task = withoutLeg(tx, callId, taskId);
  if (task === undefined) return;
  const next = task.enqueue.failOverflow ? nextRoute(tx, task) : undefined;
  if (next === undefined) return failTask(tx, task, 'call_fail');
  tx.queueTasks.put(next);
  seek(tx, taskId);
}

/**
 * An agent's leg has gone while nobody looked, maybe because it was answered just then. The task is not to suffer for
 * that: it waits again, on the same route, for whoever is free.
 */
export function ringMissed(tx: UnitOfWork, callId: CallId, taskId: QueueTaskId): void {
  const task = withoutLeg(tx, callId, taskId);
  if (task === undefined) return;
  tx.queueTasks.put({ ...task, routeSince: tx.at, phase: { at: 'waiting' } });
  seek(tx, taskId);
}

/** Takes the leg from its task; answers the task, as it was, if this was the last to ring for it. */
function withoutLeg(tx: UnitOfWork, callId: CallId, taskId: QueueTaskId): QueueTask | undefined {
  const task = tx.queueTasks.get(taskId);
  if (task?.phase.at !== 'ringing') return undefined;
  const others = task.phase.legs.filter((each) => each.callId !== callId);
  if (others.length === 0) return task;
  tx.queueTasks.put({ ...task, phase: { at: 'ringing', legs: others } });
  return undefined;
}

/** Its conversation ends, for this reason. */
export function cancelTask(tx: UnitOfWork, task: QueueTask, endReason: EndReason): void {
  failTask(tx, task, 'cancel', endReason);
}

/** The waiting caller has hung up; `call` is no longer live. */
export function callerGone(tx: UnitOfWork, taskId: QueueTaskId): void {
  const task = tx.queueTasks.get(taskId);
  if (task !== undefined) failTask(tx, task, 'hangup');
}

/** `endReason`: of the conversation that the caller was to have. */
function failTask(tx: UnitOfWork, task: QueueTask, cause: QueueFailCause, endReason: EndReason = 'dismiss'): void {
  const legs = legsOf(task);
  const leg = legs[0] === undefined ? null : aboutLeg(tx, legs[0]);
  tx.queueTasks.retire(task);
  tx.notify({ event: 'callcenter.queue.fail', app: task.app, ...aboutTask(task), cause, selected: leg });
  for (const { callId } of legs) if (tx.calls.get(callId) !== undefined) hangUp(tx, callId);
  if (task.conversationId !== null) forgetInvitation(tx, task.conversationId, task.id);
  if (task.origin.from === 'conversation') {
    endIfDeserted(tx, task.conversationId!);
    return;
  }
  const caller = tx.calls.get(task.origin.callId);
  if (caller !== undefined) release(tx, caller, { result: cause, task, endReason }); // Before its bridge is closed.
  const conversation = task.conversationId === null ? undefined : tx.conversations.get(task.conversationId);
  if (conversation !== undefined) end(tx, conversation, endReason);
}
