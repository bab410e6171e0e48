import { hangUp, type Call } from '../call/call';
import { later, type AppId, type CallId, type ConversationId, type Instant, type QueueTaskId } from '../ids';
import { agentNamed } from '../agent/agent';
import type { Stamped } from '../input';
import type { QueueFailCause } from '../queue/queue-task';
import { release } from '../queue/release';
import { failTask, start } from '../queue/seeking';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import { arrange, place } from './audio';
import {
  isActive,
  isParty,
  isStillQueued,
  memberOn,
  PARTY,
  parties,
  present,
  type Conversation,
  type EndReason,
  type Member,
  type Role,
  type Seat,
} from './conversation';
import { HELD, speaks, type ListenSpeakMode } from './listen-speak-mode';
import { stopWhisper } from './whispering';

/** How much later than our own deadline Asterisk acts on its own, should we be dead by then. */
const GRACE_SECONDS = 10;

/** Another application's conversation "does not exist", and so does one that has ended. */
export function runningConversation(
  tx: UnitOfWork,
  { app, conversationId }: { readonly app: AppId; readonly conversationId: ConversationId },
): Conversation {
  const conversation = tx.conversations.get(conversationId);
  if (conversation?.app !== app) throw new Refusal('conversation-not-found', { conversation_id: conversationId });
  return conversation;
}

/** The first party that was invited has answered, or two have somebody to talk to by themselves. */
export function beginOnce(tx: UnitOfWork, conversationId: ConversationId): void {
  const conversation = tx.conversations.need(conversationId);
  if (conversation.stage.at !== 'gathering') return;
  const { app, id, type, queueId, agentCallId, userData } = conversation;
  tx.conversations.put({ ...conversation, stage: { at: 'begun', since: tx.at } });
  tx.notify({ event: 'callcenter.conversation.begin', app, id, type, queueId, agentCallId, userData });
}

/** Takes a live call in. It counts as a member from now on, whatever its mode. */
export function join(tx: UnitOfWork, seat: Seat, mode: ListenSpeakMode, role = PARTY): void {
  const conversation = tx.conversations.need(seat.conversationId);
  takeIn(tx, seat, mode, role);
  tellOfParts(tx, conversation);
}

/** The same, for one of several: nobody is told that the parts have changed. */
export function takeIn(tx: UnitOfWork, seat: Seat, mode: ListenSpeakMode, role: Role): void {
  const { callId, conversationId } = seat;
  const call = tx.calls.need(callId);
  const conversation = tx.conversations.need(conversationId);
  if (call.party.kind === 'ear') throw new Error(`calls: ${callId} is nobody's leg`);
  const member: Member = { callId, party: call.party, mode, role, since: tx.at, until: null };
  const members = [...conversation.members, member];
  tx.conversations.put({ ...conversation, members });
  tx.calls.put({ ...call, memberOf: [...call.memberOf, conversationId] });
  listenAndSpeak(tx, seat, mode);
  limitLife(tx, callId); // Who is to be heard is heard first.
  tellOfAgent(tx, call, conversation, 'enter');
}

/** As soon as two are active it has begun, if it had not yet, and nobody of those in it waits any more. */
function connectParties(tx: UnitOfWork, conversationId: ConversationId): readonly CallId[] {
  const members = parties(tx.conversations.need(conversationId));
  if (members.filter(isActive).length > 1) beginOnce(tx, conversationId);
  if (tx.conversations.need(conversationId).stage.at !== 'begun' || members.length < 2) return [];
  return members.flatMap(({ callId }) => (connect(tx, callId) ? callId : []));
}

/** A caller who has waited has somebody to talk to now. */
function connect(tx: UnitOfWork, callId: CallId): boolean {
  const caller = tx.calls.need(callId);
  if (caller.stage.at !== 'queued') return false;
  if (!caller.stage.answered) tx.do({ do: 'receive', channelId: caller.channelId, answer: true });
  tx.calls.put({ ...caller, stage: { at: 'up', since: tx.at, hangUpAt: null } });
  return true;
}

/** Asterisk ends the leg itself, a little after we should have, so the limits hold even if we are dead. */
export function limitLife(tx: UnitOfWork, callId: CallId): void {
  const call = tx.calls.need(callId);
  tx.do({ do: 'limit', channelId: call.channelId, until: lastMoment(tx, call) });
}

/** When Asterisk ends a member's leg by itself. */
export function lastMoment(tx: UnitOfWork, { memberOf, stage }: Call): Instant {
  const lastEnd = Math.max(...memberOf.map((id) => tx.conversations.need(id).endsAt));
  const ownEnd = stage.at === 'up' ? (stage.hangUpAt ?? Infinity) : Infinity;
  return later(Math.min(lastEnd, ownEnd) as Instant, GRACE_SECONDS);
}

/**
 * Sets what a member hears and says. A call is active (1-3) in one conversation at most,
 * so becoming active here holds it everywhere else, in this same unit of work. Where its phone
 * would bring it back to is forgotten, if this decides otherwise.
 */
export function listenAndSpeak(tx: UnitOfWork, seat: Seat, mode: ListenSpeakMode): void {
  const { callId, conversationId } = seat;
  const call = tx.calls.need(callId);
  const overrules = mode !== HELD || call.phoneHold?.conversationId === conversationId;
  if (overrules) tx.calls.put({ ...call, phoneHold: null });
  const others = call.memberOf.filter((each) => each !== conversationId);
  const heldNow = mode === HELD ? [] : others;
  for (const other of heldNow) putMode(tx, { callId, conversationId: other }, HELD);
  putMode(tx, seat, mode);
  const connected = connectParties(tx, conversationId);
  for (const each of [...heldNow, conversationId]) arrange(tx, each);
  for (const each of connected) limitLife(tx, each);
}

export function setAgentMode(tx: UnitOfWork, command: Stamped<'set-agent-mode'>): null {
  const { callId } = agentNamed(tx, command.app, command.name);
  const conversation = runningConversation(tx, command);
  if (callId === null) throw new Refusal('not-a-member', { name: command.name });
  setMode(tx, conversation, callId, command.mode, { name: command.name });
  return null;
}

export function setCallMode(tx: UnitOfWork, command: Stamped<'set-call-mode'>): null {
  const { callId, mode } = command;
  if (tx.calls.get(callId)?.app !== command.app) throw new Refusal('call-not-found', { call_id: callId });
  const conversation = runningConversation(tx, command);
  setMode(tx, conversation, callId, mode, { call_id: callId });
  return null;
}

/**
 * Somebody says what a member is to hear and say from now on. A supervisor who only listens again counts no longer, so
 * that the conversation ends as if it had left, if the others are too few. @throws Refusal
 */
export function setMode(
  tx: UnitOfWork,
  conversation: Conversation,
  callId: CallId,
  mode: ListenSpeakMode,
  who: Readonly<Record<string, string>>,
): void {
  if (memberOn(conversation, callId) === undefined) throw new Refusal('not-a-member', who);
  changeMode(tx, { callId, conversationId: conversation.id }, mode);
  endIfDeserted(tx, conversation.id);
}

/** The same, whoever is left by it. */
export function changeMode(tx: UnitOfWork, seat: Seat, mode: ListenSpeakMode): void {
  const { role } = memberOn(tx.conversations.need(seat.conversationId), seat.callId)!;
  if (role.as === 'supervisor' && mode !== HELD) {
    changeMember(tx, seat, { role: { ...role, barging: speaks(mode) } }); // Who is spoken to has somebody to talk to.
  }
  listenAndSpeak(tx, seat, mode);
}

/** Takes a call out of one conversation, and ends the conversation if nobody is left to talk to. */
export function leave(tx: UnitOfWork, seat: Seat): void {
  const call = stepOut(tx, seat);
  place(tx, call.id); // Its bridge may be closed next.
  goOnWithout(tx, call, seat.conversationId);
}

/** An agent leaves, and its phone is on hook unless it takes part elsewhere. `then`: the task that starts by that. */
export function depart(tx: UnitOfWork, seat: Seat, then: QueueTaskId | null = null): void {
  const call = stepOut(tx, seat);
  letGo(tx, call, tx.conversations.need(seat.conversationId), then);
  goOnWithout(tx, call, seat.conversationId);
  if (call.memberOf.length > 0 && then !== null) start(tx, then);
}

function goOnWithout(tx: UnitOfWork, call: Call, conversationId: ConversationId): void {
  const conversation = tx.conversations.need(conversationId);
  tellOfAgent(tx, call, conversation, 'exit');
  if (endIfDeserted(tx, conversationId)) return;
  tellOfParts(tx, conversation);
  dismissCoaches(tx, conversationId, call.id);
}

/** It is a member no longer; what that means for the others, and for its leg, is still to be seen to. */
export function stepOut(tx: UnitOfWork, seat: Seat): Call {
  const { callId, conversationId } = seat;
  changeMember(tx, seat, { until: tx.thereUntil(callId) });
  outOf(tx, tx.calls.need(callId), tx.conversations.need(conversationId));
  return tx.calls.need(callId);
}

/** What it is still in may have to end sooner. */
function outOf(tx: UnitOfWork, call: Call, { id, endsAt }: Conversation): void {
  const memberOf = call.memberOf.filter((each) => each !== id);
  tx.calls.put({ ...call, memberOf });
  stopWhisper(tx, call.id, id);
  if (memberOf.length === 0 || call.stage.at === 'ending') return;
  if (memberOf.every((each) => tx.conversations.need(each).endsAt < endsAt)) limitLife(tx, call.id);
}

/** An invitation came to nothing, or to a member. */
export function forgetInvitation(
  tx: UnitOfWork,
  conversationId: ConversationId,
  invitation: Conversation['invited'][number],
): void {
  const conversation = tx.conversations.get(conversationId);
  if (conversation === undefined) return; // It ended while the phone rang.
  const invited = conversation.invited.filter((each) => each !== invitation);
  tx.conversations.put({ ...conversation, invited });
}

/** One party alone may stay while an invitation may still bring another; a conversation without any may not. */
export function endIfDeserted(tx: UnitOfWork, conversationId: ConversationId): boolean {
  const conversation = tx.conversations.get(conversationId);
  if (conversation === undefined) return true;
  const isOver = isDeserted(tx, conversation);
  if (isOver) end(tx, conversation, 'dismiss', 'hangup');
  else arrange(tx, conversationId);
  return isOver;
}

function isDeserted(tx: UnitOfWork, conversation: Conversation): boolean {
  return parties(conversation).length === 0 || countOf(tx, conversation) < 2;
}

/** Parties who are in it or may still come. */
function countOf(tx: UnitOfWork, conversation: Conversation): number {
  const coming = conversation.invited.filter((id) => isParty(roleOf(tx, id)));
  return parties(conversation).length + coming.length;
}

/** As what somebody who is invited is to join. */
function roleOf(tx: UnitOfWork, invitation: Conversation['invited'][number]): Role {
  const stage = tx.calls.get(invitation as CallId)?.stage;
  return stage?.at === 'ringing' && stage.onAnswer.then === 'join' ? stage.onAnswer.role : PARTY;
}

export function dissolve(tx: UnitOfWork, command: Stamped<'dissolve'>): null {
  end(tx, runningConversation(tx, command), 'remove');
  return null;
}

export function conversationDue(tx: UnitOfWork, conversationId: ConversationId): void {
  const conversation = tx.conversations.get(conversationId);
  if (conversation === undefined || conversation.endsAt > tx.at) return;
  const task = isStillQueued(conversation) ? tx.queueTasks.get(conversation.queueId!) : undefined;
  if (task?.phase.at !== 'waiting') return end(tx, conversation, 'timeout');
  // Nobody is selected any more: whoever will be sets its time anew.
  tx.conversations.put({ ...conversation, endsAt: later(tx.at, task.enqueue.conversationTimeoutSeconds) });
}

/**
 * Ends it for everybody: those on their way are called off, those in it go wherever they go next. `cause`: why those who
 * were looked for are so no longer.
 */
export function end(
  tx: UnitOfWork,
  conversation: Conversation,
  reason: EndReason,
  cause: QueueFailCause = 'cancel',
): void {
  const { id, app, type, bridgeId, queueId, agentCallId, beginTime, userData, stage } = conversation;
  const members = conversation.members.map((member) => {
    return { ...member, until: member.until ?? tx.thereUntil(member.callId) };
  });
  // As long as anybody was in it.
  const since = Math.max(beginTime, ...members.map(({ until }) => until)) as Instant;
  const ended: Conversation = {
    ...conversation,
    members,
    invited: [],
    stage: { at: 'ended', since, reason, hadBegun: stage.at === 'begun' },
  };
  tx.conversations.retire(ended);
  for (const invitation of conversation.invited) callOff(tx, invitation, reason, cause);

  // A caller whose queue task was called off just now is on its way already.
  const leaving = present(conversation).flatMap(({ callId }) => tx.calls.get(callId) ?? []);
  for (const call of leaving) {
    tellOfAgent(tx, call, conversation, 'exit');
    outOf(tx, call, conversation);
  }
  // What never began ends silently.
  if (stage.at === 'begun') {
    const name = 'callcenter.conversation.end';
    const times = { beginTime, endTime: since, endReason: reason };
    tx.notify({ event: name, app, id, type, ...times, queueId, agentCallId, userData });
  }
  for (const { id: callId } of leaving) letGo(tx, tx.calls.need(callId), ended);
  tx.do({ do: 'close-bridge', bridgeId });
}

function callOff(
  tx: UnitOfWork,
  invitation: Conversation['invited'][number],
  reason: EndReason,
  cause: QueueFailCause,
): void {
  const task = tx.queueTasks.get(invitation as QueueTaskId);
  if (task !== undefined) failTask(tx, task, cause, reason);
  else hangUp(tx, tx.calls.need(invitation as CallId).id);
}

/** A leg that has left a conversation: on in the dialplan, on in its other conversations, or on hook. */
function letGo(tx: UnitOfWork, call: Call, from: Conversation, then: QueueTaskId | null = null): void {
  if (call.memberOf.length > 0) {
    place(tx, call.id);
  } else if (call.party.kind === 'outside' && call.party.from === 'dialplan') {
    release(tx, call, { result: 'success', conversation: from });
  } else {
    hangUp(tx, call.id, { then });
  }
}

/** Whom it coached is gone, and so is it; one who has barged in stays for the talk. */
function dismissCoaches(tx: UnitOfWork, conversationId: ConversationId, coached: CallId): void {
  const conversation = tx.conversations.need(conversationId);
  for (const { callId, role } of present(conversation)) {
    if (role.as === 'party' || role.coaching !== coached) continue;
    const seat = { callId, conversationId };
    if (role.barging) changeMember(tx, seat, { role: { ...role, coaching: null } });
    else depart(tx, seat);
  }
  for (const id of conversation.invited) {
    const role = roleOf(tx, id);
    if (role.as === 'party' || role.coaching !== coached) continue;
    forgetInvitation(tx, conversationId, id);
    hangUp(tx, id as CallId);
  }
}

export function tellOfParts(tx: UnitOfWork, { id, app, userData }: Conversation): void {
  tx.notify({ event: 'callcenter.conversation.parts_changed', app, id, userData });
}

export function tellOfAgent(
  tx: UnitOfWork,
  { id: callId, party }: Call,
  { id, app, userData }: Conversation,
  type: 'enter' | 'exit',
): void {
  if (party.kind !== 'agent') return;
  const { name } = party;
  const event = 'callcenter.agent.conversation_changed';
  const currentTime = type === 'exit' ? tx.thereUntil(callId) : tx.at;
  tx.notify({ event, app, name, type, conversationId: id, currentTime, userData });
}

export function changeMember(tx: UnitOfWork, { callId, conversationId }: Seat, change: Partial<Member>): void {
  const conversation = tx.conversations.need(conversationId);
  // Not spread: two together take 4 µs, and make a shape of its own (measured, Node 20).
  const members = conversation.members.map((member) =>
    member.callId === callId && member.until === null ? Object.assign({}, member, change) : member,
  );
  tx.conversations.put({ ...conversation, members });
}

/** Tells the journal alone. */
export function putMode(tx: UnitOfWork, seat: Seat, mode: ListenSpeakMode): void {
  const { callId, conversationId } = seat;
  const conversation = tx.conversations.need(conversationId);
  if (memberOn(conversation, callId)?.mode === mode) return;
  const { app, userData } = conversation;
  changeMember(tx, seat, { mode });
  const event = 'callcenter.conversation.mode_changed';
  tx.notify({ event, app, id: conversationId, callId, mode, currentTime: tx.at, userData });
}
