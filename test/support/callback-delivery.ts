import type { ConversationId, EventId } from '../../src/domain/ids';
import { CallbackRefused, type EventRecord } from '../../src/ports/events';
import { CallbackDelivery } from '../../src/runtime/callback-delivery';
import { VirtualTime } from '../simulation/virtual-time';
import { silent } from './fakes';
import { anEventRecord } from './recording-events';

type Particulars = {
  /** By which the delivery chooses its pauses. */
  readonly number?: () => number;
  readonly window?: number;
  /** Awaited before what is in the store is looked at, and after that. */
  readonly reading?: () => Promise<void>;
};

/** A delivery to a receiver of whom `answer` says what it does with each attempt, and a store with all events. */
export function aDelivery(
  answer: (event: EventRecord, attempt: number) => Promise<void>,
  { number = () => 1, window, reading }: Particulars = {},
) {
  const time = new VirtualTime();
  const clock = time.clockOf('service');
  const store: EventRecord[] = [];
  const byId = new Map<EventId, EventRecord>();
  const attempts: EventId[] = [];
  const attemptsOf = new Map<EventId, number>();
  const arrived: EventId[] = [];
  const settled = new Map<EventId, string | null>();
  let loads = 0;
  const placeAfter = (id: EventId | null): number => {
    let [low, high] = [0, id === null ? 0 : store.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (store[middle]!.id <= id!) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const delivery = new CallbackDelivery(
    { app: anEventRecord(1).app, url: 'https://receiver.example/hook', secrets: [] },
    {
      callbacks: {
        post: async (_, { id }) => {
          attempts.push(id);
          attemptsOf.set(id, (attemptsOf.get(id) ?? 0) + 1);
          await answer(byId.get(id)!, attemptsOf.get(id)!);
          arrived.push(id);
        },
        close: () => undefined,
      },
      clock,
      chance: { seed: () => '0', number },
      logger: silent,
      load: async (after, limit) => {
        loads++;
        const onRecord = reading === undefined ? settled : new Map(settled);
        await reading?.();
        const found: EventRecord[] = [];
        for (let at = placeAfter(after); at < store.length && found.length < limit; at++) {
          if (!onRecord.has(store[at]!.id)) found.push(store[at]!);
        }
        await reading?.();
        return found;
      },
      settled: ({ id }, problem) => void settled.set(id, problem),
      attempted: () => undefined,
    },
    window,
  );
  /** They are on record. */
  const record = (...events: readonly EventRecord[]): readonly EventRecord[] => {
    const stamped = events.map((event) => ({ ...event, at: clock.now() }));
    for (const event of stamped) {
      store.push(event);
      byId.set(event.id, event);
    }
    return stamped;
  };
  const tell = (...events: readonly EventRecord[]): void => delivery.add(record(...events));
  return { time, delivery, store, record, tell, attempts, arrived, settled, loads: () => loads };
}

export const numbers = (ids: readonly EventId[]): readonly number[] => ids.map((id) => parseInt(id, 16));

export const DAY_MS = 24 * 3_600_000;
export const conversation = (number: number) => `${number}`.padStart(32, '0') as ConversationId;
export const takes = async (): Promise<void> => undefined;
export const refuses = (): Promise<never> => Promise.reject(new CallbackRefused('HTTP status 500'));
