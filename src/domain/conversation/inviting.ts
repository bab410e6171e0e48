import { newCall, type CallStage, type OnAnswer, type OutsideCall } from '../call/call';
import { later, type CallId, type TrunkId } from '../ids';
import type { Stamped } from '../input';
import { Refusal } from '../refusal';
import { claimTrunk } from '../outside/claiming';
import type { UnitOfWork } from '../unit-of-work';
import { arrange } from './audio';
import { isFull, PARTY, type Conversation } from './conversation';
import type { ListenSpeakMode } from './listen-speak-mode';
import { runningConversation } from './membership';

export function inviteOut(tx: UnitOfWork, command: Stamped<'invite-out'>): CallId {
  const conversation = runningConversation(tx, command);
  if (isFull(conversation)) throw new Refusal('conversation-full', { limit: conversation.maxMembers });
  return dialOutside(tx, conversation, command, command.mode, claimTrunk(tx, command.app, command));
}

/** Rings an outside number; its answer takes it into the conversation. */
export function dialOutside(
  tx: UnitOfWork,
  into: Conversation,
  wish: OutsideCall,
  mode: ListenSpeakMode,
  trunk: TrunkId,
): CallId {
  const { to, from, ringSeconds, talkSeconds } = wish;
  const { id: conversationId, app } = into;
  const onAnswer: OnAnswer = { then: 'join', conversationId, mode, talkSeconds, role: PARTY };
  const stage: CallStage = { at: 'ringing', giveUpAt: later(tx.at, ringSeconds), onAnswer, alerting: false };

  const party = { kind: 'outside', from: 'dialled', telnumber: to } as const;
  const call = newCall({ id: tx.newId<CallId>(), app, party, stage });
  tx.calls.put(call);
  const { id, channelId } = call;
  tx.conversations.put({ ...into, invited: [...into.invited, id] });
  const lifeSeconds = ringSeconds + talkSeconds;
  const destination = { kind: 'number', number: to, trunk } as const;
  tx.do({ do: 'dial', callId: id, channelId, to: destination, from, ringSeconds, lifeSeconds });
  arrange(tx, conversationId);
  return id;
}
