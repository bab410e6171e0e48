import type { CallId, ConversationId, QueueTaskId } from '../ids';
import type { Call } from '../call/call';
import type { UnitOfWork } from '../unit-of-work';
import { present, type Conversation, type Member } from './conversation';
import {
  BRIDGE,
  HELD,
  SILENCE,
  hears,
  samePlacement,
  speaks,
  type Hearing,
  type ListenSpeakMode,
  type Placement,
} from './listen-speak-mode';

/** Lets every leg of the conversation hear and say what it should now. Asks for nothing that is so already. */
export function arrange(tx: UnitOfWork, conversationId: ConversationId): void {
  for (const { callId } of present(tx.conversations.need(conversationId))) place(tx, callId);
}

/** `again`: asks even if it was asked before, because Asterisk may have it otherwise. */
export function place(tx: UnitOfWork, callId: CallId, again = false): void {
  const call = tx.calls.need(callId);
  if (call.stage.at === 'ending' || call.stage.at === 'ringing') return;
  const placement = placementOf(tx, call);
  if (!again && samePlacement(call.placement, placement)) return;
  tx.calls.put({ ...call, placement });
  tx.do({ do: 'place', channelId: call.channelId, from: call.placement?.bridgeId ?? null, placement });
}

/** The one rule for where a leg sits and what it hears: all else follows from the modes. */
function placementOf(tx: UnitOfWork, call: Call): Placement {
  for (const conversationId of call.memberOf) {
    const conversation = tx.conversations.need(conversationId);
    const mode = modeOf(conversation, call.id);
    if (mode === HELD || isToStayUnanswered(call, conversation)) continue;
    return {
      bridgeId: conversation.bridgeId,
      speaks: speaks(mode),
      hears: hearing(tx, conversation, call.id, mode),
    };
  }
  const waits = call.stage.at === 'queued';
  return { bridgeId: null, speaks: false, hears: waits ? music(tx) : SILENCE };
}

/** Asterisk answers whoever enters a bridge: until somebody is there to talk to, such a caller waits outside. */
function isToStayUnanswered({ stage }: Call, conversation: Conversation): boolean {
  return stage.at === 'queued' && !stage.answered && present(conversation).length === 1;
}

/**
 * Whoever has nobody to hear is given silence, or what is played to those who wait, rather than the
 * empty bridge: a phone or trunk that gets no RTP at all takes the call for dead.
 */
function hearing(tx: UnitOfWork, conversation: Conversation, callId: CallId, mode: ListenSpeakMode): Hearing {
  if (!hears(mode)) return SILENCE;
  const members = present(conversation);
  const others = members.filter((member) => member.callId !== callId && isActive(member));
  if (others.some((member) => speaks(member.mode))) return BRIDGE;
  if (others.length > 0) return SILENCE;
  const isOnHold = members.length > 1;
  return isOnHold || awaitsAgent(tx, conversation) ? music(tx) : SILENCE;
}

function awaitsAgent(tx: UnitOfWork, { invited }: Conversation): boolean {
  return invited.some((id) => tx.queueTasks.get(id as QueueTaskId) !== undefined);
}

function isActive({ mode }: Member): boolean {
  return mode !== HELD;
}

export function modeOf(conversation: Conversation, callId: CallId): ListenSpeakMode {
  return present(conversation).find((member) => member.callId === callId)?.mode ?? HELD;
}

function music({ settings }: UnitOfWork): Hearing {
  return { from: 'music', musicClass: settings.musicClass };
}
