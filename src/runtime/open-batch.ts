import type { Instant } from '../domain/ids';
import type { Outcome } from '../domain/unit-of-work';
import type { Change } from '../domain/world';
import type { Delivery, Settled, ToldEvent } from '../ports/events';
import type { AnswerKey, Batch, EffectId, KeptAnswer, LoggedEffect, PastChange } from '../ports/storage';

/** What goes into the next transaction: the outcomes of all inputs since the last one. */
export class OpenBatch implements Batch {
  readonly effects: LoggedEffect[] = [];
  readonly events: ToldEvent[] = [];
  readonly deliveries: Delivery[] = [];
  readonly past: PastChange[] = [];
  readonly answers: KeptAnswer[] = [];
  readonly withdrawn: AnswerKey[] = [];
  at = 0 as Instant;
  readonly written: Promise<void>;
  private readonly latest = new Map<string, Change>();
  private settle!: { readonly resolve: () => void; readonly reject: (error: Error) => void };
  /** Somebody waits for this batch, even if there is nothing in it to write. */
  isAwaited = false;
  /** It is written soon, with what comes until then. */
  isDue = false;
  /** Written for what rides along alone. */
  isForced = false;

  constructor(
    readonly number: number,
    readonly done: EffectId[] = [],
    readonly settled: Settled[] = [],
  ) {
    this.written = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.written.catch(() => undefined); // Whoever awaits it learns of a failure; nobody need.
  }

  get changes(): readonly Change[] {
    return [...this.latest.values()];
  }

  /** How much there is to write, what rides along aside. */
  get size(): number {
    const { latest, effects, events, deliveries, past, answers, withdrawn } = this;
    const lists = [effects, events, deliveries, past, answers, withdrawn];
    return lists.reduce((sum, { length }) => sum + length, latest.size);
  }

  get isEmpty(): boolean {
    return this.size === 0 && !(this.isForced && this.done.length + this.settled.length > 0);
  }

  /** To be made, even if they have been before and that rides along: of a batch, deliveries are written before that. */
  deliver(deliveries: readonly Delivery[]): void {
    const again = new Set(deliveries.map(({ app, url, event }) => `${app} ${url} ${event}`));
    const left = this.settled.filter(({ app, url, event }) => !again.has(`${app} ${url} ${event}`));
    this.settled.splice(0, Infinity, ...left);
    this.deliveries.push(...deliveries);
  }

  add({ changes, effects }: Outcome<unknown>): readonly EffectId[] {
    for (const change of changes) this.latest.set(`${change.kind} ${change.value.id}`, change);
    const logged = effects.map((effect, index) => ({
      id: `${this.number}-${this.effects.length + index}`,
      effect,
    }));
    this.effects.push(...logged);
    return logged.map(({ id }) => id);
  }

  /** Nothing is written for an empty one, so its number and what rides along go to the next. */
  successor(): OpenBatch {
    return this.isEmpty ? new OpenBatch(this.number, this.done, this.settled) : new OpenBatch(this.number + 1);
  }

  succeed(): void {
    this.settle.resolve();
  }

  fail(error: unknown): void {
    this.settle.reject(error instanceof Error ? error : new Error(String(error)));
  }
}
