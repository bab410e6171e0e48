import { Disk } from '../support/memory-storage/memory-storage';
import { policyOf, someRules } from '../support/outside-policies';
import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import { touches, type Effect } from '../../src/domain/effect';
import type { AppId, ChannelId, TrunkId } from '../../src/domain/ids';
import type { CommandType, Input } from '../../src/domain/input';
import { planId } from '../../src/domain/queue/plan';
import { Refusal } from '../../src/domain/refusal';
import type { Kind, World } from '../../src/domain/world';
import { StorageUnavailable, type EffectId } from '../../src/ports/storage';
import type { Logger } from '../../src/ports/system';
import type { OutgoingCall } from '../../src/ports/telephony';
import { Service } from '../../src/runtime/service';
import { needsTelephony } from '../../src/runtime/telephony-needs';
import { unmeasured, untold } from '../support/fakes';
import { isOnRecord } from './answers-on-record';
import { DEFAULT, OTHER, type Cast } from './cast';
import { someCommand } from './random-commands';
import { someEnqueue } from './random-documents';
import { RepeatingClient, type Request } from './repeating-client';
import type { SeededRandom } from './seeded-random';
import type { SimulatedAsterisk } from './simulated-asterisk';
import { SimulatedLine, keyOf } from './simulated-line';
import { SlowStorage, type Announcement } from './slow-storage';
import type { Tally } from './tally';
import { WORLD, type VirtualTime } from './virtual-time';
import type { Weather } from './weather';

export const TRUNK = 'parley-trunk' as TrunkId;
/** Nothing is refused, and everything is taken down. */
const GENEROUS = someRules({
  allow: ['*', '+*'],
  callsAtOnce: 10_000,
  callsPerSecond: 10_000,
  minutesPerDay: 10_000_000,
});
const SETTINGS = {
  keepaliveSeconds: 120,
  missPauseSeconds: 5,
  ownRingSeconds: 45,
  outside: policyOf(GENEROUS),
  trunk: TRUNK,
  musicClass: 'hold',
};
/** `finish`: what is under way is answered and done first. `drain`: whoever is there is served before that. */
export const WAYS_TO_STOP = ['at once', 'finish', 'finish', 'drain'] as const;
type WayToStop = (typeof WAYS_TO_STOP)[number];
/** After so long at most it is asked again, and ends at once. */
const LONGEST_DRAIN_MS = 60_000;
/** As long as a service that is asked to stop may take until it is killed. */
const STOPPING_MS = 10_000;

/** One life of the service: from its start to its stop or crash. */
type Life = {
  readonly owner: string;
  readonly line: SimulatedLine;
  readonly storage: SlowStorage;
  /** Another one ran beside it for a while. */
  hadRival: boolean;
  /** Undefined while it starts and while it stops. */
  service: Service | undefined;
  /** It was asked to stop. */
  isLeaving: boolean;
};

/** The real service, life after life, over one disk. */
export class SimulatedService {
  readonly disk = new Disk();
  readonly client: RepeatingClient;
  /** What the service did that it must never do, in words. */
  readonly faults: string[] = [];
  /** Every channel that was asked to ring, in order. */
  readonly dialled: ChannelId[] = [];
  /** The text of every event that was made, those included that a crash took with it. */
  readonly eventTexts: string[] = [];
  /** How often each command was answered, or refused. */
  readonly answered = new Map<CommandType, number>();
  /** Counts the inputs, so that nobody looks at the same world twice. */
  inputs = 0;
  /** Every announcement that was decided and is on record. */
  readonly announcements = new Map<EffectId, Announcement>();
  /** Called when one input is through and the next is about to be handled, however fast they come. */
  beforeInput = (): void => undefined;
  private lives = 0;
  /** The one that is to serve. */
  private life: Life | undefined;
  /** It, and those that have not noticed yet that it has taken over. */
  private readonly running = new Set<Life>();

  constructor(
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly asterisk: SimulatedAsterisk,
    private readonly weather: Weather,
    private readonly tally: Tally,
    private readonly cast: Cast,
  ) {
    this.client = new RepeatingClient(random);
    asterisk.toCome = (channelId) =>
      this.effectsToCome().flatMap((effect) => (touches(effect).includes(channelId) ? [effect.do] : []));
  }

  /** Undefined while it is down or not yet up. */
  get world(): World | undefined {
    return this.life?.service?.world;
  }

  get isUp(): boolean {
    return this.life !== undefined;
  }

  /** It has compared the world with Asterisk, and nothing keeps it from its work. */
  get isReady(): boolean {
    return this.life?.service?.obstacles().length === 0;
  }

  /** It hears at once what happens in Asterisk, or will when it has compared. */
  get isConnected(): boolean {
    return this.life?.line.isConnected === true;
  }

  /** It works, and no other process is left that has yet to notice that this one has taken over, and may take it back. */
  get isBack(): boolean {
    return this.isReady && this.isConnected && this.running.size === 1;
  }

  /** In words, what it does that it must not do while it does not know what is alive in Asterisk. */
  doneInDoubt(): readonly string[] {
    const { line } = this.life ?? {};
    if (line === undefined) return [];
    return [
      ...(line.isInDoubt && this.isReady ? ['says that it is ready, and could not compare'] : []),
      ...line.askedInDoubt.map((what) => `asked although it could not compare: ${what}`),
    ];
  }

  /** It knows what is alive in Asterisk, or knows that it does not. */
  get canBeJudged(): boolean {
    return this.isReady && this.life?.line.isLeftWaiting === false;
  }

  /** It has heard of all that has happened, and all that it has decided is on record and done. */
  get isQuiet(): boolean {
    const { line, storage } = this.life ?? {};
    return line?.isQuiet === true && storage?.commitIs === 'at rest';
  }

  /** It is about something that it seldom does. */
  get isRarelyBusy(): boolean {
    return this.life?.line.isRarelyBusy === true;
  }

  /** May be called while one runs: the new one takes over, and the old one must notice and give up. */
  start(): void {
    const owner = `life ${++this.lives}`;
    const { time, random, weather, asterisk, tally } = this;
    const dialSent = (call: OutgoingCall): void => this.dialSent(life, call);
    const releaseSent = (channelId: ChannelId): void => this.releaseSent(life, channelId);
    const line = new SimulatedLine(asterisk, owner, time, random, weather, tally, dialSent, releaseSent);
    const storage = new SlowStorage(this.disk, owner, time, random, weather, tally, this.announcements);
    const life: Life = {
      owner,
      line,
      storage,
      hadRival: this.running.size > 0,
      service: undefined,
      isLeaving: false,
    };
    for (const rival of this.running) rival.hadRival = true;
    this.life = life;
    this.running.add(life);
    const plan = {
      id: planId(DEFAULT, 'support'),
      app: DEFAULT,
      name: 'support',
      text: '',
      source: 'file',
    } as const;
    const plans = [{ ...plan, enqueue: someEnqueue(random) }];
    const starting = Service.start({
      storage,
      telephony: line,
      clock: time.clockOf(owner),
      chance: {
        seed: () => {
          this.beforeInput();
          this.inputs++;
          storage.collected++;
          return random.seed();
        },
        number: () => random.number(),
      },
      logger: this.loggerOf(life),
      parseXml,
      settings: SETTINGS,
      applications: new Set<AppId>([DEFAULT, OTHER]),
      metrics: {
        ...unmeasured,
        selected: (app, fair) => void (fair || this.faults.push(`not served in order: ${app}`)),
      },
      ...untold,
      eventText: (...about) => {
        const text = untold.eventText(...about);
        this.eventTexts.push(text);
        return text;
      },
      explainDays: 1,
      keepDays: null, // What it checks at the end is all that ever was.
      plans,
      die: (reason) => this.gaveUp(life, reason),
    });
    starting.then(
      (service) => (life.service = service),
      (error: unknown) => {
        if (!(error instanceof StorageUnavailable)) return this.gaveUp(life, error);
        tally.count('not started without the store');
        this.end(life);
      },
    );
    line.connect();
  }

  /** What it was waiting for never comes; what it had asked others for may still happen. */
  crash(): void {
    const { life } = this;
    if (life === undefined) return;
    this.countStruck('crash');
    if (life.service === undefined) this.tally.count('crash: on its way up or down');
    this.end(life);
  }

  /** As at an update: it is asked to stop, and dies when it has, when it takes too long, or when it is asked again. */
  stop(way = this.random.pick(WAYS_TO_STOP)): void {
    const { life } = this;
    if (life?.service === undefined || life.isLeaving) return;
    life.isLeaving = true;
    this.tally.count(`stop: ${way}`);
    const isDrained = way === 'drain' ? this.drain(life, life.service) : Promise.resolve();
    isDrained
      .then(() => this.leave(life, way))
      .then(
        () => this.end(life),
        (error: unknown) => this.gaveUp(life, error),
      );
  }

  private async drain(life: Life, service: Service): Promise<void> {
    const isAskedAgain = this.random.integer(1, LONGEST_DRAIN_MS);
    let isThrough = false;
    this.time.schedule(WORLD, isAskedAgain, () => {
      if (!isThrough) this.end(life);
    });
    await service.drain();
    isThrough = true;
    this.tally.count('stop: nobody is left');
  }

  private async leave(life: Life, way: WayToStop): Promise<void> {
    this.time.schedule(WORLD, STOPPING_MS, () => this.end(life));
    const service = life.service!;
    if (way !== 'at once') await service.finish();
    life.service = undefined; // Its timers stop.
    await service.stop();
  }

  disconnect(): void {
    this.countStruck('cut');
    this.life?.line.disconnect();
  }

  restartAsterisk(): void {
    this.countStruck('restart');
    this.asterisk.restart();
    this.life?.line.disconnect();
  }

  somebodyAsks(command?: Input<CommandType>): void {
    const { life } = this;
    if (life?.service === undefined) return;
    const { service } = life;
    const request: Request =
      command === undefined
        ? this.client.next(() => someCommand(this.random, service.world, this.cast))
        : { command, once: undefined };
    const { command: asked, once } = request;
    const isInDoubt = life.line.isInDoubt && once === undefined && needsTelephony(asked, service.world);
    if (this.client.isLeftUnanswered(request, this.disk)) this.tally.count('asked again: on record, not answered');
    service.ask(asked, once).then(
      (answer) => {
        this.count(asked.type);
        if (isInDoubt) this.faults.push(`answered although it could not compare: ${asked.type}`);
        this.faults.push(...this.client.answered(request, answer));
        if (!isOnRecord(this.disk, asked, answer)) {
          this.faults.push(`answered and not on record: ${JSON.stringify(asked)}`);
        }
      },
      (error: unknown) => {
        if (error instanceof Refusal || error instanceof StorageUnavailable) return; // Or the store is away.
        if (this.running.has(life)) this.faults.push(`${asked.type} failed: ${String(error)}`);
      },
    );
  }

  /** What anybody was shown must not be taken back by a crash. */
  somebodyReads(): void {
    const { life } = this;
    if (life?.service === undefined) return;
    const reading = life.service.read(({ conversations, calls }) => [
      ...[...conversations.keys()].map((id) => `conversations ${id}`),
      ...[...calls.keys()].map((id) => `calls ${id}`),
    ]);
    reading.then(
      (shown) => {
        const lost = shown.filter((key) => !this.disk.aggregates.has(key));
        if (lost.length > 0) this.faults.push(`shown and not on record: ${lost.join()}`);
      },
      (error: unknown) => {
        if (error instanceof Refusal) return; // The store is away.
        if (this.running.has(life)) this.faults.push(`reading failed: ${String(error)}`);
      },
    );
  }

  /** The last state of everything of a kind that ever was. */
  recorded<Item>(kind: Kind): readonly Item[] {
    const rows = [...this.disk.aggregates.values()].filter((row) => row.kind === kind);
    return rows.map(({ state }) => JSON.parse(state) as Item);
  }

  /** What the misfortune falls between: effects and their decision or outcome, a commit and its answer. */
  private countStruck(by: 'crash' | 'cut' | 'restart'): void {
    if (this.life === undefined) return;
    const { underWay, answered } = this.life.line;
    const count = (what: string): void => this.tally.count(`${by}: ${what}`);
    for (const { operation, isCarriedOut } of underWay.values()) {
      count(`${operation} ${isCarriedOut ? 'carried out' : 'asked'}`);
    }
    for (const effect of this.effectsToCome()) {
      const key = keyOf(effect.do, touches(effect)[0]!);
      if (!underWay.has(key)) count(`${effect.do} ${answered.has(key) ? 'answered' : 'decided'}`);
    }
    const { commitIs, collected } = this.life.storage;
    count(`commit ${commitIs}`);
    if (commitIs !== 'at rest' && collected > 0) count('next batch collected');
  }

  /** Decided, and not known to be done. */
  private effectsToCome(): readonly Effect[] {
    return [...this.disk.effects.values()].map((text) => JSON.parse(text) as Effect);
  }

  private count(type: CommandType): void {
    this.answered.set(type, (this.answered.get(type) ?? 0) + 1);
  }

  private end(life: Life): void {
    const { owner, line } = life;
    line.loseSignals();
    SimulatedLine.dieWith(owner, this.time);
    this.asterisk.detach(line);
    this.running.delete(life);
    if (this.life === life) this.life = undefined;
  }

  /** Right only where there are two: whoever comes to the store or to Asterisk last makes the other one give up. */
  private gaveUp(life: Life, reason: unknown): void {
    if (!life.hadRival) this.faults.push(`the service gave up: ${String(reason)}`);
    this.end(life);
  }

  private dialSent(life: Life, { channelId }: OutgoingCall): void {
    this.dialled.push(channelId);
    const world = life.service?.world;
    if (world === undefined) return;
    const callId = world.callOnChannel.get(channelId);
    const call = callId === undefined ? undefined : world.calls.get(callId);
    if (call?.stage.at !== 'ringing') this.faults.push(`rings for nothing: ${channelId}`);
  }

  /** Whoever is sent on has no call any more, unless it has come again: then it is not to go with what became of it before. */
  private releaseSent({ service }: Life, channelId: ChannelId): void {
    if (service?.world.callOnChannel.has(channelId)) this.faults.push(`sent on, but waits or talks: ${channelId}`);
  }

  private loggerOf(life: Life): Logger {
    return {
      info: () => undefined,
      warn: () => undefined,
      error: (message, fields) => {
        if (EXPECTED_ERRORS.has(message) || !this.running.has(life)) return;
        const text = JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? value.stack : value));
        this.faults.push(`${message} ${text}`);
      },
    };
  }
}

/** What operators should hear of, and the simulated people and Asterisk bring about. */
const EXPECTED_ERRORS = new Set(['the dialplan asked for something impossible', 'effect refused']);
