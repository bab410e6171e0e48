import type { Conversation } from '../domain/conversation/conversation';
import type { AppId, ConversationId } from '../domain/ids';
import type { Answer, CommandType, Input } from '../domain/input';
import type { World } from '../domain/world';
import type { ConversationPage, ConversationQuery } from './storage';

/** What the outside may ask of this service: the driving port. */
export interface CallCenter {
  /**
   * Settles once what it changed is on record, not when a phone rings. The one exception is
   * `create-extension`, which settles when the account is live, or refused by Asterisk.
   * @throws Refusal
   */
  ask<Type extends CommandType>(command: Input<Type>): Promise<Answer<Type>>;

  /** Settles once all that `select` saw is on record, so nobody is shown what a crash takes back. */
  read<Result>(select: (world: World) => Result): Promise<Result>;

  findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined>;
  listConversations(query: ConversationQuery): Promise<ConversationPage>;

  /** Empty: ready for work. Else why not, one sentence each, for an operator. */
  obstacles(): readonly string[];
}
