import { agentId } from '../agent/agent';
import { newCall } from '../call/call';
import { place } from '../conversation/audio';
import { isFull } from '../conversation/conversation';
import { runningConversation } from '../conversation/membership';
import type { ListenSpeakMode } from '../conversation/listen-speak-mode';
import type { AgentId, AppId, CallId, ConversationId, QueueTaskId } from '../ids';
import type { Arrival, Stamped } from '../input';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import type { Enqueue, Target } from './enqueue';
import { planId } from './plan';
import { aboutTask } from './queue-events';
import type { QueueTask } from './queue-task';
import { release } from './release';
import { failTask, seek, start, waitsFor } from './seeking';

/** A caller came in from the dialplan. */
export function callerEntered(tx: UnitOfWork, arrival: Stamped<'caller-entered'>): void {
  if (tx.callOn(arrival.channelId) !== undefined) return; // Told twice.
  const { app, channelId, request, priority, answer, telnumber } = arrival;
  const taskId = tx.newId<QueueTaskId>();
  const enqueue = requested(tx, arrival);
  const userData = arrival.userData ?? enqueue?.userData ?? null;
  const call = newCall({
    id: tx.newId<CallId>(),
    channelId,
    app,
    userData,
    queueId: taskId,
    party: { kind: 'outside', from: 'dialplan', telnumber },
    stage: { at: 'queued', taskId, answered: answer },
  });
  const asked = {
    id: taskId,
    type: 'ivr',
    origin: { from: 'caller', callId: call.id },
    userData,
    rejectedWith: null,
    conversationId: null,
    conditionId: null,
  } as const;
  if (enqueue === undefined) {
    tx.notify({ event: 'callcenter.queue.fail', app, ...aboutTask(asked), cause: 'error', selected: null });
    return release(tx, call, { result: 'error', task: asked });
  }
  const plan = request.by === 'plan' ? request.name : null;
  const task = newTask(tx, { app, enqueue, plan, priority, ...asked });
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
  expectThere(tx, app, enqueue);
  const conversation = runningConversation(tx, command);
  if (isFull(conversation)) throw new Refusal('conversation-full', { limit: conversation.maxMembers });
  const id = tx.newId<QueueTaskId>();
  search(tx, conversation.id, { id, type: 'invite_agent', enqueue, mode });
  return id;
}

type Search = Pick<QueueTask, 'id' | 'type' | 'enqueue'> & { readonly mode: ListenSpeakMode };

/** Somebody is looked for who is to join the conversation, in this mode. */
export function search(tx: UnitOfWork, conversationId: ConversationId, wanted: Search): void {
  prepareSearch(tx, conversationId, wanted);
  start(tx, wanted.id);
}

/** The same, but nobody is looked for before the task is started. `givenAwayBy`: not this agent. */
export function prepareSearch(
  tx: UnitOfWork,
  conversationId: ConversationId,
  { mode, ...wanted }: Search & { readonly givenAwayBy?: AgentId },
): void {
  const conversation = tx.conversations.need(conversationId);
  const { enqueue } = wanted;
  const task = newTask(tx, {
    app: conversation.app,
    userData: enqueue.userData ?? conversation.userData,
    origin: { from: 'conversation', mode },
    conversationId,
    phase: { at: 'starting' },
    ...wanted,
  });
  tx.queueTasks.put(task);
  tx.conversations.put({ ...conversation, invited: [...conversation.invited, wanted.id] });
}

type Asked = Pick<QueueTask, 'id' | 'app' | 'enqueue' | 'type' | 'origin' | 'conversationId' | 'userData'> &
  Partial<QueueTask>;

/** A task that waits for the first route of its document, and is new in all that is not given. */
export function newTask(tx: UnitOfWork, asked: Asked): QueueTask {
  const { app, enqueue } = asked;
  return {
    plan: null,
    priority: 0,
    queuedAt: tx.at,
    conditionId: null,
    route: 0,
    routeSince: tx.at,
    waits: waitsFor(tx, app, enqueue.routes[0]!.targets),
    phase: { at: 'waiting' },
    missedBy: [],
    givenAwayBy: null,
    rejectedWith: null,
    decisions: [],
    ...asked,
  };
}

/** @throws Refusal for the first agent or condition that the document names and that is not there. */
export function expectThere(tx: UnitOfWork, app: AppId, enqueue: Enqueue): void {
  for (const target of targetsOf(enqueue)) if (!isThere(tx, app, target)) throw notThere(target);
}

function targetsOf({ routes }: Enqueue): readonly Target[] {
  return routes.flatMap(({ targets }) => targets);
}

/** Anybody may have a skill some day; an agent is there while logged in, a condition from its making to its deletion. */
function isThere(tx: UnitOfWork, app: AppId, target: Target): boolean {
  switch (target.kind) {
    case 'agent':
      return tx.agents.get(agentId(app, target.name)) !== undefined;
    case 'skill':
      return true;
    case 'condition':
      return tx.conditions.get(target.id)?.app === app;
  }
}

function notThere(target: Target): Refusal {
  if (target.kind === 'condition') return new Refusal('condition-not-found', { id: target.id });
  return new Refusal('agent-not-found', { name: target.name });
}
