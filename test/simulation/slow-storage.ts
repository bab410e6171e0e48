import { MemoryStorage, type Disk } from '../../src/adapters/storage/memory-storage';
import type { Conversation } from '../../src/domain/conversation/conversation';
import type { AppId, ConversationId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { Change } from '../../src/domain/world';
import {
  StorageUnavailable,
  type Batch,
  type ConversationPage,
  type ConversationQuery,
  type Restored,
  type Storage,
} from '../../src/ports/storage';
import type { SeededRandom } from './seeded-random';
import { WORLD, type VirtualTime } from './virtual-time';
import type { Weather } from './weather';

/** A store across a network: a commit takes its time, and may happen although its writer has died. */
export class SlowStorage implements Storage {
  private readonly storage: MemoryStorage;

  constructor(
    disk: Disk,
    private readonly owner: string,
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly weather: Weather,
  ) {
    this.storage = new MemoryStorage(disk);
  }

  open(): Promise<Restored> {
    return this.storage.open();
  }

  commit(batch: Batch): Promise<void> {
    const { number, at, changes, effects, done, notifications, past } = batch;
    // What is being written must not change while it is on its way.
    const copy: Batch = {
      number,
      at,
      changes,
      effects: [...effects],
      done: [...done],
      notifications: [...notifications],
      past: [...past],
    };
    const owner = this.random.chance(0.5) ? WORLD : this.owner;
    const requestIsLost = this.weather.strikes(0.01);
    const answerIsLost = this.weather.strikes(0.01);
    return new Promise((resolve, reject) => {
      const away = (): void => reject(new StorageUnavailable('simulated'));
      if (requestIsLost) return void this.time.schedule(this.owner, 1_000, away);
      this.time.schedule(owner, this.random.integer(0, 30), () => {
        const written = this.storage.commit(copy);
        written.catch(() => undefined); // Its writer may be dead.
        const answer = (): void => void (answerIsLost ? away() : written.then(resolve, reject));
        this.time.schedule(this.owner, this.random.integer(0, 30), answer);
      });
    });
  }

  findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined> {
    return this.storage.findConversation(app, id);
  }

  listConversations(query: ConversationQuery): Promise<ConversationPage> {
    return this.storage.listConversations(query);
  }

  findTask(app: AppId, id: QueueTaskId): Promise<QueueTask | undefined> {
    return this.storage.findTask(app, id);
  }

  asOf(app: AppId, at: Instant): Promise<readonly Change[]> {
    return this.storage.asOf(app, at);
  }

  forgetBefore(at: Instant): Promise<number> {
    return this.storage.forgetBefore(at);
  }

  forgetEnded(before: Instant): Promise<number> {
    return this.storage.forgetEnded(before);
  }

  isAvailable(): boolean {
    return this.storage.isAvailable();
  }

  close(): Promise<void> {
    return this.storage.close();
  }
}
