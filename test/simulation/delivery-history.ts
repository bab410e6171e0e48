import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import type { BridgeId, ChannelId, EventId, ExtensionId } from '../../src/domain/ids';
import { emptyWorld, type Change } from '../../src/domain/world';
import type { EventRecord } from '../../src/ports/events';
import { StorageUnavailable, type Batch } from '../../src/ports/storage';
import type { TelephonySignal } from '../../src/ports/telephony';
import { Service } from '../../src/runtime/service';
import { aBatch } from '../contract/storage-objects';
import { aTelephony, silent, unmeasured, untold } from '../support/fakes';
import { anAgent, idOf } from '../support/http-objects';
import { Disk, MemoryStorage } from '../support/memory-storage/memory-storage';
import { seen } from '../support/phone-system-views';
import { terminal } from '../support/things-of';
import { APP, SETTINGS } from '../support/worlds';
import { DeliveryRecord } from './delivery-record';
import type { SeededRandom } from './seeded-random';
import { SimulatedReceiver } from './simulated-receiver';
import type { Tally } from './tally';
import { VirtualTime, WORLD } from './virtual-time';

const URLS = ['https://one.example/events', 'https://two.example/events'] as const;
/** Two departments that have nothing to do with each other: of the second, no event is refused for long. */
const DEPARTMENTS = [
  ['1001', '1002', '1003'],
  ['2001', '2002'],
] as const;
const AGENTS = DEPARTMENTS.flat();
const documentFor = (names: readonly string[]): string =>
  `<enqueue><route>${names.map((name) => `<agent name="${name}"/>`).join('')}</route></enqueue>`;
const ENOUGH_WAIT = 6;
/** As many as a sender holds in memory. */
const WINDOW = 2_000;
/** At each step, by how far a commit is: the shorter it takes, the likelier. */
const CRASHES = { 'not under way': 1 / 5_000, asked: 1 / 600, written: 1 / 300 } as const;
const RESTARTS = 1 / 5_000;
/** So long that more is told meanwhile. */
const SLOW_READ_MS = 3_000;
const MINUTE_MS = 60_000;
/** Longer than the longest pauses of a sender, of one event after the other. */
const REFUSED_MINUTES = 60;
const EVENING_MINUTES = 180;

/** One life of the service. */
type Life = {
  readonly owner: string;
  service?: Service;
  tell: (signal: TelephonySignal) => void;
  readonly storage: ErraticStorage;
};

/**
 * The real service, from the rules to the lines to two receivers, on a store that it may lose for a while, and with crashes between
 * any two steps. People call, agents answer or do not; what is told of it has to arrive.
 */
export class DeliveryHistory {
  readonly record = new DeliveryRecord(URLS);
  private readonly time = new VirtualTime();
  private readonly disk = new Disk();
  private readonly receivers: ReadonlyMap<string, SimulatedReceiver>;
  /** Channels that have gone, in Asterisk. */
  private readonly gone = new Set<ChannelId>();
  private isStoreAway = false;
  private isEvening = false;
  private lives = 0;
  private callers = 0;
  private life!: Life;

  constructor(
    private readonly random: SeededRandom,
    private readonly tally: Tally,
  ) {
    this.receivers = new Map(URLS.map((url) => [url, this.receiverAt(url)]));
  }

  private receiverAt(url: string): SimulatedReceiver {
    const { record } = this;
    const mayRefuse = (id: EventId): boolean =>
      !record.hasTaken(url, id) && DEPARTMENTS[0].some((name) => record.names(id, `agent ${name}`));
    return new SimulatedReceiver(this.time, this.random, this.tally, (id) => record.took(url, id), mayRefuse);
  }

  /** So many callers come, and everything that is told of them arrives. */
  async run(callers: number): Promise<void> {
    await this.furnish();
    this.begin();
    this.somebodyActs();
    this.storeComesAndGoes();
    while (this.callers < callers) {
      await this.time.next();
      if (this.random.chance(CRASHES[this.life.storage.commitIs])) this.crash();
      else if (this.random.chance(RESTARTS)) await this.restart();
    }
    this.isEvening = true;
    this.isStoreAway = false;
    this.receivers.forEach((receiver) => receiver.heal());
    await this.time.idle(REFUSED_MINUTES * MINUTE_MS);
    for (const [url, receiver] of this.receivers) this.lookBehind(url, receiver);
    for (let minute = 0; minute < EVENING_MINUTES && this.undelivered > 0; minute++)
      await this.time.idle(MINUTE_MS);
    await this.time.idle(MINUTE_MS); // Nothing is sent again.
    if (this.undelivered > 0) this.record.problems.add(`${this.undelivered} are to be delivered in the end`);
    this.time.kill(this.life.owner);
  }

  private lookBehind(url: string, receiver: SimulatedReceiver): void {
    const behind = this.record.behind(url, receiver.refused);
    if (behind > 0) this.tally.count('some wait for one that is refused');
    if (behind > WINDOW) this.tally.count('more wait for one that is refused than are in memory');
    receiver.acceptAll();
  }

  private get undelivered(): number {
    return this.disk.events.restored().undelivered.reduce((sum, { count }) => sum + count, 0);
  }

  private async furnish(): Promise<void> {
    const storage = new MemoryStorage(this.disk);
    await storage.open();
    const agents = AGENTS.map((name, index) =>
      anAgent(name, { app: APP, extensionId: idOf<ExtensionId>(index + 1), keptAliveAt: this.time.now() }),
    );
    const changes: Change[] = [
      ...agents.map(
        (value, index) => ({ kind: 'extensions', value: terminal(index + 1, value), live: true }) as const,
      ),
      ...agents.map((value) => ({ kind: 'agents', value, live: true }) as const),
    ];
    await storage.commit(aBatch(1, { changes }));
  }

  private begin(): void {
    const owner = `service ${++this.lives}`;
    const { time, random, record } = this;
    const clock = time.clockOf(owner);
    const storage = new ErraticStorage(this.disk, owner, time, random, () => this.isStoreAway, record, this.tally);
    const life: Life = { owner, storage, tell: () => undefined };
    this.life = life;
    let world = emptyWorld(SETTINGS);
    const channelGone = async (channelId: ChannelId): Promise<'asked'> => {
      this.hangUp(channelId);
      return 'asked';
    };
    const started = Service.start({
      ...untold,
      storage,
      clock,
      telephony: aTelephony({
        alive: async () => this.alive(seen(world)),
        hangUp: channelGone,
        release: channelGone,
        onSignal: (listener) => {
          life.tell = listener;
          return () => undefined;
        },
      }),
      chance: random,
      logger: silent,
      parseXml,
      settings: { ...SETTINGS, keepaliveSeconds: 10_000_000 },
      applications: new Set([APP]),
      metrics: unmeasured,
      plans: [],
      explainDays: 30,
      keepDays: null,
      callbacks: {
        post: (callback, message) => this.post(life, callback.url, message as EventRecord),
        close: () => undefined,
      },
      destinations: URLS.map((url) => ({ app: APP, url, secrets: [] })),
      die: (reason) => void record.problems.add(`the service gave up: ${String(reason)}`),
    });
    void started.then(
      (service) => {
        life.service = service;
        ({ world } = service);
        life.tell({ type: 'connected' });
      },
      () => this.beginAfter(1_000), // The store was away.
    );
  }

  private beginAfter(milliseconds: number): void {
    const { life } = this;
    this.time.schedule(WORLD, milliseconds, () => this.life === life && this.begin());
  }

  private alive(view: ReturnType<typeof seen>) {
    const isThere = (channelId: ChannelId): boolean => !this.gone.has(channelId);
    const bridges = [...view.bridges].map(([id, channels]) => [id, channels.filter(isThere)] as const);
    return {
      ...view,
      channels: new Map([...view.channels].filter(([channelId]) => isThere(channelId))),
      bridges: new Map<BridgeId, readonly ChannelId[]>(bridges),
      callers: [],
    };
  }

  private async post({ owner }: Life, url: string, message: EventRecord): Promise<void> {
    this.record.attempted(url, message, owner);
    await this.receivers.get(url)!.post(owner, message);
    this.record.acknowledged(url, message.id, owner);
  }

  private crash(): void {
    if (this.time.isDead(this.life.owner)) return;
    this.tally.count(`crash: a commit was ${this.life.storage.commitIs}`);
    this.time.kill(this.life.owner);
    this.life.tell = () => undefined;
    delete this.life.service;
    this.beginAfter(this.random.integer(0, 5_000));
  }

  private async restart(): Promise<void> {
    const { service } = this.life;
    if (service === undefined || this.isStoreAway) return;
    this.tally.count('restart');
    delete this.life.service;
    let isStopped = false;
    void service.stop().then(() => (isStopped = true));
    while (!isStopped) await this.time.next();
    this.time.kill(this.life.owner);
    this.begin();
  }

  private storeComesAndGoes(): void {
    if (this.isEvening) return;
    this.isStoreAway = !this.isStoreAway && this.random.chance(0.3);
    if (this.isStoreAway) this.tally.count('the store goes away');
    this.time.schedule(WORLD, this.random.integer(1_000, this.isStoreAway ? 15_000 : 120_000), () =>
      this.storeComesAndGoes(),
    );
  }

  private somebodyActs(): void {
    if (this.isEvening) return;
    this.time.schedule(WORLD, this.random.integer(50, 1_500), () => this.somebodyActs());
    const { random } = this;
    const { service } = this.life;
    if (service === undefined || service.obstacles().length > 0) return;
    const calls = [...service.world.calls.values()].filter(({ channelId }) => !this.gone.has(channelId));
    const ringing = calls.filter(({ stage }) => stage.at === 'ringing');
    const waiting = calls.filter(({ stage }) => stage.at === 'queued');
    const up = calls.filter(({ stage }) => stage.at === 'up');
    if (ringing.length > 0 && random.chance(0.5)) {
      const { channelId } = random.pick(ringing);
      if (random.chance(0.9)) this.life.tell({ type: 'leg-answered', channelId });
      else this.hangUp(channelId);
    } else if (waiting.length < ENOUGH_WAIT && random.chance(0.5)) {
      this.callerComes();
    } else if (up.length + waiting.length > 0) {
      this.hangUp(random.pick(up.length > 0 && random.chance(0.9) ? up : [...up, ...waiting]).channelId);
    }
  }

  private callerComes(): void {
    const channelId = `caller-${++this.callers}` as ChannelId;
    const ENQUEUE = documentFor(DEPARTMENTS[this.random.chance(0.6) ? 0 : 1]);
    const variables = { ENQUEUE, USER_DATA: `caller ${this.callers}` };
    this.life.tell({ type: 'caller-entered', channelId, telnumber: '13900000000', args: ['enqueue'], variables });
  }

  private hangUp(channelId: ChannelId): void {
    this.gone.add(channelId);
    this.time.schedule(WORLD, this.random.integer(1, 50), () =>
      this.life.tell({ type: 'leg-ended', channelId, cause: 16 }),
    );
  }
}

/** A store across a network, which may be out of reach; a commit may happen although its writer has died. */
class ErraticStorage extends MemoryStorage {
  commitIs: keyof typeof CRASHES = 'not under way';

  constructor(
    disk: Disk,
    private readonly owner: string,
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly isAway: () => boolean,
    private readonly record: DeliveryRecord,
    private readonly tally: Tally,
  ) {
    super(disk);
  }

  override open(): ReturnType<MemoryStorage['open']> {
    return this.across(() => super.open());
  }

  override async commit(batch: Batch): Promise<void> {
    this.commitIs = 'asked';
    try {
      await this.across(async () => {
        const { lastBatch } = this.disk;
        await super.commit(batch);
        this.commitIs = 'written';
        if (this.disk.lastBatch > lastBatch) this.record.committed(batch);
      });
    } finally {
      this.commitIs = 'not under way';
    }
  }

  override eventsToDeliver(
    ...asked: Parameters<MemoryStorage['eventsToDeliver']>
  ): ReturnType<MemoryStorage['eventsToDeliver']> {
    const [, , , limit] = asked;
    return this.across(async () => {
      const events = await super.eventsToDeliver(...asked);
      if (events.length === limit) this.tally.count('read in pieces');
      return events;
    }, SLOW_READ_MS);
  }

  /** What is asked reaches the store although who asks dies, and the answer does not reach who is dead. */
  private across<Result>(act: () => Promise<Result>, latencyMs = 3): Promise<Result> {
    return new Promise((resolve, reject) => {
      const back = (settle: () => void): void =>
        void this.time.schedule(this.owner, this.random.integer(0, latencyMs), settle);
      this.time.schedule(WORLD, this.random.integer(0, 3), () => {
        if (this.isAway()) return back(() => reject(new StorageUnavailable('simulated')));
        act().then(
          (result) => back(() => resolve(result)),
          (error: Error) => back(() => reject(error)),
        );
      });
    });
  }
}
