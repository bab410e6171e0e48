import { lastForgotten } from '../../../src/adapters/storage/event-sql';
import type { AppId, ConversationId, EventId, Instant } from '../../../src/domain/ids';
import { isEvent, type Notification } from '../../../src/domain/notification';
import {
  subjectsOver,
  type Delivery,
  type EventRecord,
  type SetAsidePage,
  type ToldEvent,
} from '../../../src/ports/events';
import type { EventBatch, EventsRestored, Undelivered } from '../../../src/ports/storage';

type Kept = Delivery & {
  readonly givenUp: { readonly problem: string; readonly since: EventRecord['at'] } | null;
};

/** What was told, and what of it still has to be delivered. */
export class MemoryEvents {
  private told: ToldEvent[] = [];
  private lastEvent: EventId | null = null;
  private readonly sequences = new Map<string, number>();
  private readonly deliveries = new Map<string, Kept>();
  private readonly forgotten = new Map<AppId, EventId>();

  put({ events, changes, deliveries, settled }: EventBatch): void {
    this.told.push(...events);
    for (const { id, numbered } of events) {
      this.lastEvent = id;
      if (numbered !== null) this.sequences.set(numbered.by, numbered.as);
    }
    for (const subject of subjectsOver(changes, events)) this.sequences.delete(subject);
    for (const delivery of deliveries) this.deliveries.set(keyOf(delivery), { ...delivery, givenUp: null });
    for (const { problem, at, ...delivery } of settled) {
      if (problem === null) this.deliveries.delete(keyOf(delivery));
      else this.deliveries.set(keyOf(delivery), { ...delivery, givenUp: { problem, since: at } });
    }
  }

  restored(): EventsRestored {
    const undelivered = new Map<string, Undelivered>();
    for (const { app, url, givenUp } of this.deliveries.values()) {
      if (givenUp !== null) continue;
      const count = (undelivered.get(`${app} ${url}`)?.count ?? 0) + 1;
      undelivered.set(`${app} ${url}`, { app, url, count });
    }
    return {
      lastEvent: this.lastEvent,
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
    const old = this.told.filter(({ id, at }) => at < before && !wanted.has(id)).slice(0, atOnce);
    const gone = new Set(old.map(({ id }) => id));
    this.told = this.told.filter(({ id }) => !gone.has(id));
    for (const { app, last } of lastForgotten(old.map((each) => ({ ...each, cell: '' })))) {
      if (last > (this.forgotten.get(app) ?? '')) this.forgotten.set(app, last);
    }
    return Math.min(setAside.length, atOnce) + old.length;
  }

  lastForgotten(app: AppId): EventId | null {
    return this.forgotten.get(app) ?? null;
  }

  after(app: AppId, event: EventId, limit: number): readonly EventRecord[] {
    return this.recorded((each) => each.app === app && each.id > event && isEvent(each.event)).slice(0, limit);
  }

  ofConversation(app: AppId, id: ConversationId): readonly EventRecord[] {
    return this.recorded((each) => each.app === app && each.conversation === id);
  }

  find(app: AppId, id: EventId): EventRecord | undefined {
    return this.recorded((each) => each.app === app && each.id === id)[0];
  }

  toDeliver(app: AppId, url: string, after: EventId | null, limit: number): readonly EventRecord[] {
    const isWanted = (event: EventId): boolean =>
      this.deliveries.get(keyOf({ app, url, event }))?.givenUp === null && (after === null || event > after);
    return this.recorded((each) => each.app === app && isWanted(each.id)).slice(0, limit);
  }

  setAside(app: AppId, offset: number, limit: number): SetAsidePage {
    const all = [...this.deliveries.values()]
      .filter((each) => each.app === app && each.givenUp !== null)
      .sort((one, other) => (keyInOrder(one) < keyInOrder(other) ? -1 : 1))
      .map(({ url, event, givenUp }) => ({ record: this.find(app, event)!, url, ...givenUp! }));
    return { total: all.length, deliveries: all.slice(offset, offset + limit) };
  }

  private recorded(isWanted: (event: EventRecord) => boolean): readonly EventRecord[] {
    return this.told.filter(isWanted).map(recordOf);
  }
}

function recordOf({ id, app, event, at, agent, task, conversation, body }: ToldEvent): EventRecord {
  return { id, app, event, at, agent, task, conversation, body };
}

function keyOf({ app, url, event }: Delivery): string {
  return `${app} ${url} ${event}`;
}

function keyInOrder({ url, event }: Delivery): string {
  return `${event} ${url}`;
}
