import type { AppId, ConversationId, EventId, Instant } from '../../src/domain/ids';
import { Refusal } from '../../src/domain/refusal';
import type { EventRecord, Events, SetAside, SetAsidePage } from '../../src/ports/events';

/** Events that a test puts in, and tells when it likes. */
export class RecordingEvents implements Events {
  readonly records: EventRecord[] = [];
  readonly givenUp: SetAside[] = [];
  readonly replayed: EventId[] = [];
  forgotten: EventId | null = null;
  private readonly listeners = new Set<(events: readonly EventRecord[]) => void>();
  /** Called before anything is read. */
  beforeReading: () => Promise<void> = async () => undefined;

  get followers(): number {
    return this.listeners.size;
  }

  /** They are on record, and told. */
  tell(...events: readonly EventRecord[]): void {
    this.records.push(...events);
    for (const listener of this.listeners) listener(events);
  }

  follow(listener: (events: readonly EventRecord[]) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async after(app: AppId, event: EventId, limit: number): Promise<readonly EventRecord[]> {
    await this.beforeReading();
    return this.records.filter((each) => each.app === app && each.id > event).slice(0, limit);
  }

  async lastForgotten(): Promise<EventId | null> {
    return this.forgotten;
  }

  last(): EventId | null {
    return this.records.at(-1)?.id ?? null;
  }

  async ofConversation(app: AppId, id: ConversationId): Promise<readonly EventRecord[]> {
    return this.records.filter((each) => each.app === app && each.conversation === id);
  }

  async find(app: AppId, id: EventId): Promise<EventRecord | undefined> {
    return this.records.find((each) => each.app === app && each.id === id);
  }

  async setAside(app: AppId, offset: number, limit: number): Promise<SetAsidePage> {
    const all = this.givenUp.filter(({ record }) => record.app === app);
    return { total: all.length, deliveries: all.slice(offset, offset + limit) };
  }

  async replay(app: AppId, id: EventId): Promise<void> {
    if ((await this.find(app, id)) === undefined) throw new Refusal('event-not-found', { event_id: id });
    this.replayed.push(id);
  }

  async replaySetAside(app: AppId, limit: number): Promise<number> {
    return Math.min(limit, (await this.setAside(app, 0, 1)).total);
  }
}

/** The event with this number, of a conversation. */
export function anEventRecord(number: number, parts: Partial<EventRecord> = {}): EventRecord {
  const id = number.toString(16).padStart(32, '0') as EventId;
  const conversation = '1'.padStart(32, '0') as ConversationId;
  return {
    id,
    app: 'default' as AppId,
    event: 'callcenter.conversation.parts_changed',
    at: 0 as Instant,
    agent: null,
    task: null,
    conversation,
    body: JSON.stringify({ action: 'event_notify', event_id: id, sequence: number }),
    ...parts,
  };
}
