import { setImmediate } from 'node:timers/promises';
import { EventStream } from '../../src/adapters/http/event-stream';
import type { EventRecord, Events } from '../../src/ports/events';
import { APP } from '../support/http-client';
import { anEventRecord, RecordingEvents } from '../support/recording-events';

const PAGES = 100;
const STALLED_MS = 30_000;
const ALL_BUT_TIMEOUTS = ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask'] as const;
const REAL = [...ALL_BUT_TIMEOUTS, 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const;
afterEach(() => jest.useRealTimers());

const large = (first: number, count: number): readonly EventRecord[] =>
  Array.from({ length: count }, (_, index) => anEventRecord(first + index, { body: 'x'.repeat(3_000) }));

/** A stream whose reader takes only what a test reads of it. */
function aStream(events: RecordingEvents, after: EventRecord | null): EventStream {
  jest.useFakeTimers({ doNotFake: [...REAL] });
  const request = { app: APP, isWanted: () => true, after: after && after.id };
  return new EventStream(events, request, (error) => {
    throw error;
  });
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}

describe.each(['what it has missed', 'what is told'])('given a reader that takes nothing of %s', (what) => {
  const isMissed = what === 'what it has missed';

  async function stalled() {
    const events = new RecordingEvents();
    if (isMissed) events.records.push(...large(1, 1_000));
    const stream = aStream(events, isMissed ? anEventRecord(0) : null);
    await turns();
    if (!isMissed) for (let first = 1; first < 1_000; first += 100) events.tell(...large(first, 100));
    await turns();
    return { events, stream };
  }

  test('little of it is kept for it', async () => {
    const { stream } = await stalled();

    expect(stream.body.writableLength + stream.body.readableLength).toBeLessThan(300_000);
    stream.body.destroy();
  });

  test('it is cut after half a minute', async () => {
    const { events, stream } = await stalled();
    await jest.advanceTimersByTimeAsync(STALLED_MS - 1);
    expect([stream.body.destroyed, events.followers]).toEqual([false, 1]);

    await jest.advanceTimersByTimeAsync(1);
    expect([stream.body.destroyed, events.followers]).toEqual([true, 0]);
  });

  test('given the stream ends, it is cut after half a minute as well', async () => {
    const { stream } = await stalled();
    stream.end();
    await jest.advanceTimersByTimeAsync(STALLED_MS - 1);
    expect(stream.body.destroyed).toBe(false);

    await jest.advanceTimersByTimeAsync(1);
    expect(stream.body.destroyed).toBe(true);
  });

  test('given it takes a little now and then, it is not cut', async () => {
    const { stream } = await stalled();
    for (let half = 0; half < 10; half++) {
      stream.body.read(1_000);
      await jest.advanceTimersByTimeAsync(STALLED_MS / 2);
      await turns();
    }

    expect(stream.body.destroyed).toBe(false);
    stream.body.destroy();
  });
});

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
