import type { Conversation } from '../domain/conversation/conversation';
import type { ConversationId, Instant } from '../domain/ids';
import type { Handled } from './handled';

/** Some 2 KB each. */
const MOST = 1_000;
/** The shortest that anything is kept by the store is a day. */
const KEPT_MS = 3_600_000;

/** The conversations that ended last. What is asked of them is mostly asked soon, and needs no look into the store. */
export class LatelyEnded {
  /** In the order in which they ended. */
  private readonly conversations = new Map<ConversationId, Conversation>();

  follow({ changes }: Pick<Handled, 'changes'>): void {
    for (const { kind, value, live } of changes) {
      if (kind !== 'conversations' || live) continue;
      this.conversations.set(value.id, value);
      if (this.conversations.size > MOST) this.conversations.delete(this.conversations.keys().next().value!);
    }
  }

  /** Undefined: it is not known here. */
  find(id: ConversationId, now: Instant): Conversation | undefined {
    const found = this.conversations.get(id);
    return found?.stage.at === 'ended' && now - found.stage.since < KEPT_MS ? found : undefined;
  }
}
