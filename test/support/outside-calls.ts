import type { Call } from '../../src/domain/call/call';
import type { Conversation } from '../../src/domain/conversation/conversation';
import type { Extension } from '../../src/domain/extension/extension';
import type { PhoneNumber } from '../../src/domain/ids';
import { aCall, aConversation, aMember } from './worlds';

/** A talk of two callers: neither has taken a line to the outside. */
export function aTalkOfCallers(changes: Partial<Conversation> = {}): {
  readonly conversation: Conversation;
  readonly calls: readonly Call[];
} {
  const party = { kind: 'outside', from: 'dialplan', telnumber: '13900000001' } as const;
  const callers = [aCall({ party }), aCall({ party })];
  const conversation = aConversation({ members: callers.map((each) => aMember(each)), ...changes });
  return { conversation, calls: callers.map((each) => ({ ...each, memberOf: [conversation.id] })) };
}

/** Reached over the trunk, which takes a line. Their numbers are 13600000000, 13600000001, … */
export function ordinaryTelephone(extension: Extension, index: number): Extension {
  return { ...extension, line: { type: '3', telnum: `1360000000${index}` as PhoneNumber } };
}
