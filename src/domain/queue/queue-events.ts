import type { Call } from '../call/call';
import { present } from '../conversation/conversation';
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
}: Pick<QueueTask, 'id' | 'type' | 'origin' | 'userData' | 'conditionId'>): Omit<Fail, 'cause' | 'selected'> {
  const originCallId = origin.from === 'caller' ? origin.callId : null;
  return { id, type, conditionId, originCallId, userData };
}

/** What it says of the agent that was selected. */
export function aboutLeg(tx: UnitOfWork, { callId }: RingingLeg): NonNullable<Fail['selected']> {
  const { party } = tx.calls.need(callId);
  if (party.kind !== 'agent') throw new Error(`calls: ${callId} is no agent's leg`);
  return { agentName: party.name, agentExtensionId: party.extensionId, agentCallId: callId };
}

/** The number to show on the agent's phone. */
export function whoWaits(tx: UnitOfWork, { origin, conversationId }: QueueTask): string | null {
  if (origin.from === 'caller') return telnumberOf(tx.calls.need(origin.callId));
  const members = present(tx.conversations.need(conversationId!));
  const outside = members.find(({ party }) => party.kind === 'outside');
  return outside === undefined ? null : telnumberOf(outside);
}

function telnumberOf({ party }: Pick<Call, 'party'>): string | null {
  return party.kind === 'outside' ? party.telnumber : null;
}
