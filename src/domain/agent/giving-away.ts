import { hangUp, type Call } from '../call/call';
import { dialOutside } from '../conversation/inviting';
import { depart } from '../conversation/membership';
import type { CallId, QueueTaskId } from '../ids';
import type { Stamped } from '../input';
import { claimTrunk } from '../outside/claiming';
import { legsOf, type QueueTask, type RingingLeg } from '../queue/queue-task';
import { expectThere, newTask, prepareSearch } from '../queue/queueing';
import { letHear, retireFailed, ringFailed } from '../queue/seeking';
import { taskOf } from '../queue/steering';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import { agentNamed, type Agent } from './agent';
import { seatOf } from './taking-part';

/** An agent would not have the call that rings at its phone. */
export function reject(tx: UnitOfWork, command: Stamped<'reject'>): null {
  const { task, leg } = ringingAt(tx, command);
  if (command.userData !== null) sayWhy(tx, task, command.userData);
  hangUp(tx, leg.callId);
  ringFailed(tx, leg.callId, task.id);
  return null;
}

/** Whoever is in a conversation already comes back into the dialplan with that, and not with the task. */
function sayWhy(tx: UnitOfWork, task: QueueTask, rejectedWith: string): void {
  tx.queueTasks.put({ ...task, rejectedWith });
  if (task.origin.from === 'caller') return;
  tx.conversations.put({ ...tx.conversations.need(task.conversationId!), rejectedWith });
}

/** The call that rings at an agent's phone is to go to somebody else: another task goes on in the place of this one. */
export function forwardToAgent(tx: UnitOfWork, command: Stamped<'forward-to-agent'>): QueueTaskId {
  const { app, enqueue } = command;
  expectThere(tx, app, enqueue);
  const { agent, task, leg } = ringingAt(tx, command);
  const { origin, queuedAt, priority, userData } = task;
  const conversation = tx.conversations.need(task.conversationId!); // It has one while it rings.
  const id = tx.newId<QueueTaskId>();

  retireFailed(tx, task, 'forward', leg);
  const forwarded = newTask(tx, {
    id,
    app,
    enqueue,
    type: 'fwd_agent',
    origin,
    conversationId: conversation.id,
    userData: enqueue.userData ?? conversation.userData ?? userData,
    // It is the same caller, who has waited since then.
    queuedAt,
    priority,
    phase: { at: 'starting' },
    givenAwayBy: agent.id,
  });
  tx.queueTasks.put(forwarded);
  const invited = conversation.invited.map((each) => (each === task.id ? id : each));
  const isItsOwn = conversation.queueId === task.id;
  tx.conversations.put({ ...conversation, invited, queueId: isItsOwn ? id : conversation.queueId });
  if (origin.from === 'caller') waitFor(tx, tx.calls.get(origin.callId), id);
  for (const { callId } of legsOf(task)) hangUp(tx, callId, callId === leg.callId ? { then: id } : {});
  letHear(tx, { id });
  return id;
}

function waitFor(tx: UnitOfWork, caller: Call | undefined, taskId: QueueTaskId): void {
  if (caller?.stage.at === 'queued')
    tx.calls.put({ ...caller, queueId: taskId, stage: { ...caller.stage, taskId } });
}

/** An agent leaves a conversation, for which another one is looked for then. */
export function transferToAgent(tx: UnitOfWork, command: Stamped<'transfer-to-agent'>): QueueTaskId {
  const { app, enqueue } = command;
  expectThere(tx, app, enqueue);
  const { agent, callId, conversationId } = seatOf(tx, command);
  const id = tx.newId<QueueTaskId>();
  prepareSearch(tx, conversationId, { id, type: 'xfer_agent', enqueue, mode: 1, givenAwayBy: agent.id });
  depart(tx, { callId, conversationId }, id);
  return id;
}

/** An agent leaves a conversation, into which a number is called. */
export function transferOut(tx: UnitOfWork, command: Stamped<'transfer-out'>): CallId {
  const { callId, conversationId } = seatOf(tx, command);
  const trunk = claimTrunk(tx, command.app, command);
  const calledId = dialOutside(tx, tx.conversations.need(conversationId), command, 1, trunk);
  depart(tx, { callId, conversationId });
  return calledId;
}

/** The task that rings at this agent's phone now. @throws Refusal */
function ringingAt(
  tx: UnitOfWork,
  command: Pick<Stamped<'reject'>, 'app' | 'name' | 'taskId'>,
): { readonly agent: Agent; readonly task: QueueTask; readonly leg: RingingLeg } {
  const agent = agentNamed(tx, command.app, command.name);
  const task = taskOf(tx, command);
  const leg = legsOf(task).find(({ agentId }) => agentId === agent.id);
  if (leg === undefined) {
    const { name } = agent;
    throw new Refusal('busy', {
      problem: { zh: `排队任务未在 ${name} 处振铃`, en: `the task does not ring at ${name}` },
    });
  }
  return { agent, task, leg };
}
