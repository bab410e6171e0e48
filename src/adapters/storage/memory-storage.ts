import type { Conversation } from '../../domain/conversation/conversation';
import type { Effect } from '../../domain/effect';
import type { AppId, ConversationId } from '../../domain/ids';
import type { Notification } from '../../domain/notification';
import type { Change, Kind } from '../../domain/world';
import {
  Superseded,
  type Batch,
  type ConversationPage,
  type ConversationQuery,
  type EffectId,
  type Restored,
  type Storage,
} from '../../ports/storage';
import { isAskedFor, newestFirst } from './conversation-history';
import { parseStored, toStored } from './stored-json';

/**
 * For tests and the simulation only: nothing outlives the process. What several processes would share is the `Disk`.
 * Everything goes through the same text as in a real store, so what cannot be stored shows here as well.
 */
export class MemoryStorage implements Storage {
  private writer: number | null = null;

  constructor(readonly disk: Disk = new Disk()) {}

  async open(): Promise<Restored> {
    this.writer = ++this.disk.writer;
    const live = [...this.disk.aggregates.values()].filter((row) => row.live);
    return {
      lastBatch: this.disk.lastBatch,
      aggregates: live.map(({ kind, state }) => ({ kind, value: parseStored(state), live: true }) as Change),
      effects: [...this.disk.effects].map(([id, text]) => ({ id, effect: parseStored(text) as Effect })),
    };
  }

  async commit({ number, changes, effects, done, notifications }: Batch): Promise<void> {
    if (this.writer === null) throw new Error('not open');
    if (this.writer !== this.disk.writer) throw new Superseded(`writer ${this.disk.writer} took over`);
    if (number <= this.disk.lastBatch) return;
    if (number > this.disk.lastBatch + 1)
      throw new Error(`batch ${number} does not follow ${this.disk.lastBatch}`);

    const rows = changes.map(({ kind, value, live }) => ({ kind, id: value.id, live, state: toStored(value) }));
    const logged = new Map<EffectId, string>();
    for (const { id, effect } of effects) {
      if (logged.has(id) || this.disk.effects.has(id)) throw new Error(`effect ${id} logged twice`);
      logged.set(id, toStored(effect));
    }
    // Nothing can fail from here on, so it is all of it or nothing.
    this.disk.lastBatch = number;
    for (const { id, ...row } of rows) {
      const key = `${row.kind} ${id}`;
      if (!this.disk.aggregates.get(key)?.live) this.disk.aggregates.delete(key); // It comes to life last in line.
      this.disk.aggregates.set(key, row);
    }
    for (const [id, effect] of logged) this.disk.effects.set(id, effect);
    for (const id of done) this.disk.effects.delete(id);
    this.disk.notifications.push(...notifications);
  }

  async findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined> {
    const row = this.disk.aggregates.get(`conversations ${id}`);
    if (row === undefined) return undefined;
    const conversation = parseStored(row.state) as Conversation;
    return conversation.app === app ? conversation : undefined;
  }

  async listConversations(query: ConversationQuery): Promise<ConversationPage> {
    const found = [...this.disk.aggregates.values()]
      .filter(({ kind }) => kind === 'conversations')
      .map(({ state }) => parseStored(state) as Conversation)
      .filter((conversation) => isAskedFor(conversation, query))
      .sort(newestFirst);
    return { total: found.length, conversations: found.slice(query.offset, query.offset + query.limit) };
  }

  async close(): Promise<void> {
    this.writer = null;
  }
}

type StoredAggregate = { readonly kind: Kind; readonly live: boolean; readonly state: string };

export class Disk {
  writer = 0;
  lastBatch = 0;
  readonly aggregates = new Map<string, StoredAggregate>();
  readonly effects = new Map<EffectId, string>();
  /** Every notification ever committed, in order. */
  readonly notifications: Notification[] = [];
}
