import type { AgentName } from '../../src/domain/ids';
import { DeliveryOrder } from '../../src/runtime/delivery-order';
import { anEventRecord } from '../support/recording-events';

const agent = 'ann' as AgentName;
const events = Array.from({ length: 1_000 }, (_, index) =>
  anEventRecord(index + 1, { agent, conversation: null }),
);

test('given one that fails, none behind it is in memory any more, however many come, until it is gone', () => {
  const order = new DeliveryOrder(10);
  events.slice(0, 500).forEach((event) => order.take(event));
  const [head] = order.ready;
  order.ready.delete(head!);
  order.failed(head!);
  order.deferFar();
  events.slice(500).forEach((event) => order.take(event));
  order.take(anEventRecord(2_000));
  expect([order.size, order.hasDeferred, order.ready.size]).toEqual([2, true, 1]);

  expect(order.drop([...order.ready][0]!)).toBe(false);
  expect(order.drop(head!)).toBe(true);
  expect(order.takeBackDeferred()).toBe(events[1]!.id);
  expect([order.size, order.hasDeferred, order.deferredKeys]).toEqual([0, false, 0]);
});

test('given many that go one after the other, the nearest stay, and the others are read again when those are gone', () => {
  const order = new DeliveryOrder(10);
  events.forEach((event) => order.take(event));
  order.deferFar();
  expect(order.size).toBe(11);

  const freed: boolean[] = [];
  while (order.size > 0) freed.push(order.drop([...order.ready][0]!));
  expect(freed).toEqual([...Array<boolean>(10).fill(false), true]);
  expect(order.takeBackDeferred()).toBe(events[11]!.id);
});
