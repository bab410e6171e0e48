import { setImmediate } from 'node:timers/promises';
import { EventStream } from '../../src/adapters/http/event-stream';
import type { Events } from '../../src/ports/events';
import { APP } from '../support/http-client';
import { anEventRecord } from '../support/recording-events';

const PAGES = 100;

test('given a reader who wants nothing of a long past, others have their turn while it is looked through', async () => {
  let read = 0;
  const events = {
    last: () => null,
    follow: () => () => undefined,
    after: async (_, cursor, limit) => {
      if (read++ === PAGES) return [];
      const first = Number.parseInt(cursor || '0', 16) + 1;
      return Array.from({ length: limit }, (_, index) => anEventRecord(first + index));
    },
    lastForgotten: async () => null,
  } as Partial<Events> as Events;
  const stream = new EventStream(events, { app: APP, isWanted: () => false, after: null }, (error) => {
    throw error;
  });

  let turns = 0;
  while (read <= PAGES) {
    await setImmediate();
    turns++;
  }

  expect(turns).toBeGreaterThanOrEqual(PAGES / 2);
  stream.end();
});
