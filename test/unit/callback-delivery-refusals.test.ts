import fc from 'fast-check';
import type { AgentName, EventId, QueueTaskId } from '../../src/domain/ids';
import type { EventRecord } from '../../src/ports/events';
import { SeededRandom } from '../simulation/seeded-random';
import { WORLD } from '../simulation/virtual-time';
import { aDelivery, conversation, DAY_MS, numbers, refuses, takes } from '../support/callback-delivery';
import { anEventRecord } from '../support/recording-events';

const [ANN, BOB, CAL] = ['ann', 'bob', 'cal'] as AgentName[];
const first = anEventRecord(1).id;
const ofAnn = (count: number) =>
  Array.from({ length: count }, (_, index) => anEventRecord(index + 1, { agent: ANN!, conversation: null }));
const ofBobAndCal = (from: number) => [
  anEventRecord(from, { agent: BOB!, conversation: conversation(2) }),
  anEventRecord(from + 1, { agent: CAL!, conversation: conversation(3) }),
];
const from1To = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe.each([
  ['all at once', 5_000],
  ['a few at a time', 10],
])('given one that is refused for a day, and 5,000 behind it, told %s', (_, atOnce) => {
  test('others go on meanwhile, and those behind it go in order once it is set aside', async () => {
    const { time, delivery, tell, attempts, arrived, settled } = aDelivery((event) =>
      event.id === first ? refuses() : takes(),
    );
    delivery.start();
    await time.idle(10);
    const events = ofAnn(5_000);
    for (let told = 0; told < events.length; told += atOnce) {
      tell(...events.slice(told, told + atOnce));
      await time.idle(10);
    }
    tell(...ofBobAndCal(5_001));
    await time.idle(10);
    expect(numbers(arrived)).toEqual([5_001, 5_002]);
    await time.idle(DAY_MS / 2);
    tell(...ofBobAndCal(5_003));
    await time.idle(10);
    expect(numbers(arrived)).toEqual([5_001, 5_002, 5_003, 5_004]);
    expect(delivery.left).toBeNull(); // Most are in the store alone.

    await time.idle(DAY_MS / 2 + 20 * 60_000);
    expect(settled.get(first)).toBe('HTTP status 500');
    expect(numbers(arrived.slice(4))).toEqual(from1To(5_000).slice(1));
    expect(attempts.filter((id) => id !== first)).toHaveLength(5_003);
    expect(delivery.left).toBe(0);
  });
});

test('given one that is refused, what names the same as one behind it waits, too, and goes after that', async () => {
  let isRefused = true;
  const { time, delivery, tell, arrived } = aDelivery((event) =>
    event.id === first && isRefused ? refuses() : takes(),
  );
  delivery.start();
  await time.idle(10);
  tell(...ofAnn(3_000));
  await time.idle(10);
  tell(
    anEventRecord(3_001, { agent: ANN!, conversation: conversation(2) }),
    anEventRecord(3_002, { agent: BOB!, conversation: conversation(2) }),
    anEventRecord(3_003, { agent: BOB!, conversation: conversation(3) }),
    anEventRecord(3_004, { agent: CAL!, conversation: conversation(4) }),
  );
  await time.idle(3_600_000);
  expect(numbers(arrived)).toEqual([3_004]);

  isRefused = false;
  await time.idle(20 * 60_000);
  expect(numbers(arrived.slice(1))).toEqual(from1To(3_003));
});

test('given one that is refused, and so much behind it that not even its names are kept, all of it arrives in the end, in order', async () => {
  let isRefused = true;
  const { time, delivery, tell, arrived } = aDelivery((event) =>
    event.id === first && isRefused ? refuses() : takes(),
  );
  delivery.start();
  await time.idle(10);
  const named = (number: number) => ({
    agent: ANN!,
    task: `task ${number}` as QueueTaskId,
    conversation: conversation(number),
  });
  tell(...from1To(35_000).map((number) => anEventRecord(number, named(number))));
  await time.idle(3_600_000);
  tell(anEventRecord(35_001, { agent: ANN!, conversation: null }));
  expect(arrived).toEqual([]);

  isRefused = false;
  await time.idle(20 * 60_000);
  expect(numbers(arrived)).toEqual(from1To(35_001));
});

test('given 3,000 that go one after the other, each slowly, others do not wait for them', async () => {
  const { time, delivery, tell, arrived, loads } = aDelivery(
    () => new Promise((resolve) => void time.schedule(WORLD, 1_000, resolve)),
  );
  delivery.start();
  await time.idle(10);
  tell(...ofAnn(3_000), ...ofBobAndCal(3_001));
  await time.idle(1_100);
  expect(numbers(arrived)).toEqual([1, 3_001, 3_002]);

  await time.idle(3_000_000);
  expect(numbers(arrived).filter((number) => number <= 3_000)).toEqual(from1To(3_000));
  expect(loads()).toBeLessThan(10);
});

test('given one that is refused again and again, the receiver does not count as down, and others go at once', async () => {
  const { time, delivery, tell, attempts, arrived } = aDelivery((event) =>
    event.id === first ? refuses() : takes(),
  );
  delivery.start();
  await time.idle(10);
  tell(anEventRecord(1));
  while (attempts.length < 12) await time.next();
  tell(anEventRecord(2, { conversation: conversation(2) }));
  await time.idle(10);

  expect(numbers(arrived)).toEqual([2]);
});

test('given eight different ones that are refused, the receiver counts as down, and is tried with one that was not refused yet', async () => {
  const isRefused = ({ id }: EventRecord): boolean => numbers([id])[0]! <= 8;
  const { time, delivery, tell, attempts, arrived } = aDelivery((event) =>
    isRefused(event) ? refuses() : takes(),
  );
  delivery.start();
  await time.idle(10);
  tell(...from1To(8).map((number) => anEventRecord(number, { conversation: conversation(number) })));
  while (attempts.length < 20) await time.next();
  tell(anEventRecord(9, { conversation: conversation(9) }));
  await time.idle(10);
  expect(attempts).toHaveLength(20);

  await time.idle(15 * 60_000);
  expect(numbers(attempts)[20]).toBe(9);
  expect(numbers(arrived)).toEqual([9]);
});

test('given a lone one for which there is no connection again and again, the receiver counts as down', async () => {
  const { time, delivery, tell, attempts } = aDelivery(() => Promise.reject(new Error('ECONNREFUSED')));
  delivery.start();
  await time.idle(10);
  tell(anEventRecord(1));
  await time.idle(3_600_000);
  const tried = attempts.length;
  tell(...from1To(20).map((number) => anEventRecord(number + 1, { conversation: conversation(number + 1) })));
  await time.idle(10);

  expect(attempts.length).toBeLessThanOrEqual(tried + 1);
});

describe('given one that is to be delivered once more while events are read', () => {
  const [three, five] = [anEventRecord(3), anEventRecord(5)];

  async function arrived(isRead: boolean): Promise<readonly number[]> {
    const releases: (() => void)[] = [];
    const reading = () => new Promise<void>((resolve) => void releases.push(resolve));
    const { time, delivery, record, arrived: had, settled } = aDelivery(takes, { reading });
    record(three, five);
    settled.set(five.id, 'HTTP status 500');
    delivery.start();
    await time.idle(10);
    if (isRead) settled.delete(five.id);
    releases.shift()!();
    await time.idle(10);
    settled.delete(five.id);
    delivery.addAgain([five]);
    await time.idle(10);
    expect(had).toEqual([]);
    releases.shift()!();
    await time.idle(10);
    return numbers(had);
  }

  test.each([true, false])('it goes after the earlier ones, once; read with them: %p', async (isRead) => {
    expect(await arrived(isRead)).toEqual([3, 5]);
  });
});

test('whatever is refused, however much is behind it, and whatever is asked for again, all arrive, in order, and only again if asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = new SeededRandom(seed);
      const pause = (milliseconds: number) =>
        new Promise<void>((resolve) => void time.schedule(WORLD, random.integer(0, milliseconds), resolve));
      const refusedUntil = new Map<EventId, number>();
      const { time, delivery, tell, store, arrived, settled } = aDelivery(
        async ({ id }) => {
          if (!refusedUntil.has(id)) refusedUntil.set(id, random.chance(0.03) ? random.integer(0, 7_200_000) : 0);
          await pause(2_000);
          if (time.now() < store[0]!.at + refusedUntil.get(id)! || random.chance(0.1)) await refuses();
        },
        { number: () => random.number(), window: random.pick([20, 60, 200]), reading: () => pause(500) },
      );
      const replayed: EventId[] = [];
      delivery.start();
      for (let number = 1; number <= 400; number++) {
        const agent = random.chance(0.5) ? (`agent${random.integer(0, 9)}` as AgentName) : null;
        tell(anEventRecord(number, { agent, conversation: conversation(random.integer(0, 20)) }));
        if (random.chance(0.1)) await time.idle(random.integer(1, 5_000));
        if (random.chance(0.02) && arrived.length > 0) {
          const wanted = random.pick(arrived);
          const again = store.find(({ id }) => id === wanted)!;
          if (!settled.delete(again.id)) continue;
          replayed.push(again.id);
          delivery.addAgain([again]);
        }
      }
      await time.idle(DAY_MS / 2);

      const byId = new Map(store.map((event) => [event.id, event]));
      const firsts = [...new Set(arrived)];
      expect([...firsts].sort()).toEqual(store.map(({ id }) => id));
      expect(arrived.length - firsts.length).toBe(replayed.length);
      for (const key of ['agent', 'conversation'] as const) {
        for (const name of new Set(store.map((event) => event[key]))) {
          const ofName = firsts.filter((id) => name !== null && byId.get(id)![key] === name);
          expect(ofName).toEqual([...ofName].sort());
        }
      }
      expect(delivery.left).toBe(0);
    }),
    { numRuns: Number(process.env.HISTORIES ?? 50) },
  );
});
