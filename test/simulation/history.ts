import { hasTrueIndex } from '../support/world-invariants';
import type { Agreement } from './agreement';
import { AnsweredPhones } from './answered-phones';
import type { Cast } from './cast';
import { expectEventsInOrder, expectOwnResults } from './chronicle';
import {
  expectEveryStoryToldOnce,
  expectNothingAnnouncedTwice,
  expectNothingLeft,
  expectNothingRemembered,
  expectNothingStartedTwice,
  expectNothingToDo,
  happenedIn,
} from './endings';
import { brokenInvariants, checkDeadlines } from './invariants';
import { Misfortunes } from './misfortunes';
import { Outages } from './outages';
import { type SeededRandom } from './seeded-random';
import { SimulatedAsterisk } from './simulated-asterisk';
import { SimulatedPeople } from './simulated-people';
import { SimulatedService, TRUNK } from './simulated-service';
import { Tally } from './tally';
import { expectTimesInOrder } from './times';
import { TrueTimes } from './true-times';
import { settled, VirtualTime, WORLD } from './virtual-time';
import { Weather } from './weather';
import { Footprint } from './footprint';

/** What was wrong in the index stays so for a while, and to make one anew takes its time. */
const INPUTS_PER_INDEX = 20;
/** Only what time alone brings about can be broken in a world that nothing has changed. */
const INPUTS_PER_SAME_WORLD = 4;
/** What is overlooked stays so. */
const EVENTS_PER_LOOK_AT_DEADLINES = 5;
/** A difference must last for seconds to count. */
const COMPARE_EVERY_MS = 100;
/** Everybody's agent has expired by then. */
const CLOSING_MS = 5 * 60_000;
const CLEARING_MS = 5_000;
/** Who stops may be given a minute for it; then somebody has to come, and it has to connect. */
const LONGEST_RECOVERY_MS = 5 * 60_000;

/** What came about, to be asserted over many. */
export type Report = {
  /** All that was ever written, in order: two histories are the same if this is. */
  readonly record: () => string;
  readonly events: number;
  readonly inputs: number;
  readonly eventTexts: readonly string[];
  readonly happened: ReadonlyMap<string, number>;
};

export type Conditions = {
  /** How much more often than usual requests and signals are lost while the weather is bad. */
  readonly roughness: number;
  /** As long as it takes at most until somebody starts the service again, or puts right what else is broken. */
  readonly repairMs: number;
  /** How many outages of the service and of its connection take much longer. */
  readonly longOutages: number;
};

/** The whole service among people, a store and an Asterisk that are decided by the seed, from the first start to the last hang-up. */
export class History {
  readonly random: SeededRandom;
  readonly time = new VirtualTime();
  readonly tally = new Tally();
  readonly weather: Weather;
  readonly asterisk = new SimulatedAsterisk(this.time, this.tally);
  readonly people: SimulatedPeople;
  readonly service: SimulatedService;
  readonly misfortunes: Misfortunes;
  private readonly outages = new Outages();
  private readonly trueTimes = new TrueTimes();
  private readonly footprint = new Footprint();
  private readonly answeredPhones = new AnsweredPhones();
  private checkedInputs = 0;
  private events = 0;
  private comparedAt = 0;
  private isOpen = true;
  private isRestarting = false;

  constructor(
    random: SeededRandom,
    cast: Cast,
    private readonly conditions: Conditions,
  ) {
    const { roughness, repairMs, longOutages } = conditions;
    const { time, tally, asterisk } = this;
    this.random = random;
    this.weather = new Weather(random, tally, roughness, longOutages);
    asterisk.trunks.add(TRUNK);
    this.people = new SimulatedPeople(asterisk, time, random, cast);
    this.service = new SimulatedService(time, random, asterisk, this.weather, tally, cast);
    this.misfortunes = new Misfortunes(time, random, asterisk, this.service, this.weather, tally, repairMs);
    this.people.conditions = () => [...(this.service.world?.conditions.keys() ?? [])];
    this.service.beforeInput = () => this.checkWorld();
  }

  /** Until closing time, in bursts: half of them come one right after the other. */
  everyNowAndThen(meanMs: number, act: () => void): void {
    const pause = this.random.chance(0.5) ? this.random.integer(0, 60) : this.random.integer(0, meanMs * 4);
    this.time.schedule(WORLD, pause, () => {
      if (!this.isOpen) return;
      act();
      this.everyNowAndThen(meanMs, act);
    });
  }

  async until(milliseconds: number, afterEach: () => void = () => undefined): Promise<void> {
    await settled(); // What was asked for until now is under way.
    const end = this.time.now() + milliseconds;
    let isOver = false;
    this.time.schedule(WORLD, milliseconds, () => (isOver = true));
    while (!isOver && (await this.time.next())) {
      this.events++;
      this.check();
      afterEach();
      this.keepRunning();
    }
    if (this.time.now() < end) throw new Error('time stands still');
  }

  /** Nothing goes wrong any more: soon it works again, or as soon as somebody has started it. */
  async untilReady(afterEach?: () => void): Promise<void> {
    const giveUpAt = this.time.now() + LONGEST_RECOVERY_MS;
    while (!this.service.isBack) {
      if (this.time.now() > giveUpAt) throw new Error('not ready long after the storm');
      await this.until(1_000, afterEach);
    }
  }

  /** World and Asterisk are to agree, while the service says that it is ready. */
  compare(agreement: Agreement): void {
    const { service, asterisk, time } = this;
    if (!service.canBeJudged) return agreement.forget();
    // What differs is looked at all the time, else one difference would be taken for the one before.
    if (agreement.isComplete && time.now() < this.comparedAt + COMPARE_EVERY_MS) return;
    this.comparedAt = time.now();
    agreement.check(service.world!, asterisk, time.now(), service.isQuiet && time.isMovingOn());
  }

  /** Nobody begins anything any more. */
  close(): void {
    this.isOpen = false;
  }

  /** In the end nothing is left over, and every story was told once. */
  async conclude(): Promise<Report> {
    const { service, people, asterisk, tally, random } = this;
    this.close();
    people.goHome();
    await this.until(CLOSING_MS);
    await this.untilReady();
    for (const { id: extensionId, app } of service.world!.extensions.values()) {
      service.somebodyAsks({ type: 'delete-extension', app, extensionId });
    }
    await this.until(CLEARING_MS);
    expectNothingLeft(asterisk, service);
    service.stop(random.pick(['at once', 'finish'] as const));
    await this.until(CLEARING_MS);
    expectNothingToDo(service);
    expectNothingRemembered(service);
    expectNothingStartedTwice(service);
    expectNothingAnnouncedTwice(asterisk, service);
    expectEveryStoryToldOnce(service);
    expectTimesInOrder(service, tally);
    expectEventsInOrder(service);
    expectOwnResults(asterisk, service);
    this.trueTimes.expect(service, asterisk, this.outages);
    const { disk, inputs, eventTexts } = service;
    const record = (): string => JSON.stringify([...disk.aggregates, disk.notifications]);
    const happened = happenedIn(asterisk, service, tally);
    return { record, events: this.events, inputs, eventTexts, happened };
  }

  /** Somebody sees to it that it runs again, at once or later. */
  private keepRunning(): void {
    if (this.service.isUp || this.isRestarting) return;
    this.isRestarting = true;
    const pause = this.random.chance(0.5) ? 0 : this.weather.outageMs(this.conditions.repairMs);
    this.time.schedule(WORLD, pause, () => {
      this.isRestarting = false;
      if (!this.service.isUp) this.service.start(); // A rival may have taken its place.
    });
  }

  private check(): void {
    const { service, time } = this;
    this.outages.look(time.now(), !service.isReady || !service.isConnected);
    this.checkWorld();
    service.faults.push(...service.doneInDoubt());
    if (service.faults.length > 0) throw new Error(service.faults.join('\n'));
    const isToLook = this.events % EVENTS_PER_LOOK_AT_DEADLINES === 0 && time.isMovingOn();
    if (service.world !== undefined && isToLook) {
      checkDeadlines(service.world, time.now(), { knowsAsterisk: service.isReady });
    }
  }

  /** What is broken is a fault, not thrown: the service must not catch it. */
  private checkWorld(): void {
    const { service } = this;
    const { inputs, world } = service;
    if (inputs === this.checkedInputs || world === undefined) return;
    this.checkedInputs = inputs;
    const { asterisk, time, answeredPhones, trueTimes } = this;
    trueTimes.look(world, time.now());
    service.faults.push(...answeredPhones.wronged(world, asterisk, time.now(), service.isReady));
    if (!this.footprint.changes(world) && inputs % INPUTS_PER_SAME_WORLD > 0) return;
    service.faults.push(...brokenInvariants(world, this.time.now()));
    if (inputs % INPUTS_PER_INDEX === 0 && !hasTrueIndex(world)) {
      service.faults.push('the index of the queue is not true');
    }
  }
}
