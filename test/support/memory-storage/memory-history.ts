import {
  isListed,
  partiesOf,
  stateOf,
  type HistoryParty,
} from '../../../src/adapters/storage/conversation-history';
import type { Conversation } from '../../../src/domain/conversation/conversation';
import type { ConversationQuery } from '../../../src/ports/storage';

/** Whether the conversation belongs in the list that is asked for. */
export function isAskedFor(conversation: Conversation, query: ConversationQuery): boolean {
  const { app, state, type, agent, telnumber, from, to } = query;
  const has = (kind: HistoryParty['kind'], name: string | undefined): boolean =>
    name === undefined || partiesOf(conversation).some((party) => party.kind === kind && party.name === name);
  return (
    isListed(conversation) &&
    conversation.app === app &&
    (state === undefined || stateOf(conversation.stage) === state) &&
    (type === undefined || conversation.type === type) &&
    (from === undefined || conversation.beginTime >= from) &&
    (to === undefined || conversation.beginTime <= to) &&
    has('agent', agent) &&
    has('outside', telnumber)
  );
}

/** Newest first: by `beginTime`, then by id, both descending. */
export function newestFirst(one: Conversation, other: Conversation): number {
  return other.beginTime - one.beginTime || (one.id < other.id ? 1 : one.id > other.id ? -1 : 0);
}
