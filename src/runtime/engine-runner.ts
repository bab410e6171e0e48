import { handle } from '../domain/engine';
import type { AppId, Instant } from '../domain/ids';
import type { Answer, FactType, Input, InputType, Stamped } from '../domain/input';
import { isToBeRemembered } from '../domain/past';
import { isEvent } from '../domain/notification';
import type { OutsideReport } from '../domain/outside/claiming';
import type { RuleFault } from '../domain/queue/fitting';
import type { Outcome } from '../domain/unit-of-work';
import { apply, type Change, type World } from '../domain/world';
import type { Delivery, Settled, ToldEvent } from '../ports/events';
import {
  StorageUnavailable,
  type AnswerKey,
  type EffectId,
  type KeptAnswer,
  type LoggedEffect,
  type Storage,
} from '../ports/storage';
import { wait, type Chance, type Clock, type Logger } from '../ports/system';
import type { EventNumbers } from './event-numbers';
import type { Handled } from './handled';
import { OpenBatch } from './open-batch';
import { StoreOutage } from './store-outage';

/** What the runner needs of the rest. */
export type RunnerSurroundings = {
  readonly world: World;
  /** The last that is in the store. */
  readonly lastBatch: number;
  readonly numbers: EventNumbers;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
};

export type RunnerListeners = {
  /** Called at once: the world has changed. */
  readonly handled: (handled: Handled) => void;
  /** Called when the batch that decided them is on record. */
  readonly decided: (effects: readonly LoggedEffect[]) => void;
  /** Called when they are on record. */
  readonly told: (events: readonly ToldEvent[]) => void;
  /** Where an application wants its events. */
  readonly callbackUrls: (app: AppId) => readonly string[];
  /** How an attempt to write a batch went, and how long it took. */
  readonly committed: (outcome: 'written' | 'unavailable', seconds: number) => void;
  /** What was decided since then is carried out next. */
  readonly storeBack: (since: Instant) => void;
  /** Rules of conditions failed on agents. */
  readonly faulted: (faults: readonly RuleFault[]) => void;
  /** Rules for calls to the outside that are being tried out were against some. */
  readonly reported: (reports: readonly OutsideReport[]) => void;
  /** The world is ahead of the store and cannot be trusted: end the process. */
  readonly failed: (error: unknown) => void;
};

/** An answer that is on record, and the effects that were decided with it. */
export type Taken<Type extends InputType> = {
  readonly answer: Answer<Type>;
  readonly effects: readonly EffectId[];
};

/** Under which key an answer is kept, and for which request. */
export type ToKeep = Omit<KeptAnswer, 'at' | 'answer'>;

const RETRY_MS = 500;
/** So long what rides along waits for a batch. */
const RIDE_MS = 200;
/** So long a fact that asks for nothing to be done waits for one that does. */
const COMPANY_MS = 10;
const NOTHING: Outcome<undefined> = {
  changes: [],
  effects: [],
  notifications: [],
  faults: [],
  reports: [],
  answer: undefined,
};
/**
 * Changes, effects, events, deliveries, past and answers together, some 1 KB each, that may wait for a store that is away. Whoever is
 * on the phone brings more facts, but nobody new is served. Beyond that the process ends, as in a crash: the next one
 * goes on from what is on record and what lives in Asterisk.
 */
const MOST_WAITING = 250_000;

/** Runs the engine: one input at a time in memory, many inputs to a transaction in the store. */
export class EngineRunner {
  private batch: OpenBatch;
  private readonly outage: StoreOutage;
  private isWriting = false;
  private isGivenUp = false;
  /** Of what rides along. */
  private cancelFlush: (() => void) | undefined;

  constructor(
    private readonly surroundings: RunnerSurroundings,
    private readonly listeners: RunnerListeners,
    private readonly mostWaiting = MOST_WAITING,
  ) {
    const { lastBatch, clock, logger } = surroundings;
    this.batch = new OpenBatch(lastBatch + 1);
    this.outage = new StoreOutage(clock, logger);
  }

  /** Something waits to be written that cannot be: nothing of what is decided is carried out. */
  get isHeldUp(): boolean {
    return this.outage.isOn;
  }

  /** The store cannot be reached: what was taken waits, and nothing new should be asked. */
  get isStuck(): boolean {
    return this.outage.isOn || !this.surroundings.storage.isAvailable();
  }

  /**
   * Handles the input now, before it returns; settles when the outcome is on record, and with it the answer, if it is to
   * be kept. @throws Refusal
   */
  take<Type extends InputType>(input: Input<Type>, keep?: ToKeep): Promise<Taken<Type>> {
    return this.decide(input, true, keep);
  }

  private async decide<Type extends InputType>(
    input: Input<Type>,
    isAwaited: boolean,
    keep?: ToKeep,
  ): Promise<Taken<Type>> {
    const { world, numbers } = this.surroundings;
    const stamped = this.stamp(input);
    const outcome = handle(world, stamped); // A Refusal leaves from here, nothing is staged.
    const past = outcome.changes
      .filter((change) => isToBeRemembered(change, this.current(change)))
      .map((change) => ({ at: stamped.at, change }));
    const faults = [...outcome.faults, ...apply(world, outcome.changes)];
    this.listeners.handled({ at: stamped.at, changes: outcome.changes, notifications: outcome.notifications });
    if (faults.length > 0) this.listeners.faulted(faults);
    this.listeners.reported(outcome.reports);
    this.batch.past.push(...past);
    this.batch.at = stamped.at;
    if (keep !== undefined) this.batch.answers.push({ ...keep, at: stamped.at, answer: outcome.answer });
    this.tell(numbers.number(outcome, stamped.at, stamped.seed));
    const effects = await this.stage(outcome, isAwaited || outcome.effects.length > 0);
    return { answer: outcome.answer, effects };
  }

  /**
   * For facts, which nobody waits for: a rule of ours that trips over one must not stop the next. One that asks for nothing to
   * be done, as that a phone rings, goes on record a moment later, along with one that does, which then finds no commit under way.
   */
  async report(fact: Input<FactType>): Promise<void> {
    try {
      await this.decide(fact, false);
    } catch (error) {
      this.surroundings.logger.error('fact not handled', { fact, error });
    }
  }

  async read<Result>(select: (world: World) => Result): Promise<Result> {
    const result = select(this.surroundings.world);
    await this.stage(NOTHING);
    return result;
  }

  /** Rides along. If a crash forgets it, the effect is repeated, which is harmless as long as it is the latest. */
  markDone(effect: EffectId): void {
    this.batch.done.push(effect);
    this.flushSoon();
  }

  /** Writes what is still only in memory, done marks included. */
  async flush(): Promise<void> {
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    this.batch.isForced = true;
    await this.stage(NOTHING);
  }

  /** Is on record together with the input that is handled next. */
  withdraw(answer: AnswerKey): void {
    this.batch.withdrawn.push(answer);
  }

  /** Rides along. If a crash forgets it, the event is delivered once more. One that was given up is written at once. */
  settle(settled: Settled): void {
    this.batch.settled.push(settled);
    if (settled.problem !== null) this.flushUnawaited();
    else this.flushSoon();
  }

  /** What rides along goes with the next batch, which is made for it if none comes soon: of its own it would cost what a decision costs. */
  private flushSoon(): void {
    this.cancelFlush ??= this.surroundings.clock.after(RIDE_MS, () => this.flushUnawaited());
  }

  private flushUnawaited(): void {
    this.flush().catch(() => undefined); // `failed` tells of it.
  }

  /** Settles when it is on record that they are to be made. */
  async deliver(deliveries: readonly Delivery[]): Promise<void> {
    this.batch.deliver(deliveries);
    await this.stage(NOTHING);
  }

  private tell(events: readonly ToldEvent[]): void {
    this.batch.events.push(...events);
    for (const { app, id } of events.filter(({ event }) => isEvent(event))) {
      for (const url of this.listeners.callbackUrls(app)) this.batch.deliveries.push({ app, url, event: id });
    }
  }

  private current({ kind, value }: Change): Change['value'] | undefined {
    return (this.surroundings.world[kind] as ReadonlyMap<string, Change['value']>).get(value.id);
  }

  private stamp<Type extends InputType>(input: Input<Type>): Stamped<Type> {
    const { clock, chance } = this.surroundings;
    return { ...input, at: clock.now(), seed: chance.seed(), random: chance.number() };
  }

  private async stage(outcome: Outcome<unknown>, isAwaited = true): Promise<readonly EffectId[]> {
    const { batch } = this;
    const effects = batch.add(outcome);
    if (batch.size > this.mostWaiting) this.giveUp();
    if (isAwaited || batch.isEmpty) this.write(batch);
    else this.writeInCompany(batch);
    await batch.written;
    return effects;
  }

  /** Of an empty one nothing is written. */
  private write(batch: OpenBatch): void {
    batch.isAwaited = true;
    if (!this.isWriting) void this.writeAwaited();
  }

  private writeInCompany(batch: OpenBatch): void {
    if (batch.isAwaited || batch.isDue) return;
    batch.isDue = true;
    this.surroundings.clock.after(COMPANY_MS, () => batch === this.batch && this.write(batch));
  }

  private giveUp(): void {
    if (this.isGivenUp) return;
    this.isGivenUp = true;
    this.listeners.failed(new Error('the store has been away for so long that too much waits for it'));
  }

  private async writeAwaited(): Promise<void> {
    this.isWriting = true;
    while (this.batch.isAwaited) {
      await wait(this.surroundings.clock, 0); // So that all inputs of this turn share the transaction.
      const batch = this.batch;
      this.batch = batch.successor();
      try {
        if (!batch.isEmpty) await this.commit(batch);
      } catch (error) {
        batch.fail(error);
        return this.listeners.failed(error); // Still `isWriting`: nothing is written after this.
      }
      batch.succeed();
      this.listeners.decided(batch.effects);
      this.listeners.told(batch.events);
    }
    this.isWriting = false;
  }

  /** Asks again until it is on record. Meanwhile facts go on, and their effects wait. */
  private async commit(batch: OpenBatch): Promise<void> {
    const { clock, storage } = this.surroundings;
    for (;;) {
      const elapsed = clock.stopwatch();
      try {
        await storage.commit(batch);
        this.listeners.committed('written', elapsed());
        const since = this.outage.written();
        if (since !== null) this.listeners.storeBack(since);
        return;
      } catch (error) {
        if (!(error instanceof StorageUnavailable)) throw error;
        this.listeners.committed('unavailable', elapsed());
        this.outage.failed(error.message, batch.size + this.batch.size);
        await wait(clock, RETRY_MS);
      }
    }
  }
}
