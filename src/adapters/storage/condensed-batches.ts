import type { Delivery, ToldEvent } from '../../ports/events';
import type { Batch } from '../../ports/storage';

/** What is kept of an event: what it has told is in its text. */
export type EventOnRecord = Omit<ToldEvent, 'notification'>;
export type BatchOnRecord = Omit<Batch, 'events'> & { readonly events: readonly EventOnRecord[] };

/**
 * What is said of a batch, and nothing else that may hang on it.
 * @throws Error for what the tables could not take later.
 */
export function onRecord({ number, at, changes, past, effects, done, ...others }: Batch): BatchOnRecord {
  const { deliveries, settled, answers, withdrawn } = others;
  const events = others.events.map(({ notification: _, ...event }) => event);
  expectEachOnce(number, [...effects, ...events]);
  return { number, at, changes, past, effects, done, events, deliveries, settled, answers, withdrawn };
}

function expectEachOnce(batch: number, all: readonly { readonly id: string }[]): void {
  const known = new Set<string>();
  for (const { id } of all) {
    if (known.has(id)) throw new Error(`batch ${batch} has ${id} twice`);
    known.add(id);
  }
}

/**
 * Batches that follow each other, without what a later one of them has overtaken: written one after the other in one
 * transaction they leave behind the same as all of each would. What they tell of the past stays whole.
 */
export function condensed(batches: readonly BatchOnRecord[]): readonly BatchOnRecord[] {
  return [withoutEarlierStates, withoutDoneEffects, withoutDeliveredEvents, withoutEarlierNumbers].reduce(
    (left, without) => without(left),
    batches,
  );
}

/**
 * Of each thing its last state alone, in the place of its first, as the places say in which order things came to life. An
 * end keeps its place: it has the time of its batch.
 */
function withoutEarlierStates(batches: readonly BatchOnRecord[]): readonly BatchOnRecord[] {
  const changes = batches.flatMap((batch, index) => batch.changes.map((change) => ({ change, batch: index })));
  const kept = new Set<(typeof changes)[number]>();
  const living = new Map<string, (typeof changes)[number]>();
  for (const each of changes) {
    const key = `${each.change.kind} ${each.change.value.id}`;
    const first = living.get(key);
    if (each.change.live && first !== undefined) {
      first.change = each.change;
      continue;
    }
    kept.add(each);
    if (each.change.live) living.set(key, each);
    else if (living.delete(key)) kept.delete(first!);
  }
  const left = batches.map((batch) => ({ ...batch, changes: [] as Batch['changes'][number][] }));
  for (const { change, batch } of kept) left[batch]!.changes.push(change);
  return left;
}

function withoutDoneEffects(batches: readonly BatchOnRecord[]): readonly BatchOnRecord[] {
  const decided = new Set(batches.flatMap(({ effects }) => effects.map(({ id }) => id)));
  const done = new Set(batches.flatMap((batch) => batch.done));
  return batches.map((batch) => ({
    ...batch,
    effects: batch.effects.filter(({ id }) => !done.has(id)),
    done: batch.done.filter((id) => !decided.has(id)),
  }));
}

/** Where an event was told, was to arrive, and has arrived, and nothing else was said of its way there. */
function withoutDeliveredEvents(batches: readonly BatchOnRecord[]): readonly BatchOnRecord[] {
  const keyOf = ({ app, event, url }: Delivery): string => `${app} ${event} ${url}`;
  const told = new Set(batches.flatMap(({ events }) => events.map(({ app, id }) => `${app} ${id}`)));
  const said = new Map<string, number>();
  const asked = new Set<string>();
  const arrived = new Set<string>();
  for (const { deliveries, settled } of batches) {
    for (const each of [...deliveries, ...settled]) said.set(keyOf(each), (said.get(keyOf(each)) ?? 0) + 1);
    for (const each of deliveries) asked.add(keyOf(each));
    for (const each of settled) if (each.problem === null && asked.has(keyOf(each))) arrived.add(keyOf(each));
  }
  const isLeft = (each: Delivery): boolean =>
    !told.has(`${each.app} ${each.event}`) || !arrived.has(keyOf(each)) || said.get(keyOf(each)) !== 2;
  return batches.map((batch) => ({
    ...batch,
    deliveries: batch.deliveries.filter(isLeft),
    settled: batch.settled.filter(isLeft),
  }));
}

/** Of each subject the last number alone. */
function withoutEarlierNumbers(batches: readonly BatchOnRecord[]): readonly BatchOnRecord[] {
  const last = new Map<string, EventOnRecord>();
  for (const event of batches.flatMap(({ events }) => events)) {
    if (event.numbered !== null) last.set(event.numbered.by, event);
  }
  return batches.map((batch) => ({
    ...batch,
    events: batch.events.map((event) =>
      event.numbered === null || last.get(event.numbered.by) === event ? event : { ...event, numbered: null },
    ),
  }));
}
