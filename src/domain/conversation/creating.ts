import { later, type BridgeId } from '../ids';
import type { Enqueue } from '../queue/enqueue';
import type { UnitOfWork } from '../unit-of-work';
import { MAX_CONVERSATION_SECONDS, MAX_MEMBERS, type Conversation } from './conversation';

type Given = Pick<Conversation, 'id' | 'app' | 'type' | 'userData'> &
  Partial<Pick<Conversation, 'channelId' | 'queueId' | 'conditionId' | 'agentCallId' | 'beginTime'>> &
  Partial<Pick<Conversation, 'members' | 'invited'>>;

/** A conversation with its bridge, and with nobody in it but who is given. `enqueue`: the document that it comes about by. */
export function createConversation(tx: UnitOfWork, enqueue: Enqueue | null, given: Given): Conversation {
  const bridgeId = tx.newId<BridgeId>();
  const conversation: Conversation = {
    bridgeId,
    bridgeKind: 'pair',
    channelId: null,
    queueId: null,
    conditionId: null,
    agentCallId: null,
    rejectedWith: null,
    holdVoice: enqueue?.holdVoice ?? null,
    underTalk: null,
    beginTime: tx.at,
    endsAt: later(tx.at, enqueue?.conversationTimeoutSeconds ?? MAX_CONVERSATION_SECONDS),
    maxMembers: enqueue?.conversationLevel === 1 ? 2 : MAX_MEMBERS,
    members: [],
    invited: [],
    stage: { at: 'gathering' },
    ...given,
  };
  tx.conversations.put(conversation);
  tx.do({ do: 'open-bridge', bridgeId, kind: conversation.bridgeKind });
  return conversation;
}
