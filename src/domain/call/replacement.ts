import { place } from '../conversation/audio';
import { limitLife } from '../conversation/membership';
import { takeBack } from '../conversation/phone-hold';
import { whisperAnew } from '../conversation/whispering';
import type { Facts } from '../input';
import type { UnitOfWork } from '../unit-of-work';
import { hangUpChannel, legAnswered } from './leg-facts';

/**
 * In Asterisk, another channel has taken the place of a leg's: its party went over to another phone, or handed its seat
 * to somebody else. To us it is the same call on a new channel: a member stays the member that it is, a caller waits on.
 * All that was asked for the old channel is asked for the new one; that the old phone held is over. The old channel may
 * live on, and is hung up: its end is nobody's.
 *
 * If this was missed with a lost connection, the next comparison undoes it: who is in the wrong place goes back, and the
 * channel that nobody knows ends.
 */
export function legReplaced(tx: UnitOfWork, { channelId, by }: Facts['leg-replaced']): void {
  if (tx.callOn(channelId)?.stage.at === 'ringing') legAnswered(tx, { channelId }); // Which was missed.
  const call = tx.callOn(channelId);
  if (call === undefined) {
    if (tx.callOn(by) === undefined) hangUpChannel(tx, by); // Too late; else told twice.
    return;
  }
  tx.calls.put({ ...call, channelId: by });
  hangUpChannel(tx, channelId);
  if (call.stage.at === 'ending') return hangUpChannel(tx, by);
  tx.do({ do: 'receive', channelId: by, answer: false });
  if (call.memberOf.length > 0) limitLife(tx, call.id);
  place(tx, call.id, true);
  whisperAnew(tx, call);
  takeBack(tx, tx.calls.need(call.id));
}
