import type { CallStage, OnAnswer, OutsideCall } from '../call/call';
import { later, type CallId, type ChannelId, type TrunkId } from '../ids';
import type { Stamped } from '../input';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import { arrange } from './audio';
import { isFull, type Conversation } from './conversation';
import type { ListenSpeakMode } from './listen-speak-mode';
import { runningConversation } from './membership';

export function inviteOut(tx: UnitOfWork, command: Stamped<'invite-out'>): CallId {
  const conversation = runningConversation(tx, command);
  if (isFull(conversation)) throw new Refusal('conversation-full', { limit: conversation.maxMembers });
  return ringOutside(tx, conversation, command, command.mode);
}

/** Rings an outside number; its answer takes it into the conversation. */
export function ringOutside(tx: UnitOfWork, into: Conversation, wish: OutsideCall, mode: ListenSpeakMode): CallId {
  const { to, from, ringSeconds, talkSeconds } = wish;
  const { id: conversationId, app } = into;
  const trunk = trunkInUse(tx);
  const id = tx.newId<CallId>();
  const channelId = id as string as ChannelId;
  const onAnswer: OnAnswer = { then: 'join', conversationId, mode, talkSeconds };
  const stage: CallStage = { at: 'ringing', giveUpAt: later(tx.at, ringSeconds), onAnswer, alerting: false };

  const party = { kind: 'outside', from: 'dialled', telnumber: to } as const;
  tx.calls.put({ id, channelId, app, party, memberOf: [], stage, placement: null, phoneHold: null });
  tx.conversations.put({ ...into, invited: [...into.invited, id] });
  const lifeSeconds = ringSeconds + talkSeconds;
  const destination = { kind: 'number', number: to, trunk } as const;
  tx.do({ do: 'dial', callId: id, channelId, to: destination, from, ringSeconds, lifeSeconds });
  arrange(tx, conversationId);
  return id;
}

function trunkInUse(tx: UnitOfWork): TrunkId {
  const { trunk } = tx.settings;
  if (trunk === null) throw new Refusal('no-line', { trunk: 'none is configured' });
  if (tx.trunks.get(trunk)?.present !== true) throw new Refusal('no-line', { trunk: `Asterisk has no ${trunk}` });
  return trunk;
}
