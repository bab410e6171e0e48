import type { BridgeId, CallId, ConversationId, QueueTaskId } from '../ids';
import type { Call } from '../call/call';
import type { QueueTask } from '../queue/queue-task';
import { soundOf, waitingSound } from '../queue/waiting-sound';
import type { UnitOfWork } from '../unit-of-work';
import { isActive, memberOn, parties, present, type BridgeKind, type Conversation } from './conversation';
import {
  BRIDGE,
  RINGBACK,
  SILENCE,
  hears,
  samePlacement,
  sameHearing,
  speaks,
  type Hearing,
  type ListenSpeakMode,
  type Placement,
  type Played,
} from './listen-speak-mode';
import { seeToWhispers } from './whispering';

/** Lets every leg of the conversation hear and say what it should now. Asks for nothing that is so already. */
export function arrange(tx: UnitOfWork, conversationId: ConversationId): void {
  seeToWhispers(tx, conversationId);
  for (const { callId } of present(tx.conversations.need(conversationId))) place(tx, callId);
  playUnder(tx, conversationId);
}

/** `again`: asks even if it was asked before, because Asterisk may have it otherwise. */
export function place(tx: UnitOfWork, callId: CallId, again = false): void {
  const before = tx.calls.need(callId);
  if (before.stage.at === 'ending' || before.stage.at === 'ringing') return;
  const conversation = seatOn(tx, before);
  if (conversation !== undefined && outgrowsPair(tx, conversation)) mix(tx, conversation.id);
  const call = tx.calls.need(callId);
  const placement = placementOf(tx, call);
  if (!again && samePlacement(call.placement, placement)) return;
  tx.calls.put({ ...call, placement });
  tx.do({ do: 'place', channelId: call.channelId, from: call.placement?.bridgeId ?? null, placement });
}

/** Moves everybody to a bridge that mixes, if they do not sit in one. */
export function mix(tx: UnitOfWork, conversationId: ConversationId): void {
  const conversation = tx.conversations.need(conversationId);
  if (conversation.bridgeKind === 'mixing') return;
  openAnother(tx, conversation, 'mixing');
  for (const { callId } of present(conversation)) place(tx, callId);
  tx.do({ do: 'close-bridge', bridgeId: conversation.bridgeId });
}

/** From now on it is the conversation's bridge; who is to sit in it is still to be placed. */
export function openAnother(tx: UnitOfWork, conversation: Conversation, bridgeKind: BridgeKind): void {
  const bridgeId = tx.newId<BridgeId>();
  tx.conversations.put({ ...conversation, bridgeId, bridgeKind, underTalk: null });
  tx.do({ do: 'open-bridge', bridgeId, kind: bridgeKind });
}

/**
 * Those on their way count, so that whoever talks has moved before there are three. Who is being hung up does not: whom an
 * agent's phone hands its call on to has its seat already.
 */
function outgrowsPair(tx: UnitOfWork, conversation: Conversation): boolean {
  if (conversation.bridgeKind === 'mixing') return false;
  const staying = present(conversation).filter(({ callId }) => tx.calls.need(callId).stage.at !== 'ending');
  return staying.length + conversation.invited.length > 2;
}

/** Who talk while an agent is looked for hear the sound of that under their talk, if there is one. */
export function playUnder(tx: UnitOfWork, conversationId: ConversationId, again = false): void {
  const conversation = tx.conversations.need(conversationId);
  const talk = parties(conversation).filter(isActive);
  const task = talk.length > 1 ? searchFor(tx, conversation) : undefined;
  const played = task === undefined ? null : waitingSound(tx, task);
  const isAsked = sameHearing(conversation.underTalk, played);
  if (isAsked && !again) return;
  if (played !== null) mix(tx, conversationId); // It would be one more in the bridge.
  const now = tx.conversations.need(conversationId);
  if (!isAsked) tx.conversations.put({ ...now, underTalk: played });
  tx.do({ do: 'play-under', bridgeId: now.bridgeId, played });
}

/** The one rule for where a leg sits and what it hears: all else follows from the modes. */
function placementOf(tx: UnitOfWork, call: Call): Placement {
  const bridgeId = whisperBridge(tx, call);
  if (bridgeId !== undefined) return { bridgeId, speaks: true, hears: BRIDGE };
  const active = activeIn(tx, call);
  const onHold = active === undefined ? heldByPhone(tx, call) : undefined;
  if (onHold !== undefined) return { bridgeId: onHold.bridgeId, speaks: false, hears: SILENCE };
  if (active === undefined || waitsOutside(call)) {
    // Whoever waits outside speaks to nobody: to be muted would only have to be undone.
    return { bridgeId: null, speaks: call.stage.at === 'queued', hears: heardOutside(tx, call) };
  }
  const { conversation, mode } = active;
  return {
    bridgeId: conversation.bridgeId,
    speaks: speaks(mode),
    hears: hearing(tx, conversation, call.id, mode),
  };
}

/** Where the call sits: where it is active, or was until its phone held. */
export function seatOn(tx: UnitOfWork, call: Call): Conversation | undefined {
  return activeIn(tx, call)?.conversation ?? heldByPhone(tx, call);
}

/**
 * What the call's own phone has put on hold. It stays in that bridge, without a word: many phones hold before they ask for
 * a transfer, and Asterisk refuses one to whoever sits in none (measured on 22.10).
 */
function heldByPhone(tx: UnitOfWork, { memberOf, phoneHold }: Call): Conversation | undefined {
  if (phoneHold === null || !memberOf.includes(phoneHold.conversationId)) return undefined;
  return tx.conversations.need(phoneHold.conversationId);
}

type Active = { readonly conversation: Conversation; readonly mode: ListenSpeakMode };

/** Where the call hears or speaks now: in one conversation at most. */
export function activeIn(tx: UnitOfWork, { id, memberOf }: Call): Active | undefined {
  for (const conversationId of memberOf) {
    const conversation = tx.conversations.need(conversationId);
    const member = memberOn(conversation, id);
    if (member !== undefined && isActive(member)) return { conversation, mode: member.mode };
  }
  return undefined;
}

/** Where a coach and its ear sit, once the ear is there. */
function whisperBridge(tx: UnitOfWork, { party, whisper }: Call): BridgeId | undefined {
  if (party.kind === 'ear') return tx.calls.get(party.coach)?.whisper?.bridgeId;
  const isOpen = whisper !== null && tx.calls.get(whisper.earId)?.stage.at === 'up';
  return isOpen ? whisper.bridgeId : undefined;
}

function heardOutside(tx: UnitOfWork, { stage }: Call): Hearing {
  if (stage.at !== 'queued') return SILENCE;
  const task = tx.queueTasks.get(stage.taskId);
  return (task && waitingSound(tx, task)) ?? music(tx);
}

/**
 * Until somebody is there to talk to, a caller waits outside: Asterisk answers whoever enters a bridge, and in one the
 * order to end its music may be lost.
 */
function waitsOutside({ stage }: Call): boolean {
  return stage.at === 'queued';
}

/**
 * Whoever has nobody to hear is given silence, or what is played to those who wait, rather than the
 * empty bridge: a phone or trunk that gets no RTP at all takes the call for dead.
 */
function hearing(tx: UnitOfWork, conversation: Conversation, callId: CallId, mode: ListenSpeakMode): Hearing {
  if (!hears(mode)) return SILENCE;
  const members = parties(conversation);
  const others = members.filter(
    (each) => each.callId !== callId && isActive(each) && !waitsOutside(tx.calls.need(each.callId)),
  );
  if (others.some((member) => speaks(member.mode))) return BRIDGE;
  const isSupervisor = !members.some((member) => member.callId === callId);
  if (others.length > 0 || isSupervisor) return SILENCE;
  const search = searchFor(tx, conversation);
  const waits = search && waitingSound(tx, search);
  if (waits) return waits;
  if (members.length > 1) return soundOf(tx, conversation, conversation.holdVoice) ?? music(tx);
  if (search !== undefined) return music(tx);
  return isRinging(tx, conversation) ? RINGBACK : SILENCE;
}

/** The phone of somebody outside, who is to join, rings. */
function isRinging(tx: UnitOfWork, { invited }: Conversation): boolean {
  return invited.some((id) => {
    const call = tx.calls.get(id as CallId);
    return call?.party.kind === 'outside' && call.stage.at === 'ringing' && call.stage.alerting;
  });
}

/** The task that looks for an agent to join, if there is one: the first of several. */
function searchFor(tx: UnitOfWork, { invited }: Conversation): QueueTask | undefined {
  for (const id of invited) {
    const task = tx.queueTasks.get(id as QueueTaskId);
    if (task !== undefined) return task;
  }
  return undefined;
}

function music({ settings }: UnitOfWork): Played {
  return { from: 'music', musicClass: settings.musicClass };
}
