import { dialPhone, fetch } from '../agent/agent-phone';
import { hangUp, type Call, type Party } from '../call/call';
import { mix, place } from '../conversation/audio';
import { isStillQueued, PARTY, type Member } from '../conversation/conversation';
import { createConversation } from '../conversation/creating';
import { beginOnce, forgetInvitation, join } from '../conversation/membership';
import { later, type AgentName, type ConversationId } from '../ids';
import type { UnitOfWork } from '../unit-of-work';
import type { Match } from './matching';
import { aboutLeg, aboutTask, whoWaits } from './queue-events';
import type { Sound } from './enqueue-sound';
import { decided, legsOf, type QueueTask, type RingingLeg } from './queue-task';
import { letHear } from './seeking';

/** The agents are taken at once, so nobody else can be given them. */
export function ring(tx: UnitOfWork, task: QueueTask, matches: readonly Match[]): void {
  const target = matches[0]?.wait.target;
  const conditionId = target?.kind === 'condition' ? target.id : null;
  const chosen = decided(
    { ...task, conditionId },
    { at: tx.at, route: task.route, did: 'ring', agents: matches.map(({ agent }) => agent.name) },
  );
  const conversationId = chosen.conversationId ?? gather(tx, chosen);
  const conversation = tx.conversations.need(conversationId);
  if (conversation.queueId === task.id) {
    const seconds = task.enqueue.conversationTimeoutSeconds;
    const endsAt = isStillQueued(conversation) ? later(tx.at, seconds) : conversation.endsAt;
    tx.conversations.put({ ...conversation, conditionId, endsAt });
  }
  const legs = matches.map((match) => ringAgent(tx, { ...chosen, conversationId }, match));
  tx.queueTasks.put({ ...chosen, conversationId, phase: { at: 'ringing', legs } });
  letHear(tx, chosen);
}

function ringAgent(tx: UnitOfWork, task: QueueTask, { agent, wait }: Match): RingingLeg {
  const { app, enqueue } = task;
  const callId = dialPhone(tx, agent, {
    onAnswer: { then: 'serve', taskId: task.id },
    ringSeconds: wait.waiting.fetchTimeoutSeconds,
    talkSeconds: enqueue.conversationTimeoutSeconds,
    from: whoWaits(tx, task),
    userData: task.userData,
  });
  const leg: RingingLeg = { agentId: agent.id, callId };
  tx.notify({ event: 'callcenter.queue.select', app, ...aboutTask(task), ...aboutLeg(tx, leg) });
  fetch(tx, agent, callId, enqueue.reserveState);
  return leg;
}

/** The conversation of a caller for whom an agent was found: the caller is in it from now on. */
function gather(tx: UnitOfWork, task: QueueTask): ConversationId {
  const { callId } = task.origin as Extract<QueueTask['origin'], { from: 'caller' }>;
  const caller = tx.calls.need(callId);
  const id = tx.newId<ConversationId>();
  const { app, enqueue, conditionId, userData, queuedAt } = task;
  const party = caller.party as Party;
  const member: Member = { callId, party, mode: 1, role: PARTY, since: tx.at, until: null };
  createConversation(tx, enqueue, {
    id,
    app,
    type: 'queue',
    channelId: caller.channelId,
    queueId: task.id,
    conditionId,
    userData,
    beginTime: queuedAt,
    members: [member],
    invited: [task.id],
  });
  tx.calls.put({ ...caller, memberOf: [id] });
  place(tx, callId);
  return id;
}

/** The agent answered: it joins, and the task is done. Whoever else rang for it stops. */
export function serve(tx: UnitOfWork, call: Call, taskId: QueueTask['id']): void {
  const task = tx.queueTasks.need(taskId);
  const conversationId = task.conversationId!;
  const leg = legsOf(task).find((each) => each.callId === call.id)!;
  const others = legsOf(task).filter(({ callId }) => callId !== call.id);
  for (const { callId } of others) hangUp(tx, callId, { answeredElsewhere: true });
  tx.queueTasks.retire(decided(task, { at: tx.at, route: task.route, did: 'serve', agent: agentOf(call) }));
  forgetInvitation(tx, conversationId, taskId);
  beginOnce(tx, conversationId);
  tx.notify({ event: 'callcenter.queue.success', app: task.app, ...aboutTask(task), ...aboutLeg(tx, leg) });
  const mode = task.origin.from === 'caller' ? 1 : task.origin.mode;
  if (task.enqueue.playNum) mix(tx, conversationId);
  join(tx, { callId: call.id, conversationId }, mode);
  if (task.enqueue.playNum) announceNumber(tx, task, leg);
}

/** The conversation hears whom it has got: the agent's number, digit by digit, between what the document puts around it. */
function announceNumber(
  tx: UnitOfWork,
  { enqueue, app, conversationId }: QueueTask,
  { agentId }: RingingLeg,
): void {
  const { num } = tx.agents.need(agentId);
  const number = num === null ? null : (`digits:${num}` as Sound);
  const sounds = [enqueue.preNumVoice, number, enqueue.postNumVoice].filter((each) => each !== null);
  if (sounds.length === 0) return;
  tx.do({ do: 'announce', bridgeId: tx.conversations.need(conversationId!).bridgeId, app, sounds });
}

function agentOf({ party }: Call): AgentName {
  if (party.kind !== 'agent') throw new Error(`calls: ${party.kind} is served to itself`);
  return party.name;
}
