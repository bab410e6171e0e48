import type { Conversation, ConversationStage } from '../../domain/conversation/conversation';

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
