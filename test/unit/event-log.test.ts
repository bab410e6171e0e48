import { MemoryStorage } from '../../src/adapters/storage/memory-storage';
import type { AppId, EventId, Instant } from '../../src/domain/ids';
import { Refusal } from '../../src/domain/refusal';
import type { Measured } from '../../src/ports/metrics';
import type { Batch } from '../../src/ports/storage';
import { EventLog } from '../../src/runtime/event-log';
import { aBatch, anEvent, APP } from '../contract/storage-objects';
import { VirtualTime } from '../simulation/virtual-time';
import { counting, silent, unmeasured } from '../support/fakes';

const URL = 'https://receiver.example/hook';
const NO_MORE = 'https://gone.example/hook';
const toDeliver = (sequence: number, url = URL) => ({ app: APP, url, event: anEvent(sequence).id });

/** A log that has found these batches in its store, and delivers to `URL`. */
async function aLog(...found: readonly Partial<Batch>[]) {
  const time = new VirtualTime();
  const storage = new MemoryStorage();
  await storage.open();
  let number = 0;
  const commit = (parts: Partial<Batch>): Promise<void> => storage.commit(aBatch(++number, parts));
  for (const parts of found) await commit(parts);
  const restored = await storage.open();
  const posted: EventId[] = [];
  const warnings: string[] = [];
  let measure = (): Partial<Measured> => ({});
  const log = new EventLog(
    {
      storage,
      callbacks: { post: async (_, { id }) => void posted.push(id), close: () => undefined },
      destinations: [{ app: APP, url: URL, secrets: [] }],
      metrics: { ...unmeasured, onRead: (read) => (measure = read) },
      clock: time.clockOf('service'),
      chance: counting,
      logger: { ...silent, warn: (message) => void warnings.push(message) },
    },
    {
      settle: (settled) => void commit({ settled: [settled] }),
      deliver: (deliveries) => commit({ deliveries }),
    },
    restored,
  );
  return { log, time, commit, posted, warnings, undelivered: () => measure().callbacks![0]!.undelivered };
}

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

test('given events that wait for a URL that is not configured any more, the log says so', async () => {
  const { warnings } = await aLog({ events: [anEvent(1)], deliveries: [toDeliver(1, NO_MORE)] });

  expect(warnings).toEqual(['events wait for a callback URL that is not configured any more']);
});
