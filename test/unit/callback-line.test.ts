import fc from 'fast-check';
import type { AgentName, ConversationId, EventId } from '../../src/domain/ids';
import type { EventRecord } from '../../src/ports/events';
import { CallbackLine } from '../../src/runtime/callback-line';
import { SeededRandom } from '../simulation/seeded-random';
import { VirtualTime, WORLD } from '../simulation/virtual-time';
import { silent } from '../support/fakes';
import { anEventRecord } from '../support/recording-events';

const DAY_MS = 24 * 3_600_000;
const conversation = (number: number) => `${number}`.padStart(32, '0') as ConversationId;

/** A line to a receiver of whom `answer` says what it does with each attempt, and a store with all events. */
function aLine(answer: (event: EventRecord, attempt: number) => Promise<void>) {
  const time = new VirtualTime();
  const clock = time.clockOf('service');
  const store: EventRecord[] = [];
  const attempts: EventId[] = [];
  const arrived: EventId[] = [];
  const settled = new Map<EventId, string | null>();
  let loads = 0;
  const line = new CallbackLine(
    { app: anEventRecord(1).app, url: 'https://receiver.example/hook', secrets: [] },
    {
      callbacks: {
        post: async (_, message) => {
          attempts.push(message.id);
          const event = store.find(({ id }) => id === message.id)!;
          await answer(event, attempts.filter((id) => id === message.id).length);
          arrived.push(message.id);
        },
        close: () => undefined,
      },
      clock,
      chance: { seed: () => '0', number: () => 1 },
      logger: silent,
      load: async (after, limit) => {
        loads++;
        return store.filter(({ id }) => !settled.has(id) && (after === null || id > after)).slice(0, limit);
      },
      settled: ({ id }, problem) => void settled.set(id, problem),
      attempted: () => undefined,
    },
  );
  const tell = (...events: readonly EventRecord[]): void => {
    const stamped = events.map((event) => ({ ...event, at: clock.now() }));
    store.push(...stamped);
    line.add(stamped);
  };
  return { time, line, store, tell, attempts, arrived, settled, loads: () => loads };
}

const numbers = (ids: readonly EventId[]): readonly number[] => ids.map((id) => parseInt(id, 16));
const fails = (): Promise<never> => Promise.reject(new Error('HTTP status 500'));
const takes = async (): Promise<void> => undefined;

test('given events in the store and new ones, all arrive, in order for each conversation', async () => {
  const { time, line, store, tell, arrived, settled } = aLine(takes);
  store.push(anEventRecord(1), anEventRecord(2));
  line.start();
  await time.idle(10);
  tell(anEventRecord(3), anEventRecord(4));
  await time.idle(10);

  expect(numbers(arrived)).toEqual([1, 2, 3, 4]);
  expect([...settled.values()]).toEqual([null, null, null, null]);
});

test('given one that fails, those of the same conversation wait for it, and others do not', async () => {
  const { time, line, tell, arrived } = aLine((event, attempt) =>
    event.id === anEventRecord(1).id && attempt < 3 ? fails() : takes(),
  );
  line.start();
  await time.idle(10);
  tell(anEventRecord(1), anEventRecord(2), anEventRecord(3, { conversation: conversation(2) }));
  await time.idle(10);
  expect(numbers(arrived)).toEqual([3]);

  await time.idle(999); // The second attempt is made a second after the first.
  await time.idle(2_000); // The third, two seconds after that.
  expect(numbers(arrived)).toEqual([3, 1, 2]);
});

test('an event of an agent in a conversation goes after those of both', async () => {
  let release = (): void => undefined;
  const { time, line, tell, arrived } = aLine((event) =>
    event.id === anEventRecord(1).id ? new Promise((resolve) => (release = resolve)) : takes(),
  );
  const ann = 'ann' as AgentName;
  line.start();
  await time.idle(10);
  tell(
    anEventRecord(1, { agent: ann, conversation: null }),
    anEventRecord(2),
    anEventRecord(3, { agent: ann }),
    anEventRecord(4),
  );
  await time.idle(10);
  expect(numbers(arrived)).toEqual([2]);

  release();
  await time.idle(10);
  expect(numbers(arrived)).toEqual([2, 1, 3, 4]);
});

test('given a receiver that is down, it is tried ever more rarely, and all arrive when it is back', async () => {
  let isDown = true;
  const { time, line, tell, attempts, arrived } = aLine(() => (isDown ? fails() : takes()));
  line.start();
  await time.idle(10);
  tell(
    ...Array.from({ length: 100 }, (_, index) => anEventRecord(index + 1, { conversation: conversation(index) })),
  );
  await time.idle(DAY_MS / 2);
  const tried = attempts.length;
  expect(tried).toBeGreaterThan(40); // Every 15 minutes at least.
  expect(tried).toBeLessThan(150); // And no storm.

  isDown = false;
  await time.idle(20 * 60_000);
  expect(arrived).toHaveLength(100);
  expect(attempts).toHaveLength(tried + 100);
});

test('given one that fails for a day, it is set aside with the reason, and the next goes', async () => {
  const { time, line, tell, arrived, settled } = aLine((event) =>
    event.id === anEventRecord(1).id ? fails() : takes(),
  );
  line.start();
  await time.idle(10);
  tell(anEventRecord(1), anEventRecord(2));
  await time.idle(DAY_MS - 60_000);
  expect(settled.size).toBe(0);

  await time.idle(40 * 60_000);
  expect(settled.get(anEventRecord(1).id)).toBe('HTTP status 500');
  expect(numbers(arrived)).toEqual([2]);
});

test('given a receiver that is down for a day, all that is older is set aside, and what is younger is not', async () => {
  const { time, line, tell, settled } = aLine(fails);
  line.start();
  await time.idle(10);
  tell(
    ...Array.from({ length: 20 }, (_, index) => anEventRecord(index + 1, { conversation: conversation(index) })),
  );
  await time.idle(DAY_MS / 2);
  tell(anEventRecord(21));
  await time.idle(DAY_MS / 2 + 20 * 60_000);

  expect(settled.size).toBe(20);
  expect(settled.has(anEventRecord(21).id)).toBe(false);
});

test('given more than is held in memory, the store is read in pieces and nothing is missed or overtaken', async () => {
  const { time, line, store, tell, arrived, loads } = aLine(takes);
  store.push(...Array.from({ length: 5_000 }, (_, index) => anEventRecord(index + 1)));
  line.start();
  tell(anEventRecord(5_001)); // While it is being read.
  await time.idle(10);
  tell(anEventRecord(5_002));
  await time.idle(10);

  expect(numbers(arrived)).toEqual(Array.from({ length: 5_002 }, (_, index) => index + 1));
  expect(loads()).toBeLessThan(12);
});

test('given an old one to be delivered once more, it goes out again', async () => {
  const { time, line, store, tell, arrived } = aLine(takes);
  line.start();
  await time.idle(10);
  tell(anEventRecord(1), anEventRecord(2));
  await time.idle(10);
  line.addAgain([store[0]!]);
  await time.idle(10);

  expect(numbers(arrived)).toEqual([1, 2, 1]);
});

test('given that nothing was left to deliver at the start, an old one that is asked for once more goes out', async () => {
  const { time, line, store, settled, arrived } = aLine(takes);
  store.push(anEventRecord(1));
  settled.set(anEventRecord(1).id, null);
  line.start();
  await time.idle(10);
  line.addAgain([store[0]!]);
  await time.idle(10);

  expect(numbers(arrived)).toEqual([1]);
  expect(line.left).toBe(0);
});

test('given it was stopped, nothing more goes out', async () => {
  const { time, line, tell, attempts } = aLine(fails);
  line.start();
  await time.idle(10);
  tell(anEventRecord(1));
  await time.idle(10);
  line.stop();
  tell(anEventRecord(2));
  await time.idle(DAY_MS);

  expect(numbers(attempts)).toEqual([1]);
});

test('whatever fails, every event arrives, and in order for each of what it names', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = new SeededRandom(seed);
      const { time, line, tell, store, arrived } = aLine(async () => {
        await new Promise<void>((resolve) => void time.schedule(WORLD, random.integer(0, 2_000), resolve));
        if (random.chance(0.3)) await fails();
      });
      line.start();
      for (let number = 1; number <= 200; number++) {
        const agent = random.chance(0.5) ? (`agent${random.integer(0, 4)}` as AgentName) : null;
        tell(anEventRecord(number, { agent, conversation: conversation(random.integer(0, 6)) }));
        if (random.chance(0.1)) await time.idle(random.integer(1, 500));
      }
      await time.idle(DAY_MS / 2); // One in millions fails more than a dozen times, with a quarter of an hour after each.

      const byId = new Map(store.map((event) => [event.id, event]));
      expect([...arrived].sort()).toEqual(store.map(({ id }) => id));
      for (const key of ['agent', 'conversation'] as const) {
        for (const name of new Set(store.map((event) => event[key]))) {
          const ofName = arrived.filter((id) => name !== null && byId.get(id)![key] === name);
          expect(ofName).toEqual([...ofName].sort());
        }
      }
    }),
    { numRuns: Number(process.env.HISTORIES ?? 100) },
  );
});
