import { changeState, type Agent } from '../agent/agent';
import { startCall } from '../agent/calling-out';
import { arrange } from '../conversation/audio';
import { beginOnce, endIfDeserted, forgetInvitation, join, leave } from '../conversation/membership';
import { earClosed, earOpened } from '../conversation/whispering';
import { later, type BridgeId, type CallId, type ChannelId, type ConversationId, type QueueTaskId } from '../ids';
import type { Facts } from '../input';
import { callerGone, failTask, letHear, offer, ringFailed, ringMissed, start } from '../queue/seeking';
import { serve } from '../queue/ringing';
import type { UnitOfWork } from '../unit-of-work';
import { hangUp, type Call, type OnAnswer } from './call';

/** Q.850, 2.2.7.1: it rang, and nobody answered. */
const NO_ANSWER = 19;
const HANDING_OVER_SECONDS = 5;

/** What those who wait hear may depend on it. */
export function legAlerting(tx: UnitOfWork, { channelId }: Facts['leg-alerting']): void {
  const call = tx.callOn(channelId);
  if (call?.stage.at !== 'ringing' || call.stage.alerting) return;
  tx.calls.put({ ...call, stage: { ...call.stage, alerting: true } });
  const { onAnswer } = call.stage;
  if (onAnswer.then === 'serve') letHear(tx, { id: onAnswer.taskId });
  if (onAnswer.then === 'join') arrange(tx, onAnswer.conversationId);
}

export function legAnswered(tx: UnitOfWork, { channelId }: Facts['leg-answered']): void {
  const call = tx.callOn(channelId);
  if (call?.stage.at !== 'ringing') {
    // Told twice, or we gave it up before the answer came.
    if (call === undefined || call.stage.at === 'ending') hangUpChannel(tx, channelId);
    return;
  }
  const { onAnswer } = call.stage;
  const talkSeconds = onAnswer.then === 'join' ? onAnswer.talkSeconds : null;
  const hangUpAt = talkSeconds === null ? null : later(tx.at, talkSeconds);
  const answered: Call = { ...call, stage: { at: 'up', since: tx.at, hangUpAt } };
  tx.calls.put(answered);
  const { id: callId, party, userData } = call;
  if (party.kind === 'agent') changeState(tx, party.agentId, 'talking', { callId, userData });

  switch (onAnswer.then) {
    case 'serve':
      return serve(tx, answered, onAnswer.taskId);
    case 'call':
      return startCall(tx, answered, onAnswer);
    case 'whisper':
      return earOpened(tx, answered);
    case 'join': {
      const { conversationId, mode, role } = onAnswer;
      forgetInvitation(tx, conversationId, call.id);
      if (call.party.kind === 'outside') beginOnce(tx, conversationId); // An agent comes by itself.
      return join(tx, { callId: call.id, conversationId }, mode, role);
    }
  }
}

/** It rings no more, whatever its time: the dialplan tries each second to hand it over. */
export function legKept(tx: UnitOfWork, { channelId }: Pick<Facts['leg-answered'], 'channelId'>): void {
  const call = tx.callOn(channelId);
  if (call?.stage.at !== 'ringing') return;
  const handedOverBy = later(tx.at, HANDING_OVER_SECONDS);
  if (call.stage.giveUpAt >= handedOverBy) return;
  tx.calls.put({ ...call, stage: { ...call.stage, giveUpAt: handedOverBy } });
}

export function legEnded(tx: UnitOfWork, { channelId, cause }: Facts['leg-ended']): void {
  const call = tx.callOn(channelId);
  if (call !== undefined) endCall(tx, call, { cause: cause || null }); // Else told twice.
}

/** A leg was gone when somebody looked again. */
export function legMissed(tx: UnitOfWork, { channelId }: Pick<Facts['leg-ended'], 'channelId'>): void {
  const call = tx.callOn(channelId);
  if (call !== undefined) endCall(tx, call, { whenRinging: ringMissed });
}

/** A leg is no more: whatever it was part of goes on without it. `cause`: Q.850; null: not known. */
export function endCall(
  tx: UnitOfWork,
  call: Call,
  {
    cause = null,
    whenRinging = ringFailed,
  }: { readonly cause?: number | null; readonly whenRinging?: WhenRinging } = {},
): void {
  const { id, stage, party } = call;
  tx.calls.put({ ...call, stage: { at: 'ending', then: null } }); // So that no rule asks for its hang-up.
  if (stage.at === 'ringing') invitationFailed(tx, call, stage.onAnswer, cause, whenRinging);
  if (stage.at !== 'queued') {
    for (const conversationId of call.memberOf) leave(tx, { callId: id, conversationId });
    for (const conversationId of call.memberOf) giveUpSearch(tx, id, conversationId);
  }
  tx.calls.retire({ ...tx.calls.need(id), memberOf: [] });
  if (stage.at === 'queued') callerGone(tx, stage.taskId);
  if (party.kind === 'ear') earClosed(tx, call);
  if (party.kind === 'agent') setFree(tx, tx.agents.need(party.agentId), call);
  if (stage.at === 'ending' && stage.then !== null) start(tx, stage.then);
}

/** Who talks with somebody else by now may still be looked for an agent: that is over, too. */
function giveUpSearch(tx: UnitOfWork, callId: CallId, conversationId: ConversationId): void {
  for (const each of tx.conversations.get(conversationId)?.invited ?? []) {
    const task = tx.queueTasks.get(each as QueueTaskId);
    if (task?.origin.from === 'caller' && task.origin.callId === callId) failTask(tx, task, 'hangup');
  }
}

/** Its phone is on hook again. */
function setFree(tx: UnitOfWork, agent: Agent, { id, userData }: Call): void {
  if (agent.state === 'talking') tx.agents.put({ ...agent, lastTalkAt: tx.thereUntil(id) });
  changeState(tx, agent.id, agent.reserveState, { callId: null, userData });
  offer(tx, agent.id);
}

type WhenRinging = (tx: UnitOfWork, callId: CallId, taskId: QueueTaskId) => void;

function invitationFailed(
  tx: UnitOfWork,
  { id: callId, app, party }: Call,
  onAnswer: OnAnswer,
  cause: number | null,
  whenRinging: WhenRinging,
): void {
  if (onAnswer.then === 'serve') return whenRinging(tx, callId, onAnswer.taskId);
  if (onAnswer.then !== 'join') return;
  const conversation = tx.conversations.get(onAnswer.conversationId);
  if (party.kind === 'outside' && conversation !== undefined) {
    const { id, userData } = conversation;
    const [event, currentTime] = ['callcenter.conversation.call_failed', tx.at] as const;
    tx.notify({ event, app, id, callId, telnumber: party.telnumber, cause, currentTime, userData });
  }
  forgetInvitation(tx, onAnswer.conversationId, callId);
  endIfDeserted(tx, onAnswer.conversationId);
}

/** It rang long enough, or talked long enough. */
export function callDue(tx: UnitOfWork, callId: CallId): void {
  const call = tx.calls.get(callId);
  if (call === undefined) return;
  const { stage } = call;
  if (stage.at === 'ringing' && stage.giveUpAt <= tx.at) {
    hangUp(tx, callId);
    invitationFailed(tx, call, stage.onAnswer, NO_ANSWER, ringFailed);
  }
  if (stage.at === 'up' && stage.hangUpAt !== null && stage.hangUpAt <= tx.at) hangUp(tx, callId);
}

/** Hangs up a channel that is no call of ours, or no longer. */
export function hangUpChannel(tx: UnitOfWork, channelId: ChannelId, from: BridgeId | null = null): void {
  tx.do({ do: 'hang-up', channelId, from });
}
