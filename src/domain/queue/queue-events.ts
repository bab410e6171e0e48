import type { Call } from '../call/call';
import { present, type Member } from '../conversation/conversation';
import type { Notifications } from '../notification';
import type { UnitOfWork } from '../unit-of-work';
import type { QueueTask, RingingLeg } from './queue-task';

type Fail = Notifications['callcenter.queue.fail'];

/** What every event of a queue task says of it. */
export function aboutTask({
  id,
  type,
  origin,
  userData,
  conditionId,
  conversationId,
}: Pick<QueueTask, 'id' | 'type' | 'origin' | 'userData' | 'conditionId' | 'conversationId'>): Omit<
  Fail,
  'cause' | 'selected'
> {
  const originCallId = type === 'ivr' && origin.from === 'caller' ? origin.callId : null;
  return { id, type, conditionId, originCallId, userData, conversationId };
}

/** What it says of the agent that was selected. */
export function aboutLeg(tx: UnitOfWork, { callId }: RingingLeg): NonNullable<Fail['selected']> {
  const { party } = tx.calls.need(callId);
  if (party.kind !== 'agent') throw new Error(`calls: ${callId} is no agent's leg`);
  return { agentName: party.name, agentExtensionId: party.extensionId, agentCallId: callId };
}

/** The number to show on the agent's phone: of somebody outside, or else of the agent who calls. */
export function whoWaits(tx: UnitOfWork, { origin, conversationId }: QueueTask): string | null {
  const members = conversationId === null ? [] : present(tx.conversations.need(conversationId));
  return origin.from === 'caller' ? numberOf(tx, tx.calls.get(origin.callId)?.party) : numberIn(tx, members);
}

/** By which number a conversation is known to somebody who is not in it yet. */
export function numberIn(tx: UnitOfWork, members: readonly Pick<Member, 'party'>[]): string | null {
  const known = members.find(({ party }) => party.kind === 'outside') ?? members[0];
  return numberOf(tx, known?.party);
}

function numberOf(tx: UnitOfWork, party: Call['party'] | undefined): string | null {
  if (party?.kind === 'outside') return party.telnumber;
  return party?.kind === 'agent' ? (tx.agents.get(party.agentId)?.num ?? null) : null;
}
