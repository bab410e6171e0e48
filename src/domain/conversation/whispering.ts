import { hangUp, newCall, type Call } from '../call/call';
import { later, type BridgeId, type CallId, type ConversationId } from '../ids';
import type { UnitOfWork } from '../unit-of-work';
import { place } from './audio';
import { isActive, isParty, memberOn, present, type Conversation, type Member } from './conversation';

/** Asterisk makes an ear at once, or not at all. */
const EAR_SECONDS = 10;

/**
 * A coach whispers exactly while it only listens in the conversation and the leg that it coaches is active there, as
 * somebody who talks: what that leg hears and says elsewhere is none of its business, and meanwhile it listens like any
 * supervisor. So nobody whispers to who whispers back.
 */
export function seeToWhispers(tx: UnitOfWork, conversationId: ConversationId): void {
  const conversation = tx.conversations.need(conversationId);
  for (const member of present(conversation)) {
    const { whisper, stage } = tx.calls.need(member.callId);
    const coached = coachedBy(conversation, member);
    if (coached === undefined) stopWhisper(tx, member.callId, conversationId);
    else if (whisper === null && stage.at === 'up') startWhisper(tx, member.callId, conversationId, coached);
  }
}

/** The leg to whisper to now, if there is one. */
function coachedBy(conversation: Conversation, coach: Member): CallId | undefined {
  const { role } = coach;
  if (role.as === 'party' || role.coaching === null || role.barging || !isActive(coach)) return undefined;
  const coached = memberOn(conversation, role.coaching);
  const isTalking = coached !== undefined && isActive(coached) && isParty(coached.role);
  return isTalking ? coached.callId : undefined;
}

function startWhisper(tx: UnitOfWork, callId: CallId, conversationId: ConversationId, coached: CallId): void {
  const coach = tx.calls.need(callId);
  const ear = newCall({
    id: tx.newId<CallId>(),
    app: coach.app,
    party: { kind: 'ear', coach: callId },
    stage: {
      at: 'ringing',
      giveUpAt: later(tx.at, EAR_SECONDS),
      onAnswer: { then: 'whisper' },
      alerting: false,
    },
  });
  const bridgeId = tx.newId<BridgeId>();
  tx.calls.put(ear);
  tx.calls.put({ ...coach, whisper: { conversationId, earId: ear.id, bridgeId } });
  tx.do({ do: 'open-bridge', bridgeId, kind: 'mixing' });
  tx.do({ do: 'snoop', channelId: ear.channelId, on: tx.calls.need(coached).channelId });
}

/** Ends what a call whispers in the conversation, if anything: it listens on in the conversation's bridge, if it is still in. */
export function stopWhisper(tx: UnitOfWork, callId: CallId, conversationId: ConversationId): void {
  const coach = tx.calls.get(callId);
  if (coach?.whisper?.conversationId !== conversationId) return;
  if (tx.calls.get(coach.whisper.earId) !== undefined) hangUp(tx, coach.whisper.earId);
  endWhisper(tx, coach);
}

/** The leg has another channel now: who whispers to it does so to that one. */
export function whisperAnew(tx: UnitOfWork, { id, memberOf }: Call): void {
  for (const conversationId of memberOf) {
    for (const { callId, role } of present(tx.conversations.need(conversationId))) {
      if (role.as === 'supervisor' && role.coaching === id) stopWhisper(tx, callId, conversationId);
    }
    seeToWhispers(tx, conversationId);
  }
}

/** The ear is there: from now on both sit in their bridge. */
export function earOpened(tx: UnitOfWork, ear: Call): void {
  const coach = coachOf(tx, ear);
  if (coach === undefined) return hangUp(tx, ear.id);
  place(tx, ear.id);
  place(tx, coach.id);
}

/** The ear is gone, maybe with the leg that it was on. It is made anew when something in the conversation changes. */
export function earClosed(tx: UnitOfWork, ear: Call): void {
  const coach = coachOf(tx, ear);
  if (coach !== undefined) endWhisper(tx, coach);
}

function coachOf(tx: UnitOfWork, { id, party }: Call): Call | undefined {
  const coach = party.kind === 'ear' ? tx.calls.get(party.coach) : undefined;
  return coach?.whisper?.earId === id ? coach : undefined;
}

function endWhisper(tx: UnitOfWork, coach: Call): void {
  tx.calls.put({ ...coach, whisper: null });
  place(tx, coach.id); // Out of the bridge before it is closed.
  tx.do({ do: 'close-bridge', bridgeId: coach.whisper!.bridgeId });
}
