import type { AppId, EventId, Instant } from '../../src/domain/ids';
import { Refusal } from '../../src/domain/refusal';
import type { Measured } from '../../src/ports/metrics';
import { StorageUnavailable, type Batch } from '../../src/ports/storage';
import { EventLog } from '../../src/runtime/event-log';
import { aBatch, anEvent, APP } from '../contract/storage-objects';
import { VirtualTime } from '../simulation/virtual-time';
import { counting, silent, unmeasured } from '../support/fakes';
import { MemoryStorage } from '../support/memory-storage/memory-storage';

const URL = 'https://receiver.example/hook';
const OTHER_URL = 'https://other.example/hook';
const NO_MORE = 'https://gone.example/hook';
const DAY_MS = 24 * 3_600_000;
const VIRTUAL_START = new VirtualTime().now();
const EVER = Number.MAX_SAFE_INTEGER as Instant;
const toDeliver = (sequence: number, url = URL) => ({ app: APP, url, event: anEvent(sequence).id });

/** A log that has found these batches in its store, and delivers to these URLs. */
async function aLogTo(urls: readonly string[], ...found: readonly Partial<Batch>[]) {
  const time = new VirtualTime();
  const storage = new MemoryStorage();
  await storage.open();
  let number = 0;
  const commit = (parts: Partial<Batch>): Promise<void> => storage.commit(aBatch(++number, parts));
  for (const parts of found) await commit(parts);
  const restored = await storage.open();
  const posted: EventId[] = [];
  const warnings: string[] = [];
  const lines: (readonly [message: string, fields: unknown])[] = [];
  const asked: string[] = [];
  const read = storage.eventsToDeliver.bind(storage);
  storage.eventsToDeliver = (...wanted) => {
    asked.push('read');
    return read(...wanted);
  };
  let measure = (): Partial<Measured> => ({});
  const log = new EventLog(
    {
      storage,
      callbacks: { post: async (_, { id }) => void posted.push(id), close: () => undefined },
      destinations: urls.map((url) => ({ app: APP, url, secrets: [] })),
      metrics: { ...unmeasured, onRead: (read) => (measure = read) },
      clock: time.clockOf('service'),
      chance: counting,
      logger: {
        ...silent,
        info: (message, fields) => void lines.push([message, fields]),
        warn: (message, fields) => {
          warnings.push(message);
          lines.push([message, fields]);
        },
      },
    },
    {
      settle: (settled) => void commit({ settled: [settled] }),
      deliver: (deliveries) => commit({ deliveries }),
      flush: async () => void asked.push('flush'),
    },
    restored,
  );
  const undelivered = (): number => measure().callbacks!.reduce((sum, each) => sum + each.undelivered, 0);
  return { log, time, storage, commit, asked, posted, warnings, lines, undelivered };
}

/** The same to `URL`. */
const aLog = (...found: readonly Partial<Batch>[]) => aLogTo([URL], ...found);

test('given events that wait in the store and new ones, all are delivered, and none is left', async () => {
  const { log, time, commit, posted, undelivered } = await aLog({
    events: [anEvent(1), anEvent(2)],
    deliveries: [toDeliver(1), toDeliver(2)],
  });
  expect(undelivered()).toBe(2);
  log.start();
  await time.idle(10);
  await commit({ events: [anEvent(3)], deliveries: [toDeliver(3)] });
  log.told([anEvent(3), anEvent(4, { app: 'other' as AppId })]);
  await time.idle(10);

  expect(posted).toEqual([1, 2, 3].map((each) => anEvent(each).id));
  expect(undelivered()).toBe(0);
});

test('what has arrived is on record before it is read what still has to', async () => {
  const { log, time, asked } = await aLog({ events: [anEvent(1)], deliveries: [toDeliver(1)] });
  log.start();
  await time.idle(10);

  expect(asked).toEqual(['flush', 'read']);
});

test('given an event that is asked for once more, it is delivered once more', async () => {
  const { log, time, posted, undelivered } = await aLog({ events: [anEvent(1)], deliveries: [toDeliver(1)] });
  log.start();
  await time.idle(10);
  await log.replay(APP, anEvent(1).id);
  await time.idle(10);

  expect(posted).toEqual([anEvent(1).id, anEvent(1).id]);
  expect(undelivered()).toBe(0);
});

test('given an event that is asked for although it is still to be delivered, it is delivered and counted once', async () => {
  const { log, time, posted, undelivered } = await aLog({ events: [anEvent(1)], deliveries: [toDeliver(1)] });
  await log.replay(APP, anEvent(1).id);
  log.start();
  await time.idle(10);

  expect(posted).toEqual([anEvent(1).id]);
  expect(undelivered()).toBe(0);
});

test('what is for the journal alone is passed on to nobody, and cannot be asked for', async () => {
  const failed = anEvent(2, { event: 'callcenter.conversation.call_failed', numbered: null });
  const { log, time, posted, commit } = await aLog();
  const followed: EventId[] = [];
  log.follow((events) => followed.push(...events.map(({ id }) => id)));
  log.start();
  await time.idle(10);
  await commit({ events: [anEvent(1), failed], deliveries: [toDeliver(1)] });
  log.told([anEvent(1), failed]);
  await time.idle(10);

  expect([posted, followed]).toEqual([[anEvent(1).id], [anEvent(1).id]]);
  expect(log.last()).toBe(failed.id);
  await expect(log.replay(APP, failed.id)).rejects.toThrow(Refusal);
});

test('given an event that is not there, or of another application, it cannot be asked for', async () => {
  const { log } = await aLog({ events: [anEvent(1)] });

  await expect(log.replay('other' as AppId, anEvent(1).id)).rejects.toThrow(Refusal);
  await expect(log.replay(APP, anEvent(2).id)).rejects.toThrow(Refusal);
});

test('given deliveries that were given up, those to a URL that is still there are made once more, and counted', async () => {
  const deliveries = [toDeliver(1, NO_MORE), toDeliver(1), toDeliver(2)];
  const settled = deliveries.map((each) => ({ ...each, problem: 'no answer', at: 5_000 as Instant }));
  const { log, time, posted, undelivered } = await aLog(
    { events: [anEvent(1), anEvent(2)], deliveries },
    { settled },
  );
  log.start();
  await time.idle(10);

  expect(await log.replaySetAside(APP, 1)).toBe(1);
  expect(await log.replaySetAside(APP, 10)).toBe(1);
  await time.idle(10);
  expect(posted).toEqual([anEvent(1).id, anEvent(2).id]);
  expect(undelivered()).toBe(0);
  expect((await log.setAside(APP, 0, 9)).deliveries.map(({ url }) => url)).toEqual([NO_MORE]);
});

describe('given events that wait for a URL that is not configured any more', () => {
  const waiting: Partial<Batch> = {
    events: [anEvent(1, { at: VIRTUAL_START }), anEvent(2, { at: VIRTUAL_START })],
    deliveries: [toDeliver(1, NO_MORE), toDeliver(2, NO_MORE), toDeliver(2)],
  };

  test('the log says so, they are counted, and nothing else waits for them', async () => {
    const { log, time, posted, warnings, undelivered } = await aLog(waiting);
    log.start();
    await time.idle(10);

    expect(warnings).toEqual(['events wait for a callback URL that is not configured any more']);
    expect(posted).toEqual([anEvent(2).id]);
    expect(undelivered()).toBe(2);
    expect(log.urlsOf(APP)).toEqual([URL]);
  });

  test('within a day after they happened they are still there for when the URL is back', async () => {
    const { time, storage, log } = await aLog(waiting);
    log.start();
    await time.idle(DAY_MS - 60_000);

    expect((await log.setAside(APP, 0, 9)).total).toBe(0);
    expect(await storage.eventsToDeliver(APP, NO_MORE, null, 9)).toHaveLength(2);
  });

  test('after a day they are set aside, listed with the reason, and forgotten in the end', async () => {
    const { log, time, storage, undelivered } = await aLog(waiting);
    log.start();
    await time.idle(DAY_MS + 30 * 60_000);

    const { deliveries } = await log.setAside(APP, 0, 9);
    expect(deliveries.map(({ record, url, problem }) => [record.id, url, problem])).toEqual(
      [1, 2].map((each) => [anEvent(each).id, NO_MORE, 'the callback URL is not configured any more']),
    );
    expect(undelivered()).toBe(0);
    while ((await storage.forgetEnded(EVER)) > 0);
    expect((await log.setAside(APP, 0, 9)).total).toBe(0);
    expect(await log.find(APP, anEvent(1).id)).toBeUndefined();
  });

  test('once they are set aside, they are sent when the URL is configured again and somebody asks for it', async () => {
    const settled = waiting.deliveries!.map((each) => ({ ...each, problem: 'none', at: VIRTUAL_START }));
    const { log, time, posted } = await aLogTo([NO_MORE], waiting, { settled });
    log.start();
    expect(await log.replaySetAside(APP, 9)).toBe(2);
    await time.idle(10);

    expect(posted).toEqual([anEvent(1).id, anEvent(2).id]);
  });
});

test('given a store that cannot be read for a while, the log says so once, and when it can, whatever the number of URLs', async () => {
  const urls = [URL, OTHER_URL];
  const { log, time, storage, lines, posted } = await aLogTo(urls, {
    events: [anEvent(1)],
    deliveries: urls.map((url) => toDeliver(1, url)),
  });
  const reading = jest.spyOn(storage, 'eventsToDeliver').mockRejectedValue(new StorageUnavailable('it is away'));
  log.start();
  await time.idle(60_000);
  expect(reading.mock.calls).toHaveLength(urls.length * 12); // Every five seconds.
  expect(lines).toEqual([['events to deliver cannot be read yet', { problem: 'it is away' }]]);

  reading.mockRestore();
  await time.idle(5_000);
  expect(lines.slice(1)).toEqual([['events to deliver can be read again', undefined]]);
  expect(posted).toHaveLength(2);
});
