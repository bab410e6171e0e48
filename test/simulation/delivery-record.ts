import type { EventId } from '../../src/domain/ids';
import { seedOf } from '../../src/domain/timed-id';
import type { ToldEvent } from '../../src/ports/events';
import type { Batch } from '../../src/ports/storage';

/** What is on record of events, and whether their deliveries keep what is promised of them. */
export class DeliveryRecord {
  /** What is wrong; each once. */
  readonly problems = new Set<string>();
  private readonly events = new Map<EventId, Told>();
  /** The last number of each agent, task and conversation that is numbered. */
  private readonly sequences = new Map<string, number>();
  /** How many events there are that name each agent, task and conversation. */
  private readonly named = new Map<string, number>();
  private readonly urls: ReadonlyMap<string, Had>;

  constructor(urls: readonly string[]) {
    this.urls = new Map(urls.map((url) => [url, new Had()]));
  }

  get size(): number {
    return this.events.size;
  }

  /** First deliveries and repeats. */
  get deliveries(): { readonly first: number; readonly repeated: number } {
    const had = [...this.urls.values()];
    return {
      first: had.reduce((sum, { events }) => sum + events.size, 0),
      repeated: had.reduce((sum, { repeated }) => sum + repeated, 0),
    };
  }

  committed({ events, settled }: Pick<Batch, 'events' | 'settled'>): void {
    for (const event of events) if (event.numbered !== null) this.tell(event);
    for (const { url, event, problem } of settled) {
      if (problem !== null) this.problems.add(`${event} was given up: ${problem}`);
      this.urls.get(url)!.settled.add(event);
    }
  }

  /** `life`: of which process. */
  attempted(url: string, { id, body }: { readonly id: EventId; readonly body: string }, life: string): void {
    const told = this.events.get(id);
    const had = this.urls.get(url)!;
    if (told === undefined) this.problems.add(`${id} was sent and is not on record`);
    else if (told.body !== body) this.problems.add(`${id} was sent with another body`);
    if (had.settled.has(id))
      this.problems.add(`${id} was sent again, although it is on record that it has arrived`);
    if (had.acknowledged.get(id) === life) this.problems.add(`${id} was sent again by whom it was acknowledged`);
  }

  acknowledged(url: string, id: EventId, life: string): void {
    this.urls.get(url)!.acknowledged.set(id, life);
  }

  /** A receiver has it: everything before it that names one of the same has arrived. */
  took(url: string, id: EventId): void {
    const had = this.urls.get(url)!;
    if (had.events.has(id)) {
      had.repeated++;
      return;
    }
    had.events.add(id);
    for (const [name, place] of this.events.get(id)?.places ?? []) {
      const before = had.places.get(name) ?? 0;
      if (place !== before + 1) this.problems.add(`${id} came as number ${place} of ${name}, after ${before}`);
      had.places.set(name, place);
    }
  }

  hasTaken(url: string, id: EventId): boolean {
    return this.urls.get(url)!.events.has(id);
  }

  names(id: EventId, name: string): boolean {
    return this.events.get(id)?.places.some(([each]) => each === name) ?? false;
  }

  /** Of what has not arrived: how many wait for one of `refused`, or for one that waits for that; the others are a problem. */
  behind(url: string, refused: ReadonlySet<EventId>): number {
    const { events } = this.urls.get(url)!;
    const held = new Set<string>();
    let behind = 0;
    for (const [id, { places }] of this.events) {
      if (events.has(id)) continue;
      const names = [`input ${seedOf(id)}`, ...places.map(([name]) => name)];
      if (refused.has(id) || names.some((name) => held.has(name))) {
        names.forEach((name) => held.add(name));
        behind++;
      } else {
        this.problems.add(`${id} does not reach ${url}, although nothing that is refused is before it`);
      }
    }
    return behind;
  }

  lost(): readonly string[] {
    return [...this.urls].flatMap(([url, { events }]) =>
      [...this.events.keys()].filter((id) => !events.has(id)).map((id) => `${id} did not reach ${url}`),
    );
  }

  private tell({ id, body, agent, task, conversation, numbered }: ToldEvent): void {
    const { by, as } = numbered!;
    const before = this.sequences.get(by) ?? 0;
    if (as !== before + 1) this.problems.add(`${id} is number ${as} of ${by}, after ${before}`);
    this.sequences.set(by, as);
    if ((JSON.parse(body) as { readonly sequence: number }).sequence !== as) {
      this.problems.add(`${id} says another number`);
    }
    const names = [
      agent && `agent ${agent}`,
      task && `task ${task}`,
      conversation && `conversation ${conversation}`,
    ];
    const places = names.filter((name) => name !== null).map((name) => [name, this.next(name)] as const);
    this.events.set(id, { body, places: [...places, [by, as]] });
  }

  private next(name: string): number {
    const place = (this.named.get(name) ?? 0) + 1;
    this.named.set(name, place);
    return place;
  }
}

/** The how manieth it is of each that it names, and that it is numbered by. */
type Told = { readonly body: string; readonly places: readonly (readonly [name: string, place: number])[] };

/** What a receiver has had. */
class Had {
  readonly events = new Set<EventId>();
  readonly places = new Map<string, number>();
  /** By which process it was last known to have arrived. */
  readonly acknowledged = new Map<EventId, string>();
  /** That is on record. */
  readonly settled = new Set<EventId>();
  repeated = 0;
}
