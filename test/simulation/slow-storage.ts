import type { Effect } from '../../src/domain/effect';
import type { AppId } from '../../src/domain/ids';
import {
  StorageUnavailable,
  type Batch,
  type EffectId,
  type KeptAnswer,
  type Restored,
} from '../../src/ports/storage';
import { MemoryStorage, type Disk } from '../support/memory-storage/memory-storage';
import type { SeededRandom } from './seeded-random';
import type { Tally } from './tally';
import { WORLD, type VirtualTime } from './virtual-time';
import type { Weather } from './weather';

export type Announcement = Extract<Effect, { do: 'announce' }>;

/**
 * A store across a network: it takes its time, may be out of reach, and a commit may happen although its writer has died
 * or has given it up.
 */
export class SlowStorage extends MemoryStorage {
  /** How far the commit is that is under way. */
  commitIs: 'at rest' | 'asked' | 'written' = 'at rest';
  /** Inputs since it was asked. */
  collected = 0;

  constructor(
    disk: Disk,
    private readonly owner: string,
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly weather: Weather,
    private readonly tally: Tally,
    /** Every announcement that was ever decided and written. */
    private readonly announcements = new Map<EffectId, Announcement>(),
  ) {
    super(disk);
  }

  override open(): Promise<Restored> {
    return new Promise((resolve, reject) => {
      this.later(() => {
        if (this.weather.isStoreAway) return reject(new StorageUnavailable('simulated'));
        const restored = super.open();
        this.later(() => void restored.then(resolve, reject));
      });
    });
  }

  override findAnswer(app: AppId, key: string): Promise<KeptAnswer | undefined> {
    return new Promise((resolve, reject) => {
      this.later(() => {
        if (this.weather.isStoreAway) return reject(new StorageUnavailable('simulated'));
        const found = super.findAnswer(app, key);
        this.later(() => void found.then(resolve, reject));
      });
    });
  }

  override async commit(batch: Batch): Promise<void> {
    this.commitIs = 'asked';
    this.collected = 0;
    try {
      await this.send(batch);
    } finally {
      this.commitIs = 'at rest';
    }
  }

  private send(batch: Batch): Promise<void> {
    if (this.time.isDead(this.owner)) return new Promise(() => undefined);
    // What is being written must not change while it is on its way.
    const copy: Batch = {
      number: batch.number,
      at: batch.at,
      changes: batch.changes,
      effects: [...batch.effects],
      done: [...batch.done],
      events: [...batch.events],
      deliveries: [...batch.deliveries],
      settled: [...batch.settled],
      past: [...batch.past],
      answers: [...batch.answers],
      withdrawn: [...batch.withdrawn],
    };
    const owner = this.random.chance(0.5) ? WORLD : this.owner;
    const requestIsLost = this.weather.strikes(0.01, 'commit lost');
    const answerIsLost = this.weather.strikes(0.01, 'commit written and not answered');
    return new Promise((resolve, reject) => {
      const away = (): void => reject(new StorageUnavailable('simulated'));
      if (requestIsLost) return void this.time.schedule(this.owner, 1_000, away);
      this.time.schedule(owner, this.random.integer(0, 30), () => {
        if (this.weather.isStoreAway) {
          this.tally.count('commit while the store was away');
          return this.later(away);
        }
        const written = super.commit(copy);
        this.commitIs = 'written';
        if (this.time.isDead(this.owner)) this.tally.count('commit written after the crash');
        const note = (): void => {
          for (const { id, effect } of copy.effects)
            if (effect.do === 'announce') this.announcements.set(id, effect);
        };
        written.then(note, () => undefined); // Its writer may be dead.
        this.later(() => void (answerIsLost ? away() : written.then(resolve, reject)));
      });
    });
  }

  private later(act: () => void): void {
    this.time.schedule(this.owner, this.random.integer(0, 30), act);
  }
}
