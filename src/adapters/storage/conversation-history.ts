import type { Conversation, ConversationStage } from '../../domain/conversation/conversation';
import type { ConversationQuery } from '../../ports/storage';

/** A conversation that nobody joined is readable by its id, and in no list. */
export function isListed({ stage }: Pick<Conversation, 'stage'>): boolean {
  return stage.at === 'begun' || (stage.at === 'ended' && stage.hadBegun);
}

export function stateOf(stage: ConversationStage): 'running' | 'completed' {
  return stage.at === 'ended' ? 'completed' : 'running';
}

/** Everybody who has been a member by what a list can be filtered by; those without a number are not in it. */
export function partiesOf({ members }: Pick<Conversation, 'members'>): readonly HistoryParty[] {
  const parties = new Map<string, HistoryParty>();
  for (const { party } of members) {
    const name = party.kind === 'agent' ? party.name : party.telnumber;
    if (name !== null) parties.set(`${party.kind} ${name}`, { kind: party.kind, name });
  }
  return [...parties.values()];
}

export type HistoryParty = { readonly kind: 'agent' | 'outside'; readonly name: string };

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
