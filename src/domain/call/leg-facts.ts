import { changeState, type Agent } from '../agent/agent';
import { beginOnce, endIfDeserted, forgetInvitation, join, leave } from '../conversation/membership';
import { later, type BridgeId, type CallId, type ChannelId } from '../ids';
import type { Facts } from '../input';
import { callerGone, letHear, offer, ringFailed, ringMissed } from '../queue/seeking';
import { serve } from '../queue/ringing';
import type { UnitOfWork } from '../unit-of-work';
import { hangUp, type Call, type OnAnswer } from './call';

/** What those who wait hear may depend on it. */
export function legAlerting(tx: UnitOfWork, { channelId }: Facts['leg-alerting']): void {
  const call = tx.callOn(channelId);
  if (call?.stage.at !== 'ringing' || call.stage.alerting) return;
  tx.calls.put({ ...call, stage: { ...call.stage, alerting: true } });
  const { onAnswer } = call.stage;
  if (onAnswer.then === 'serve') letHear(tx, { id: onAnswer.taskId });
}

export function legAnswered(tx: UnitOfWork, { channelId }: Facts['leg-answered']): void {
  const call = tx.callOn(channelId);
  if (call?.stage.at !== 'ringing') {
    // Told twice, or we gave it up before the answer came.
    if (call === undefined || call.stage.at === 'ending') hangUpChannel(tx, channelId);
    return;
  }
  const { onAnswer } = call.stage;
  const hangUpAt = onAnswer.then === 'join' ? later(tx.at, onAnswer.talkSeconds) : null;
  const answered: Call = { ...call, stage: { at: 'up', since: tx.at, hangUpAt } };
  tx.calls.put(answered);
  if (call.party.kind === 'agent') changeState(tx, call.party.agentId, 'talking', call.id);

  if (onAnswer.then === 'serve') return serve(tx, answered, onAnswer.taskId);
  const { conversationId, mode } = onAnswer;
  forgetInvitation(tx, conversationId, call.id);
  beginOnce(tx, conversationId);
  join(tx, { callId: call.id, conversationId }, mode);
}

export function legEnded(tx: UnitOfWork, { channelId }: Pick<Facts['leg-ended'], 'channelId'>): void {
  const call = tx.callOn(channelId);
  if (call !== undefined) endCall(tx, call); // Else told twice.
}

/** A leg was gone when somebody looked again. */
export function legMissed(tx: UnitOfWork, { channelId }: Pick<Facts['leg-ended'], 'channelId'>): void {
  const call = tx.callOn(channelId);
  if (call !== undefined) endCall(tx, call, ringMissed);
}

/** A leg is no more: whatever it was part of goes on without it. */
export function endCall(tx: UnitOfWork, call: Call, whenRinging = ringFailed): void {
  const { id, stage, party } = call;
  tx.calls.put({ ...call, stage: { at: 'ending' } }); // So that no rule asks for its hang-up.
  if (stage.at === 'ringing') invitationFailed(tx, id, stage.onAnswer, whenRinging);
  if (stage.at !== 'queued') {
    for (const conversationId of call.memberOf) leave(tx, { callId: id, conversationId });
  }
  tx.calls.retire({ ...tx.calls.need(id), memberOf: [] });
  if (stage.at === 'queued') callerGone(tx, stage.taskId);
  if (party.kind === 'agent') setFree(tx, tx.agents.need(party.agentId));
}

/** Its phone is on hook again. */
function setFree(tx: UnitOfWork, agent: Agent): void {
  if (agent.state === 'talking') tx.agents.put({ ...agent, lastTalkAt: tx.at });
  changeState(tx, agent.id, agent.reserveState, null);
  offer(tx, agent.id);
}

function invitationFailed(tx: UnitOfWork, callId: CallId, onAnswer: OnAnswer, whenRinging = ringFailed): void {
  if (onAnswer.then === 'serve') return whenRinging(tx, callId, onAnswer.taskId);
  forgetInvitation(tx, onAnswer.conversationId, callId);
  endIfDeserted(tx, onAnswer.conversationId);
}

/** It rang long enough, or talked long enough. */
export function callDue(tx: UnitOfWork, callId: CallId): void {
  const stage = tx.calls.get(callId)?.stage;
  if (stage?.at === 'ringing' && stage.giveUpAt <= tx.at) {
    hangUp(tx, callId);
    invitationFailed(tx, callId, stage.onAnswer);
  }
  if (stage?.at === 'up' && stage.hangUpAt !== null && stage.hangUpAt <= tx.at) hangUp(tx, callId);
}

/** Hangs up a channel that is no call of ours, or no longer. */
export function hangUpChannel(tx: UnitOfWork, channelId: ChannelId, from: BridgeId | null = null): void {
  tx.do({ do: 'hang-up', channelId, from });
}
