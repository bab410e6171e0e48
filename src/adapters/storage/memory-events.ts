import type { AppId, ConversationId, EventId, Instant } from '../../domain/ids';
import type { Notification } from '../../domain/notification';
import type { Delivery, EventPage, EventRecord, SetAsidePage } from '../../ports/events';
import type { Batch, Restored, Undelivered } from '../../ports/storage';

type Kept = Delivery & {
  readonly givenUp: { readonly problem: string; readonly since: EventRecord['at'] } | null;
};

/** What was told, and what of it still has to be delivered. */
export class MemoryEvents {
  private records: EventRecord[] = [];
  private told: { readonly id: EventId; readonly notification: Notification }[] = [];
  private readonly sequences = new Map<string, number>();
  private readonly deliveries = new Map<string, Kept>();

  put({
    events,
    changes,
    deliveries,
    settled,
  }: Pick<Batch, 'events' | 'changes' | 'deliveries' | 'settled'>): void {
    for (const { subject, sequence, ...told } of events) {
      const { id, app, event, at, agent, task, conversation, body } = told;
      this.records.push({ id, app, event, at, agent, task, conversation, body });
      this.told.push({ id, notification: told.notification });
      this.sequences.set(subject, sequence);
    }
    for (const { kind, value, live } of changes) {
      if (!live && kind !== 'agents') this.sequences.delete(`${kind} ${value.id}`);
    }
    for (const delivery of deliveries) this.deliveries.set(keyOf(delivery), { ...delivery, givenUp: null });
    for (const { problem, at, ...delivery } of settled) {
      if (problem === null) this.deliveries.delete(keyOf(delivery));
      else this.deliveries.set(keyOf(delivery), { ...delivery, givenUp: { problem, since: at } });
    }
  }

  restored(): Pick<Restored, 'lastEvent' | 'sequences' | 'undelivered'> {
    const undelivered = new Map<string, Undelivered>();
    for (const { app, url, givenUp } of this.deliveries.values()) {
      if (givenUp !== null) continue;
      const count = (undelivered.get(`${app} ${url}`)?.count ?? 0) + 1;
      undelivered.set(`${app} ${url}`, { app, url, count });
    }
    return {
      lastEvent: this.records.at(-1)?.id ?? null,
      sequences: new Map(this.sequences),
      undelivered: [...undelivered.values()],
    };
  }

  notifications(): readonly Notification[] {
    return this.told.map(({ notification }) => notification);
  }

  /** But for what still has to be delivered. */
  forget(before: Instant, atOnce: number): number {
    const setAside = [...this.deliveries].filter(([, { givenUp }]) => givenUp !== null && givenUp.since < before);
    for (const [key] of setAside.slice(0, atOnce)) this.deliveries.delete(key);
    const wanted = new Set([...this.deliveries.values()].map(({ event }) => event));
    const old = this.records.filter(({ id, at }) => at < before && !wanted.has(id)).slice(0, atOnce);
    const gone = new Set(old.map(({ id }) => id));
    this.records = this.records.filter(({ id }) => !gone.has(id));
    this.told = this.told.filter(({ id }) => !gone.has(id));
    return Math.min(setAside.length, atOnce) + old.length;
  }

  after(app: AppId, event: EventId, limit: number): readonly EventRecord[] {
    return this.records.filter((each) => each.app === app && each.id > event).slice(0, limit);
  }

  ofConversation(app: AppId, id: ConversationId, offset: number, limit: number): EventPage {
    const all = this.records.filter((each) => each.app === app && each.conversation === id);
    return { total: all.length, events: all.slice(offset, offset + limit) };
  }

  find(app: AppId, id: EventId): EventRecord | undefined {
    return this.records.find((each) => each.app === app && each.id === id);
  }

  toDeliver(app: AppId, url: string, after: EventId | null, limit: number): readonly EventRecord[] {
    return this.records
      .filter((each) => each.app === app && (after === null || each.id > after))
      .filter(({ id }) => this.deliveries.get(keyOf({ app, url, event: id }))?.givenUp === null)
      .slice(0, limit);
  }

  setAside(app: AppId, offset: number, limit: number): SetAsidePage {
    const all = [...this.deliveries.values()]
      .filter((each) => each.app === app && each.givenUp !== null)
      .sort((one, other) => (keyInOrder(one) < keyInOrder(other) ? -1 : 1))
      .map(({ url, event, givenUp }) => ({ record: this.find(app, event)!, url, ...givenUp! }));
    return { total: all.length, deliveries: all.slice(offset, offset + limit) };
  }
}

function keyOf({ app, url, event }: Delivery): string {
  return `${app} ${url} ${event}`;
}

function keyInOrder({ url, event }: Delivery): string {
  return `${event} ${url}`;
}
