import type { AppId, ConversationId, EventId, Instant } from '../../src/domain/ids';
import type { Change } from '../../src/domain/world';
import type { Delivery, EventRecord, Settled, ToldEvent } from '../../src/ports/events';
import { Superseded, type Batch, type Storage } from '../../src/ports/storage';
import { aBatch, aConversation, anAgent, anEvent, APP, change } from './storage-objects';

const URL = 'https://receiver.example/hook';
const OTHER_URL = 'https://other.example/hook';
const OTHER_APP = 'other' as AppId;
const FIRST = '' as EventId;

/** What every storage promises of what was told, and of what still has to be delivered. */
export function describeEvents(
  storage: () => Storage,
  another: () => Storage,
  commit: (parts: Partial<Batch>) => Promise<void>,
): void {
  describe('events', () => {
    test('they are read in order, as far as asked, of the application alone', async () => {
      const elsewhere = anEvent(4, { app: OTHER_APP });
      await commit({ events: [anEvent(1), anEvent(2)] });
      await commit({ events: [anEvent(3), elsewhere] });

      const { id } = anEvent(1);
      expect(await storage().eventsAfter(APP, FIRST, 2)).toStrictEqual([
        recordOf(anEvent(1)),
        recordOf(anEvent(2)),
      ]);
      expect(await storage().eventsAfter(APP, id, 9)).toStrictEqual([recordOf(anEvent(2)), recordOf(anEvent(3))]);
      expect(await storage().eventsAfter(OTHER_APP, id, 9)).toStrictEqual([recordOf(elsewhere)]);
    });

    test('what is for the journal alone stands in it in its place, has no number, and is no event', async () => {
      const failed = anEvent(2, { event: 'callcenter.conversation.call_failed', numbered: null });
      await commit({ events: [anEvent(1), failed] });

      expect(await storage().eventsOf(APP, '1' as ConversationId)).toStrictEqual([
        recordOf(anEvent(1)),
        recordOf(failed),
      ]);
      expect(await storage().eventsAfter(APP, FIRST, 9)).toStrictEqual([recordOf(anEvent(1))]);
      const { lastEvent, sequences } = await another().open();
      expect(lastEvent).toBe(failed.id);
      expect(sequences).toStrictEqual(new Map([['conversations 1', 1]]));
    });

    test('given a batch that is committed twice, its events are there once', async () => {
      await commit({ events: [anEvent(1)], deliveries: [toDeliver(1)] });
      await storage().commit(aBatch(1, { events: [anEvent(1)], deliveries: [toDeliver(1)] }));

      expect(await storage().eventsAfter(APP, FIRST, 9)).toHaveLength(1);
    });

    test('given a writer that was superseded, nothing of its batch is told', async () => {
      await commit({ events: [anEvent(1)] });
      await another().open();

      const late = aBatch(2, { events: [anEvent(2)], deliveries: [toDeliver(1)] });
      await expect(storage().commit(late)).rejects.toThrow(Superseded);
      expect(await storage().eventsAfter(APP, FIRST, 9)).toHaveLength(1);
      expect(await storage().eventsToDeliver(APP, URL, null, 9)).toEqual([]);
    });

    test('the journal of a conversation has what names it', async () => {
      const [one, two] = ['1', '2'] as ConversationId[];
      const nobody = anEvent(4, { conversation: null, agent: 'ann' as never });
      await commit({ events: [anEvent(1), anEvent(2, { conversation: two! }), anEvent(3), nobody, anEvent(5)] });

      const events = [1, 3, 5].map((number) => recordOf(anEvent(number)));
      expect(await storage().eventsOf(APP, one!)).toStrictEqual(events);
      expect(await storage().eventsOf(OTHER_APP, one!)).toStrictEqual([]);
    });

    test('one is found by its id, in its application', async () => {
      await commit({ events: [anEvent(1)] });

      expect(await storage().findEvent(APP, anEvent(1).id)).toStrictEqual(recordOf(anEvent(1)));
      expect(await storage().findEvent(OTHER_APP, anEvent(1).id)).toBeUndefined();
    });

    test('after a restart the numbers go on, but for what is over', async () => {
      const agent = anEvent(3, { numbered: { by: 'agents app/ann', as: 7 } });
      const gone = anEvent(4, { numbered: { by: 'conversations 2', as: 2 } });
      const ended: Change = { ...change(aConversation('2')), live: false };
      await commit({ events: [anEvent(1), anEvent(2), agent] });
      await commit({ events: [gone], changes: [ended, { ...anAgent('ann'), live: false }] });

      const { lastEvent, sequences } = await another().open();
      expect(lastEvent).toBe(gone.id);
      expect(sequences).toStrictEqual(
        new Map([
          ['conversations 1', 2],
          ['agents app/ann', 7],
        ]),
      );
    });
  });

  describe('deliveries', () => {
    test('they are to be made until they have arrived', async () => {
      await commit({
        events: [1, 2, 3].map((each) => anEvent(each)),
        deliveries: [1, 2, 3].map((each) => toDeliver(each)),
      });
      await commit({ settled: [settled(toDeliver(2))] });

      expect(await idsFor(URL)).toEqual([anEvent(1).id, anEvent(3).id]);
      expect(await idsFor(URL, anEvent(1).id)).toEqual([anEvent(3).id]);
      expect(await idsFor(OTHER_URL)).toEqual([]);
      expect((await another().open()).undelivered).toStrictEqual([{ app: APP, url: URL, count: 2 }]);
    });

    test('given one that was given up, it is listed with the reason, and not to be made', async () => {
      const deliveries = [toDeliver(1), toDeliver(2), toDeliver(2, OTHER_URL)];
      await commit({ events: [anEvent(1), anEvent(2)], deliveries });
      await commit({ settled: deliveries.slice(1).map((each) => settled(each, 'HTTP status 500')) });

      const asWell = { problem: 'HTTP status 500', since: 5_000 };
      expect(await storage().deliveriesSetAside(APP, 0, 9)).toStrictEqual({
        total: 2,
        deliveries: [
          { record: recordOf(anEvent(2)), url: OTHER_URL, ...asWell },
          { record: recordOf(anEvent(2)), url: URL, ...asWell },
        ],
      });
      expect((await storage().deliveriesSetAside(APP, 1, 9)).deliveries).toHaveLength(1);
      expect(await storage().deliveriesSetAside(OTHER_APP, 0, 9)).toStrictEqual({ total: 0, deliveries: [] });
      expect(await idsFor(URL)).toEqual([anEvent(1).id]);
      expect((await another().open()).undelivered).toStrictEqual([{ app: APP, url: URL, count: 1 }]);
    });

    test('given one that was given up, or has arrived, it can be made once more', async () => {
      await commit({ events: [anEvent(1), anEvent(2)], deliveries: [toDeliver(1), toDeliver(2)] });
      await commit({ settled: [settled(toDeliver(1), 'no answer'), settled(toDeliver(2))] });
      await commit({ deliveries: [toDeliver(1), toDeliver(2)] });

      expect(await idsFor(URL)).toEqual([anEvent(1).id, anEvent(2).id]);
      expect(await storage().deliveriesSetAside(APP, 0, 9)).toMatchObject({ total: 0 });
    });
  });

  async function idsFor(url: string, after: EventId | null = null): Promise<readonly EventId[]> {
    return (await storage().eventsToDeliver(APP, url, after, 9)).map(({ id }) => id);
  }
}

function recordOf({ numbered: _n, notification: _w, ...record }: ToldEvent): EventRecord {
  return record;
}

function toDeliver(sequence: number, url = URL): Delivery {
  return { app: APP, url, event: anEvent(sequence).id };
}

function settled(delivery: Delivery, problem: string | null = null): Settled {
  return { ...delivery, problem, at: 5_000 as Instant };
}
