import fc from 'fast-check';
import type { AgentName } from '../../src/domain/ids';
import { SeededRandom } from '../simulation/seeded-random';
import { WORLD } from '../simulation/virtual-time';
import { aDelivery, conversation, DAY_MS, numbers, refuses, takes } from '../support/callback-delivery';
import { anEventRecord } from '../support/recording-events';

const fails = (): Promise<never> => Promise.reject(new Error('ECONNREFUSED'));

test('given events in the store and new ones, all arrive, in order for each conversation', async () => {
  const { time, delivery, record, tell, arrived, settled } = aDelivery(takes);
  record(anEventRecord(1), anEventRecord(2));
  delivery.start();
  await time.idle(10);
  tell(anEventRecord(3), anEventRecord(4));
  await time.idle(10);

  expect(numbers(arrived)).toEqual([1, 2, 3, 4]);
  expect([...settled.values()]).toEqual([null, null, null, null]);
});

test('given one that fails, those of the same conversation wait for it, and others do not', async () => {
  const { time, delivery, tell, arrived } = aDelivery((event, attempt) =>
    event.id === anEventRecord(1).id && attempt < 3 ? fails() : takes(),
  );
  delivery.start();
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
  const { time, delivery, tell, arrived } = aDelivery((event) =>
    event.id === anEventRecord(1).id ? new Promise((resolve) => (release = resolve)) : takes(),
  );
  const ann = 'ann' as AgentName;
  delivery.start();
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
  const { time, delivery, tell, attempts, arrived } = aDelivery(() => (isDown ? fails() : takes()));
  delivery.start();
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
  const { time, delivery, tell, arrived, settled } = aDelivery((event) =>
    event.id === anEventRecord(1).id ? fails() : takes(),
  );
  delivery.start();
  await time.idle(10);
  tell(anEventRecord(1), anEventRecord(2));
  await time.idle(DAY_MS - 60_000);
  expect(settled.size).toBe(0);

  await time.idle(40 * 60_000);
  expect(settled.get(anEventRecord(1).id)).toBe('ECONNREFUSED');
  expect(numbers(arrived)).toEqual([2]);
});

test('given a receiver that is down for a day, all that is older is set aside, and what is younger is not', async () => {
  const { time, delivery, tell, settled } = aDelivery(fails);
  delivery.start();
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
  const { time, delivery, record, tell, arrived, loads } = aDelivery(takes);
  record(...Array.from({ length: 5_000 }, (_, index) => anEventRecord(index + 1)));
  delivery.start();
  tell(anEventRecord(5_001)); // While it is being read.
  await time.idle(10);
  tell(anEventRecord(5_002));
  await time.idle(10);

  expect(numbers(arrived)).toEqual(Array.from({ length: 5_002 }, (_, index) => index + 1));
  expect(loads()).toBeLessThan(20);
});

test('given an old one to be delivered once more, it goes out again', async () => {
  const { time, delivery, store, tell, arrived } = aDelivery(takes);
  delivery.start();
  await time.idle(10);
  tell(anEventRecord(1), anEventRecord(2));
  await time.idle(10);
  delivery.addAgain([store[0]!]);
  await time.idle(10);

  expect(numbers(arrived)).toEqual([1, 2, 1]);
});

test('given that nothing was left to deliver at the start, an old one that is asked for once more goes out', async () => {
  const { time, delivery, store, record, settled, arrived } = aDelivery(takes);
  record(anEventRecord(1));
  settled.set(anEventRecord(1).id, null);
  delivery.start();
  await time.idle(10);
  delivery.addAgain([store[0]!]);
  await time.idle(10);

  expect(numbers(arrived)).toEqual([1]);
  expect(delivery.left).toBe(0);
});

test('given it was stopped, nothing more goes out', async () => {
  const { time, delivery, tell, attempts } = aDelivery(fails);
  delivery.start();
  await time.idle(10);
  tell(anEventRecord(1));
  await time.idle(10);
  delivery.stop();
  tell(anEventRecord(2));
  await time.idle(DAY_MS);

  expect(numbers(attempts)).toEqual([1]);
});

test.each([
  [0, [500, 1_000, 2_000, 4_000, 8_000]],
  [1, [1_000, 2_000, 4_000, 8_000, 16_000]],
])('given chance says %p, an event that fails is tried again after %p ms', async (number, pauses) => {
  const { time, delivery, tell } = aDelivery(
    async () => {
      tried.push(time.now());
      await refuses();
    },
    { number: () => number },
  );
  const tried: number[] = [];
  delivery.start();
  await time.idle(10);
  tell(anEventRecord(1));
  await time.idle(40_000);

  expect(tried.slice(1, 6).map((at, index) => at - tried[index]!)).toEqual(pauses);
});

test('given many under way when the receiver goes down, it is tried again after a second all the same, then after two, and four', async () => {
  let isDown = true;
  const { time, delivery, tell, attempts, arrived } = aDelivery(async () => {
    if (isDown) await fails();
  });
  delivery.start();
  await time.idle(10);
  tell(
    ...Array.from({ length: 100 }, (_, index) => anEventRecord(index + 1, { conversation: conversation(index) })),
  );
  await time.idle(10);
  const underWay = attempts.length;
  expect(underWay).toBeGreaterThan(8);
  const afterwards: number[] = [];
  for (const milliseconds of [1_000, 2_000, 4_000]) {
    await time.idle(milliseconds);
    afterwards.push(attempts.length - underWay);
  }
  expect(afterwards).toEqual([1, 2, 3]);

  isDown = false;
  await time.idle(8_000);
  expect(arrived).toHaveLength(100);
});

test('whatever fails, every event arrives, and in order for each of what it names', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = new SeededRandom(seed);
      const { time, delivery, tell, store, arrived } = aDelivery(async () => {
        await new Promise<void>((resolve) => void time.schedule(WORLD, random.integer(0, 2_000), resolve));
        if (random.chance(0.3)) await fails();
      });
      delivery.start();
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
