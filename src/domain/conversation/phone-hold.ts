import type { Call } from '../call/call';
import type { CallId, ConversationId } from '../ids';
import type { Facts } from '../input';
import type { UnitOfWork } from '../unit-of-work';
import { activeIn, arrange, place } from './audio';
import { HELD } from './listen-speak-mode';
import { listenAndSpeak, putMode } from './membership';

/**
 * An agent's phone puts its active conversation on hold: the agent is held there, as if it had been asked for, and
 * whoever is left alone hears the hold sound. Whoever is no agent may hold without any effect: its phone says nothing
 * meanwhile, and that is all.
 */
export function legHeld(tx: UnitOfWork, { channelId }: Facts['leg-held']): void {
  const call = tx.callOn(channelId);
  if (call?.party.kind !== 'agent') return;
  const active = activeIn(tx, call);
  if (active === undefined) return;
  const { mode } = active;
  const conversationId = active.conversation.id;
  tx.calls.put({ ...call, phoneHold: { conversationId, mode } });
  putMode(tx, { callId: call.id, conversationId }, HELD);
  arrange(tx, conversationId);
}

/**
 * The phone takes it back: the agent goes on in the mode that it had, unless somebody has decided otherwise since. If
 * this was missed with a lost connection, the next comparison makes up for it. A hold that was missed has no effect,
 * and neither has the end of it.
 */
export function legResumed(tx: UnitOfWork, { channelId }: Facts['leg-resumed']): void {
  const call = tx.callOn(channelId);
  if (call !== undefined) takeBack(tx, call);
}

/** Undoes the hold of its phone, if there is one to undo. */
export function takeBack(tx: UnitOfWork, call: Call): void {
  if (call.phoneHold === null) return;
  const { conversationId, mode } = call.phoneHold;
  tx.calls.put({ ...call, phoneHold: null });
  if (call.memberOf.includes(conversationId)) listenAndSpeak(tx, { callId: call.id, conversationId }, mode);
}

/** What the call talked in goes on in another conversation: there its phone takes it back to. */
export function holdOnIn(tx: UnitOfWork, callId: CallId, from: ConversationId, into: ConversationId): void {
  const call = tx.calls.need(callId);
  if (call.phoneHold?.conversationId !== from) return;
  tx.calls.put({ ...call, phoneHold: { ...call.phoneHold, conversationId: into } });
  place(tx, callId);
}
