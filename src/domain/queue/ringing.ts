import { changeState } from '../agent/agent';
import { hangUp, type Call } from '../call/call';
import { place } from '../conversation/audio';
import { MAX_MEMBERS, type Conversation, type Member } from '../conversation/conversation';
import { beginOnce, forgetInvitation, join, limitLife } from '../conversation/membership';
import type { Destination } from '../effect';
import { gatewayUser } from '../extension/extension';
import {
  later,
  type AgentName,
  type BridgeId,
  type CallId,
  type ChannelId,
  type ConversationId,
  type ExtensionId,
  type QueueTaskId,
} from '../ids';
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
  if (conversation.queueId === task.id) tx.conversations.put({ ...conversation, conditionId });
  const legs = matches.map((match) => ringAgent(tx, chosen, match));
  tx.queueTasks.put({ ...chosen, conversationId, phase: { at: 'ringing', legs } });
  letHear(tx, chosen);
}

function ringAgent(tx: UnitOfWork, task: QueueTask, { agent, wait }: Match): RingingLeg {
  const callId = tx.newId<CallId>();
  const channelId = callId as string as ChannelId;
  const { id, app, extensionId } = agent;
  const ringSeconds = wait.waiting.fetchTimeoutSeconds;
  tx.calls.put({
    id: callId,
    channelId,
    app,
    party: { kind: 'agent', agentId: id, name: agent.name, extensionId },
    memberOf: [],
    stage: {
      at: 'ringing',
      giveUpAt: later(tx.at, ringSeconds),
      onAnswer: { then: 'serve', taskId: task.id },
      alerting: false,
    },
    placement: null,
  });
  const lifeSeconds = ringSeconds + task.enqueue.conversationTimeoutSeconds;
  tx.do({
    do: 'dial',
    callId,
    channelId,
    to: phoneOf(tx, extensionId),
    from: whoWaits(tx, task),
    ringSeconds,
    lifeSeconds,
  });
  const leg: RingingLeg = { agentId: id, callId };
  tx.notify({ event: 'callcenter.queue.select', app, ...aboutTask(task), ...aboutLeg(tx, leg) });
  tx.agents.put({ ...agent, reserveState: task.enqueue.reserveState });
  changeState(tx, id, 'fetching', callId);
  return leg;
}

function phoneOf(tx: UnitOfWork, id: ExtensionId): Destination {
  const { line } = tx.extensions.need(id);
  switch (line.type) {
    case '1':
      return { kind: 'endpoint', user: line.user };
    case '2':
      if (line.telnum === null) return { kind: 'endpoint', user: gatewayUser(id) };
      return { kind: 'number', number: line.telnum, trunk: gatewayUser(id) };
    case '3':
      return { kind: 'number', number: line.telnum, trunk: tx.settings.trunk! }; // Selectable only if there is one.
  }
}

/** The conversation of a caller for whom an agent was found: the caller is in it from now on. */
function gather(tx: UnitOfWork, task: QueueTask): ConversationId {
  const { callId } = task.origin as Extract<QueueTask['origin'], { from: 'caller' }>;
  const caller = tx.calls.need(callId);
  const id = tx.newId<ConversationId>();
  const bridgeId = tx.newId<BridgeId>();
  const { conversationLevel, conversationTimeoutSeconds } = task.enqueue;
  const member: Member = { callId, party: caller.party, mode: 1, since: tx.at, until: null };
  const conversation: Conversation = {
    id,
    app: task.app,
    type: 'queue',
    bridgeId,
    channelId: caller.channelId,
    queueId: task.id,
    conditionId: task.conditionId,
    agentCallId: null,
    userData: task.userData,
    holdVoice: task.enqueue.holdVoice,
    underTalk: null,
    beginTime: task.queuedAt,
    endsAt: later(tx.at, conversationTimeoutSeconds),
    maxMembers: conversationLevel === 1 ? 2 : MAX_MEMBERS,
    members: [member],
    invited: [task.id],
    stage: { at: 'gathering' },
  };
  tx.conversations.put(conversation);
  tx.calls.put({ ...caller, memberOf: [id] });
  tx.do({ do: 'open-bridge', bridgeId });
  place(tx, callId);
  return id;
}

/** The agent answered: it joins, and the task is done. Whoever else rang for it stops. */
export function serve(tx: UnitOfWork, call: Call, taskId: QueueTaskId): void {
  const task = tx.queueTasks.need(taskId);
  const conversationId = task.conversationId!;
  const leg = legsOf(task).find((each) => each.callId === call.id)!;
  const others = legsOf(task).filter(({ callId }) => callId !== call.id);
  for (const { callId } of others) hangUp(tx, callId, { answeredElsewhere: true });
  tx.queueTasks.retire(decided(task, { at: tx.at, route: task.route, did: 'serve', agent: agentOf(call) }));
  forgetInvitation(tx, conversationId, taskId);
  if (task.origin.from === 'caller') connect(tx, task.origin.callId);
  beginOnce(tx, conversationId);
  tx.notify({ event: 'callcenter.queue.success', app: task.app, ...aboutTask(task), ...aboutLeg(tx, leg) });
  const mode = task.origin.from === 'caller' ? 1 : task.origin.mode;
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

/** The caller is through: it talks now, and no longer waits. */
function connect(tx: UnitOfWork, callId: CallId): void {
  const caller = tx.calls.need(callId);
  if (caller.stage.at !== 'queued') return;
  if (!caller.stage.answered) tx.do({ do: 'receive', channelId: caller.channelId, answer: true });
  tx.calls.put({ ...caller, stage: { at: 'up', since: tx.at, hangUpAt: null } });
  limitLife(tx, callId);
}
