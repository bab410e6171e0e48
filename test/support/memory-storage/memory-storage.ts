import { storedAnswer } from '../../../src/adapters/storage/stored-answer';
import { parseStored, toStored } from '../../../src/adapters/storage/stored-json';
import type { Conversation } from '../../../src/domain/conversation/conversation';
import type { Effect } from '../../../src/domain/effect';
import type { AppId, ConversationId, EventId, Instant, QueueTaskId } from '../../../src/domain/ids';
import type { Notification } from '../../../src/domain/notification';
import type { QueueTask } from '../../../src/domain/queue/queue-task';
import type { Change, Kind } from '../../../src/domain/world';
import type { EventRecord, SetAsidePage } from '../../../src/ports/events';
import {
  Superseded,
  type Batch,
  type ConversationPage,
  type ConversationQuery,
  type EffectId,
  type KeptAnswer,
  type Restored,
  type Storage,
} from '../../../src/ports/storage';
import { MemoryAnswers } from './memory-answers';
import { MemoryEvents } from './memory-events';
import { isAskedFor, newestFirst } from './memory-history';
import { MemoryPast, pastEntry } from './memory-past';

/**
 * Nothing outlives the process. What several processes would share is the `Disk`.
 * Everything goes through the same text as in a real store, so what cannot be stored shows here as well.
 */
export class MemoryStorage implements Storage {
  readonly name = 'memory';
  private writer: number | null = null;

  constructor(readonly disk: Disk = new Disk()) {}

  async open(): Promise<Restored> {
    this.writer = ++this.disk.writer;
    const live = [...this.disk.aggregates.values()].filter((row) => row.live);
    return {
      lastBatch: this.disk.lastBatch,
      aggregates: live.map(({ kind, state }) => ({ kind, value: parseStored(state), live: true }) as Change),
      effects: [...this.disk.effects].map(([id, text]) => ({ id, effect: parseStored(text) as Effect })),
      ...this.disk.events.restored(),
    };
  }

  async commit(batch: Batch): Promise<void> {
    const { number, at, changes, past, effects, done, answers, withdrawn } = batch;
    if (this.writer === null) throw new Error('not open');
    if (this.writer !== this.disk.writer) throw new Superseded(`writer ${this.disk.writer} took over`);
    if (number <= this.disk.lastBatch) return;
    if (number > this.disk.lastBatch + 1)
      throw new Error(`batch ${number} does not follow ${this.disk.lastBatch}`);

    const rows = changes.map(({ kind, value, live }) => {
      return { kind, id: value.id, live, overSince: live ? null : at, state: toStored(value) };
    });
    const entries = past.map(pastEntry);
    const answered = answers.map(storedAnswer);
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
    for (const entry of entries) this.disk.past.put(entry);
    for (const [id, effect] of logged) this.disk.effects.set(id, effect);
    for (const id of done) this.disk.effects.delete(id);
    this.disk.events.put(batch);
    this.disk.answers.put(answered, withdrawn);
  }

  isAvailable(): boolean {
    return true;
  }

  async findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined> {
    return this.find('conversations', app, id) as Conversation | undefined;
  }

  async findTask(app: AppId, id: QueueTaskId): Promise<QueueTask | undefined> {
    return this.find('queueTasks', app, id) as QueueTask | undefined;
  }

  async listConversations(query: ConversationQuery): Promise<ConversationPage> {
    const found = [...this.disk.aggregates.values()]
      .filter(({ kind }) => kind === 'conversations')
      .map(({ state }) => parseStored(state) as Conversation)
      .filter((conversation) => isAskedFor(conversation, query))
      .sort(newestFirst);
    return { total: found.length, conversations: found.slice(query.offset, query.offset + query.limit) };
  }

  async asOf(app: AppId, at: Instant): Promise<readonly Change[]> {
    return this.disk.past.asOf(app, at);
  }

  async forgetBefore(at: Instant): Promise<number> {
    return this.disk.past.forgetBefore(at, FORGET_AT_ONCE);
  }

  async forgetEnded(before: Instant): Promise<number> {
    const { aggregates, events } = this.disk;
    const over = [...aggregates].filter(([, { overSince }]) => overSince !== null && overSince < before);
    for (const [key] of over.slice(0, FORGET_AT_ONCE)) aggregates.delete(key);
    return Math.min(over.length, FORGET_AT_ONCE) + events.forget(before, FORGET_AT_ONCE);
  }

  async findAnswer(app: AppId, key: string): Promise<KeptAnswer | undefined> {
    return this.disk.answers.find(app, key);
  }

  async forgetAnswers(before: Instant): Promise<number> {
    return this.disk.answers.forget(before, FORGET_AT_ONCE);
  }

  async eventsAfter(app: AppId, event: EventId, limit: number): Promise<readonly EventRecord[]> {
    return this.disk.events.after(app, event, limit);
  }

  async lastForgottenEvent(app: AppId): Promise<EventId | null> {
    return this.disk.events.lastForgotten(app);
  }

  async eventsOf(app: AppId, id: ConversationId): Promise<readonly EventRecord[]> {
    return this.disk.events.ofConversation(app, id);
  }

  async findEvent(app: AppId, id: EventId): Promise<EventRecord | undefined> {
    return this.disk.events.find(app, id);
  }

  async eventsToDeliver(
    app: AppId,
    url: string,
    after: EventId | null,
    limit: number,
  ): Promise<readonly EventRecord[]> {
    return this.disk.events.toDeliver(app, url, after, limit);
  }

  async deliveriesSetAside(app: AppId, offset: number, limit: number): Promise<SetAsidePage> {
    return this.disk.events.setAside(app, offset, limit);
  }

  async close(): Promise<void> {
    this.writer = null;
  }

  private find(kind: Kind, app: AppId, id: string): unknown {
    const row = this.disk.aggregates.get(`${kind} ${id}`);
    if (row === undefined) return undefined;
    const value = parseStored(row.state) as { readonly app?: AppId };
    return value.app === app ? value : undefined;
  }
}

/** As a real store, where others wait meanwhile. */
const FORGET_AT_ONCE = 500;

type StoredAggregate = {
  readonly kind: Kind;
  readonly live: boolean;
  readonly overSince: Instant | null;
  readonly state: string;
};

export class Disk {
  writer = 0;
  lastBatch = 0;
  readonly aggregates = new Map<string, StoredAggregate>();
  readonly past = new MemoryPast();
  readonly effects = new Map<EffectId, string>();
  readonly events = new MemoryEvents();
  readonly answers = new MemoryAnswers();

  /** Every notification committed and not forgotten, in order. */
  get notifications(): readonly Notification[] {
    return this.events.notifications();
  }
}
