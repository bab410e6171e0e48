import { place, seatOn } from '../conversation/audio';
import { isParty, memberOn, PARTY, type Conversation } from '../conversation/conversation';
import { leave, limitLife, takeIn } from '../conversation/membership';
import { takeBack } from '../conversation/phone-hold';
import { whisperAnew } from '../conversation/whispering';
import type { CallId, ChannelId } from '../ids';
import type { Facts } from '../input';
import type { UnitOfWork } from '../unit-of-work';
import { hangUp, newCall, type Call } from './call';
import { hangUpChannel, legAnswered } from './leg-facts';

/**
 * In Asterisk, another channel has taken the place of a leg's. The old channel may live on, and is hung up.
 *
 * If this was missed with a lost connection, the next comparison undoes it: who is in the wrong place goes back, and the
 * channel that nobody knows ends.
 */
export function legReplaced(tx: UnitOfWork, { channelId, by, how }: Facts['leg-replaced']): void {
  if (tx.callOn(channelId)?.stage.at === 'ringing') legAnswered(tx, { channelId }); // Which was missed.
  const call = tx.callOn(channelId);
  if (tx.callOn(by) !== undefined) return; // Told twice.
  if (call === undefined) return hangUpChannel(tx, by); // Too late.
  if (call.party.kind === 'agent' && how === 'transfer') handOn(tx, call, by);
  else goOnWith(tx, call, by);
}

/**
 * To us it is the same call on a new channel: a member stays the member that it is, a caller waits on. All that was asked
 * for the old channel is asked for the new one; that the old phone held is over. The end of the old one is nobody's.
 */
function goOnWith(tx: UnitOfWork, call: Call, by: ChannelId): void {
  tx.calls.put({ ...call, channelId: by });
  hangUpChannel(tx, call.channelId);
  if (call.stage.at === 'ending') return hangUpChannel(tx, by);
  tx.do({ do: 'receive', channelId: by, answer: false });
  if (call.memberOf.length > 0) limitLife(tx, call.id);
  place(tx, call.id, true);
  whisperAnew(tx, call);
  takeBack(tx, tx.calls.need(call.id));
}

/**
 * An agent's phone has handed on what it talked in, or had put on hold: whoever is at the other end of the new channel
 * takes part there from now on, as somebody from outside. The agent's leg ends. What was nobody's to hand on, as the seat
 * of who only listens, ends with it.
 */
function handOn(tx: UnitOfWork, call: Call, by: ChannelId): void {
  const conversation = call.stage.at === 'up' ? seatOn(tx, call) : undefined;
  hangUp(tx, call.id);
  if (conversation === undefined) return hangUpChannel(tx, by);
  if (isParty(memberOn(conversation, call.id)!.role)) takeTheSeat(tx, by, conversation);
  else hangUpChannel(tx, by);
  leave(tx, { callId: call.id, conversationId: conversation.id });
}

function takeTheSeat(tx: UnitOfWork, channelId: ChannelId, { app, id: conversationId }: Conversation): void {
  const callId = tx.newId<CallId>();
  const party = { kind: 'outside', from: 'dialled', telnumber: null } as const;
  const stage = { at: 'up', since: tx.at, hangUpAt: null } as const;
  tx.calls.put(newCall({ id: callId, channelId, app, party, stage }));
  tx.do({ do: 'receive', channelId, answer: false });
  takeIn(tx, { callId, conversationId }, 1, PARTY);
}
