import { shownUrl } from '../../src/ports/events';
import type { Batch } from '../../src/ports/storage';
import { EventLog } from '../../src/runtime/event-log';
import { aBatch, anEvent, APP } from '../contract/storage-objects';
import { VirtualTime } from '../simulation/virtual-time';
import { counting, unmeasured } from '../support/fakes';
import { MemoryStorage } from '../support/memory-storage/memory-storage';

test.each([
  ['https://crm.example/parley?key=canary', 'https://crm.example/parley'],
  ['https://crm.example:8443/parley#canary', 'https://crm.example:8443/parley'],
  ['https://crm.example?canary', 'https://crm.example'],
  ['https://crm.example/a?canary\n#canary', 'https://crm.example/a'],
  ['http://me:canary@crm.example/parley', 'http://crm.example/parley'],
  ['http://me:c@nary@crm.example/a@b', 'http://crm.example/a@b'],
  ['http://[::1]:80/', 'http://[::1]:80/'],
])('%j is shown as %s', (url, shown) => {
  expect(shownUrl(url)).toBe(shown);
});

const [URL, NO_MORE] = ['https://crm.example/hook?key=canary', 'https://old.example/hook?key=canary'];

type Told = { readonly message: string; readonly url: unknown; readonly text: string };

/** What is logged of an event to `URL`, from a store that cannot be read at first, by a receiver that is back after `days`. */
async function loggedWhile(days: number): Promise<readonly Told[]> {
  const time = new VirtualTime();
  const storage = new MemoryStorage();
  await storage.open();
  const events = [anEvent(1, { at: time.clockOf('service').now() })];
  const deliveries = [URL, NO_MORE].map((url) => ({ app: APP, url, event: events[0]!.id }));
  const commit = (number: number, parts: Partial<Batch>) => storage.commit(aBatch(number, parts));
  await commit(1, { events, deliveries });
  const restored = await storage.open();
  const lines: Told[] = [];
  const tell = (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
    void lines.push({ message, url: fields['url'], text: JSON.stringify(fields) });
  const read = storage.eventsToDeliver.bind(storage);
  storage.eventsToDeliver = () => Promise.reject(new Error('away'));
  let isDown = true;
  const log = new EventLog(
    {
      storage,
      callbacks: {
        post: async () => {
          if (isDown) throw new Error('HTTP status 500');
        },
        close: () => undefined,
      },
      destinations: [{ app: APP, url: URL, secrets: [] }],
      metrics: unmeasured,
      clock: time.clockOf('service'),
      chance: counting,
      logger: { info: tell, warn: tell, error: tell },
    },
    { settle: () => undefined, deliver: async () => undefined, flush: async () => undefined },
    restored,
  );
  log.start();
  await time.idle(10);
  storage.eventsToDeliver = read;
  await time.idle(days * 24 * 3_600_000);
  isDown = false;
  await time.idle(3_600_000);
  log.stop();
  return lines;
}

test.each([
  [0.5, 'events are delivered again'],
  [1.5, 'event set aside, not delivered for a day'],
])('given a receiver that is away for %p days, no line has the query of its URL: %s', async (days, last) => {
  const lines = await loggedWhile(days);

  expect(lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      'events wait for a callback URL that is not configured any more',
      'events to deliver cannot be read yet',
      'events are not delivered, trying again',
      last,
    ]),
  );
  const urls = new Set(lines.map(({ url }) => url).filter((url) => url !== undefined));
  expect([...urls].sort()).toEqual(['https://crm.example/hook', 'https://old.example/hook']);
  for (const { text } of lines) expect(text).not.toContain('canary');
});
