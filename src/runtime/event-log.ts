import type { AppId, ConversationId, EventId } from '../domain/ids';
import { isEvent } from '../domain/notification';
import { Refusal } from '../domain/refusal';
import {
  shownUrl,
  type Callback,
  type Callbacks,
  type EventRecord,
  type Events,
  type SetAsidePage,
} from '../ports/events';
import type { Metrics } from '../ports/metrics';
import { StorageUnavailable, type EventsRestored, type Storage } from '../ports/storage';
import { wait, type Chance, type Clock, type Logger } from '../ports/system';
import { CallbackDelivery } from './callback-delivery';
import type { EngineRunner } from './engine-runner';

/** What the log needs of the rest. */
export type EventLogSurroundings = {
  readonly storage: Storage;
  readonly callbacks: Callbacks;
  /** Where each application wants its events. */
  readonly destinations: readonly Callback[];
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
};

/**
 * To a URL that is not configured any more: what waits for it is set aside in its time, as where a receiver is down. Others
 * have their turn in between.
 */
function nowhere(clock: Clock): Callbacks {
  return {
    post: async () => {
      await wait(clock, 0);
      throw new Error('the callback URL is not configured any more');
    },
    close: () => undefined,
  };
}

const REPLAYED_AT_ONCE = 500;

/** `waiting`: about how many events it still has to deliver, for as long as the delivery does not know it to the one. */
type Destination = { readonly callback: Callback; readonly delivery: CallbackDelivery; waiting: number };

/** Everything that was told: kept, passed on to those who follow, and delivered to callback URLs. */
export class EventLog implements Events {
  private readonly destinations: readonly Destination[];
  /** To URLs for which something waits and that are not configured any more: nothing new comes to them. */
  private readonly deserted: readonly Destination[];
  private readonly nowhere: Callbacks;
  private readonly listeners = new Set<(events: readonly EventRecord[]) => void>();
  private lastId: EventId | null;
  private isStoreAway = false;

  constructor(
    private readonly surroundings: EventLogSurroundings,
    private readonly engine: Pick<EngineRunner, 'settle' | 'deliver' | 'flush'>,
    restored: Pick<EventsRestored, 'lastEvent' | 'undelivered'>,
  ) {
    const { destinations, logger, metrics } = surroundings;
    this.nowhere = nowhere(surroundings.clock);
    this.lastId = restored.lastEvent;
    this.destinations = destinations.map((callback) => this.destinationAt(callback, restored));
    this.deserted = restored.undelivered
      .filter(({ app, url }) => !this.destinationsOf(app).some(({ callback }) => callback.url === url))
      .map(({ app, url, count }) => {
        const problem = 'events wait for a callback URL that is not configured any more';
        logger.warn(problem, { app, url: shownUrl(url), count });
        return this.destinationAt({ app, url, secrets: [] }, restored, this.nowhere);
      });
    metrics.onRead(() => ({
      callbacks: this.all.map(({ callback, delivery, waiting }) => ({
        app: callback.app,
        undelivered: delivery.left ?? waiting,
      })),
    }));
  }

  start(): void {
    this.all.forEach(({ delivery }) => delivery.start());
  }

  stop(): void {
    this.all.forEach(({ delivery }) => delivery.stop());
  }

  urlsOf(app: AppId): readonly string[] {
    return this.destinationsOf(app).map(({ callback }) => callback.url);
  }

  /** They are on record. */
  told(records: readonly EventRecord[]): void {
    this.lastId = records.at(-1)?.id ?? this.lastId;
    const events = records.filter(({ event }) => isEvent(event));
    if (events.length === 0) return;
    for (const each of this.destinations) {
      const wanted = events.filter(({ app }) => app === each.callback.app);
      each.waiting += wanted.length;
      each.delivery.add(wanted);
    }
    for (const listener of this.listeners) listener(events);
  }

  follow(listener: (events: readonly EventRecord[]) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  last(): EventId | null {
    return this.lastId;
  }

  after(app: AppId, event: EventId, limit: number): Promise<readonly EventRecord[]> {
    return this.surroundings.storage.eventsAfter(app, event, limit);
  }

  lastForgotten(app: AppId): Promise<EventId | null> {
    return this.surroundings.storage.lastForgottenEvent(app);
  }

  ofConversation(app: AppId, id: ConversationId): Promise<readonly EventRecord[]> {
    return this.surroundings.storage.eventsOf(app, id);
  }

  find(app: AppId, id: EventId): Promise<EventRecord | undefined> {
    return this.surroundings.storage.findEvent(app, id);
  }

  setAside(app: AppId, offset: number, limit: number): Promise<SetAsidePage> {
    return this.surroundings.storage.deliveriesSetAside(app, offset, limit);
  }

  async replay(app: AppId, id: EventId): Promise<void> {
    const record = await this.find(app, id);
    if (record === undefined || !isEvent(record.event)) throw new Refusal('event-not-found', { event_id: id });
    await this.deliverAgain(this.destinationsOf(app), [record]);
  }

  async replaySetAside(app: AppId, limit: number): Promise<number> {
    let replayed = 0;
    let left = 0; // Those to a URL that is not configured any more: they stay where they are.
    while (replayed < limit) {
      const { deliveries } = await this.setAside(app, left, REPLAYED_AT_ONCE);
      left += deliveries.length;
      for (const destination of this.destinationsOf(app)) {
        const records = deliveries
          .filter(({ url }) => url === destination.callback.url)
          .slice(0, limit - replayed)
          .map(({ record }) => record);
        if (records.length > 0) await this.deliverAgain([destination], records);
        replayed += records.length;
        left -= records.length;
      }
      if (deliveries.length < REPLAYED_AT_ONCE) break;
      await wait(this.surroundings.clock, 0); // Of many that stay, others have their turn in between.
    }
    return replayed;
  }

  private async deliverAgain(to: readonly Destination[], records: readonly EventRecord[]): Promise<void> {
    const deliveries = to.flatMap(({ callback: { app, url } }) =>
      records.map(({ id }) => ({ app, url, event: id })),
    );
    await this.engine.deliver(deliveries);
    for (const each of to) {
      each.waiting += records.length;
      each.delivery.addAgain(records);
    }
  }

  private destinationsOf(app: AppId): readonly Destination[] {
    return this.destinations.filter(({ callback }) => callback.app === app);
  }

  private get all(): readonly Destination[] {
    return [...this.destinations, ...this.deserted];
  }

  private destinationAt(
    callback: Callback,
    { undelivered }: Pick<EventsRestored, 'undelivered'>,
    callbacks = this.surroundings.callbacks,
  ): Destination {
    const { metrics, clock, chance, logger } = this.surroundings;
    const { app, url } = callback;
    const mine = undelivered.find((each) => each.app === app && each.url === url);
    const delivery: CallbackDelivery = new CallbackDelivery(callback, {
      callbacks,
      clock,
      chance,
      logger,
      load: (after, limit) => this.toDeliver(callback, after, limit),
      settled: ({ id }, problem) => {
        each.waiting--;
        this.engine.settle({ app, url, event: id, problem, at: clock.now() });
        if (problem !== null) metrics.eventSetAside(app);
      },
      attempted: (outcome, seconds) => {
        if (callbacks !== this.nowhere) metrics.callbackTried(app, outcome, seconds);
      },
    });
    const each: Destination = { callback, delivery, waiting: mine?.count ?? 0 };
    return each;
  }

  /** Tells once of a store that is away, however many URLs there are and however often each asks. */
  private async toDeliver(
    { app, url }: Callback,
    after: EventId | null,
    limit: number,
  ): Promise<readonly EventRecord[]> {
    const { storage, logger } = this.surroundings;
    try {
      await this.engine.flush(); // What has arrived is on record as that, and not read again.
      const events = await storage.eventsToDeliver(app, url, after, limit);
      if (this.isStoreAway) logger.info('events to deliver can be read again');
      this.isStoreAway = false;
      return events;
    } catch (error) {
      const problem = error instanceof StorageUnavailable ? error.message : (error as Error).stack;
      if (!this.isStoreAway) logger.warn('events to deliver cannot be read yet', { problem });
      this.isStoreAway = true;
      throw error;
    }
  }
}
