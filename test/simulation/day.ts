import type { Call } from '../../src/domain/call/call';
import type { Conversation, Role } from '../../src/domain/conversation/conversation';
import type { Extension } from '../../src/domain/extension/extension';
import type { CommandType } from '../../src/domain/input';
import type { Notification } from '../../src/domain/notification';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import { hasTrueIndex } from '../support/world-invariants';
import { Agreement } from './agreement';
import type { Cast } from './cast';
import { brokenInvariants, checkDeadlines } from './invariants';
import { SeededRandom } from './seeded-random';
import { SimulatedAsterisk } from './simulated-asterisk';
import { SimulatedPeople } from './simulated-people';
import { SimulatedService, TRUNK } from './simulated-service';
import { VirtualTime, WORLD } from './virtual-time';
import { Weather } from './weather';

const ROUNDS = 2;
const STORM_MS = 150_000;
/** By then the last late request is through, everything is connected, and one comparison has been made. */
const RECOVERY_MS = 90_000;
const GUSTS_MS = 120_000;
/** Everybody's agent has expired by then. */
const CLOSING_MS = 5 * 60_000;
const CLEARING_MS = 5_000;
/** What was wrong in the index stays so for a while, and to make one anew takes its time. */
const INPUTS_PER_INDEX = 20;

/** What came about in one day, to be asserted over many. */
export type DayReport = {
  /** All that was ever written, in order: two days are the same if this is. */
  readonly record: string;
  readonly events: number;
  readonly inputs: number;
  readonly happened: ReadonlyMap<string, number>;
};

/** One day of the whole service, decided by the seed alone. @throws Error that says what went wrong. */
export async function simulateDay(seed: number, cast: Cast): Promise<DayReport> {
  return await new Day(seed, cast).run();
}

class Day {
  private readonly random: SeededRandom;
  private readonly time = new VirtualTime();
  private readonly weather: Weather;
  private readonly asterisk = new SimulatedAsterisk(this.time);
  private readonly people: SimulatedPeople;
  private readonly service: SimulatedService;
  private readonly happened = new Map<string, number>();
  private checkedInputs = 0;
  private events = 0;
  private isOpen = true;
  private isRestarting = false;

  constructor(
    seed: number,
    private readonly cast: Cast,
  ) {
    this.random = new SeededRandom(seed);
    this.weather = new Weather(this.random);
    this.asterisk.trunks.add(TRUNK);
    this.people = new SimulatedPeople(this.asterisk, this.time, this.random, cast);
    this.service = new SimulatedService(this.time, this.random, this.asterisk, this.weather, cast);
    this.people.conditions = () => [...(this.service.world?.conditions.keys() ?? [])];
    this.service.beforeInput = () => this.checkWorld();
  }

  async run(): Promise<DayReport> {
    this.service.start();
    this.everyNowAndThen(4_000, () => this.people.callIn());
    this.everyNowAndThen(this.cast.askEveryMs, () => this.service.somebodyAsks());
    this.everyNowAndThen(5_000, () => this.service.somebodyReads());
    this.everyNowAndThen(20_000, () => this.people.touchAPhone());

    let told = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // A storm: everything that can go wrong does.
      this.weather.isBad = true;
      await this.until(STORM_MS, () => this.misfortune());

      // It is over, and what it left behind is put right.
      this.weather.isBad = false;
      if (round === 0) told = this.service.disk.notifications.length;
      await this.until(RECOVERY_MS);

      // Gusts: the service or its connection is lost, no more. Once it is back, soon everybody hears whom they should.
      const agreement = new Agreement();
      await this.until(GUSTS_MS, () => {
        this.gust();
        if (!this.service.isReady) agreement.forget();
        else agreement.check(this.service.world!, this.asterisk, this.time.now());
      });
    }
    this.expectProgress(this.service.disk.notifications.slice(told));

    // Closing time: in the end nothing is left over.
    this.isOpen = false;
    this.people.goHome();
    await this.until(CLOSING_MS);
    for (const { id: extensionId, app } of this.service.world!.extensions.values()) {
      this.service.somebodyAsks({ type: 'delete-extension', app, extensionId });
    }
    await this.until(CLEARING_MS);
    this.expectNothingLeft();
    this.expectEveryStoryToldOnce();
    return this.report();
  }

  /** In bursts: half of them come one right after the other. */
  private everyNowAndThen(meanMs: number, act: () => void): void {
    const pause = this.random.chance(0.5) ? this.random.integer(0, 60) : this.random.integer(0, meanMs * 4);
    this.time.schedule(WORLD, pause, () => {
      if (!this.isOpen) return;
      act();
      this.everyNowAndThen(meanMs, act);
    });
  }

  private async until(milliseconds: number, afterEach: () => void = () => undefined): Promise<void> {
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

  /** Somebody sees to it that it runs again, at once or later. */
  private keepRunning(): void {
    if (this.service.isUp || this.isRestarting) return;
    this.isRestarting = true;
    const pause = this.random.chance(0.5) ? 0 : this.random.integer(1, 20_000);
    this.time.schedule(WORLD, pause, () => {
      this.isRestarting = false;
      this.service.start();
    });
  }

  private misfortune(): void {
    const roll = this.random.number();
    if (roll < 0.002) this.service.crash();
    else if (roll < 0.0025) this.service.stop();
    else if (roll < 0.003) this.service.start();
    else if (roll < 0.005) this.service.disconnect();
    else if (roll < 0.006) this.asterisk.loseABridge(this.random);
    else if (roll < 0.007) this.asterisk.loseAnEar(this.random);
    else if (roll < 0.0075) this.loseTheTrunk();
    else if (roll < 0.008) this.restartAsterisk();
  }

  private gust(): void {
    const roll = this.random.number();
    if (roll < 0.0008) this.service.crash();
    else if (roll < 0.001) this.service.stop();
    else if (roll < 0.002) {
      this.service.disconnect();
      this.asterisk.disturb(this.random);
    } else if (roll < 0.0022) this.restartAsterisk();
  }

  /** Until somebody sees to it. */
  private loseTheTrunk(): void {
    this.asterisk.trunks.delete(TRUNK);
    this.time.schedule(WORLD, this.random.integer(1, 20_000), () => this.asterisk.trunks.add(TRUNK));
  }

  private restartAsterisk(): void {
    this.asterisk.restart();
    this.service.disconnect();
  }

  private check(): void {
    const { service, time } = this;
    this.checkWorld();
    if (service.faults.length > 0) throw new Error(service.faults.join('\n'));
    if (service.world !== undefined && time.isMovingOn()) {
      checkDeadlines(service.world, time.now(), { knowsAsterisk: service.isReady });
    }
  }

  /** What is broken is a fault, not thrown: the service must not catch it. */
  private checkWorld(): void {
    const { service } = this;
    if (service.inputs === this.checkedInputs || service.world === undefined) return;
    this.checkedInputs = service.inputs;
    service.faults.push(...brokenInvariants(service.world, this.time.now()));
    const isToCompare = service.inputs % INPUTS_PER_INDEX === 0;
    if (isToCompare && !hasTrueIndex(service.world)) service.faults.push('the index of the queue is not true');
  }

  /** Who does nothing keeps every invariant. */
  private expectProgress(told: readonly Notification[]): void {
    const events = new Set(told.map(({ event }) => event));
    const missing = [
      'callcenter.queue.select',
      'callcenter.conversation.begin',
      'callcenter.conversation.end',
    ].filter((each) => !events.has(each as Notification['event']));
    if (missing.length > 0) throw new Error(`after the first storm there was no ${missing.join()}`);
  }

  private expectNothingLeft(): void {
    const { channels, bridges, accounts, stays } = this.asterisk;
    const { calls, conversations, queueTasks, agents, extensions } = this.service.world!;
    const left = Object.entries({
      channels,
      bridges,
      accounts,
      calls,
      conversations,
      queueTasks,
      agents,
      extensions,
    }).filter(([, { size }]) => size > 0);
    if (left.length > 0)
      throw new Error(`left over: ${JSON.stringify(left.map(([name, each]) => [name, ...each.keys()]))}`);

    const forgotten = stays.filter(
      ({ end, variables }) =>
        end === 'inside' || end === 'hung up by us' || (end === 'released' && !variables['PARLEY_RESULT']),
    );
    if (forgotten.length > 0) throw new Error(`callers not served: ${JSON.stringify(forgotten)}`);
    const { dialled } = this.service;
    const twice = dialled.filter((id, index) => dialled.indexOf(id) !== index);
    if (twice.length > 0) throw new Error(`rung twice: ${twice.join()}`);
  }

  /** Each beginning has one end, in the events and in the record. */
  private expectEveryStoryToldOnce(): void {
    const { notifications } = this.service.disk;
    const begun: string[] = [];
    const ended: string[] = [];
    const selected = new Set<string>();
    const finished: string[] = [];
    const inside = new Map<string, number>();
    for (const each of notifications) {
      if (each.event === 'callcenter.conversation.begin') begun.push(each.id);
      if (each.event === 'callcenter.conversation.end') ended.push(each.id);
      if (each.event === 'callcenter.queue.select') selected.add(each.id);
      if (each.event === 'callcenter.queue.success' || each.event === 'callcenter.queue.fail')
        finished.push(each.id);
      if (each.event === 'callcenter.agent.conversation_changed') {
        const key = `${each.app}/${each.name} ${each.conversationId}`;
        inside.set(key, (inside.get(key) ?? 0) + (each.type === 'enter' ? 1 : -1));
      }
    }
    const problems = [
      ...repeated(begun).map((id) => `${id} began twice`),
      ...repeated(ended).map((id) => `${id} ended twice`),
      ...begun.filter((id) => !ended.includes(id)).map((id) => `${id} began and did not end`),
      ...ended.filter((id) => !begun.includes(id)).map((id) => `${id} ended and never began`),
      ...repeated(finished).map((id) => `task ${id} finished twice`),
      ...[...selected].filter((id) => !finished.includes(id)).map((id) => `task ${id} never finished`),
      ...[...inside].filter(([, count]) => count !== 0).map(([key]) => `entered and did not exit: ${key}`),
      ...this.service
        .recorded<Conversation>('conversations')
        .filter(({ id, stage }) => stage.at !== 'ended' || stage.hadBegun !== begun.includes(id))
        .map(({ id }) => `the record of ${id} tells another story`),
    ];
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  private report(): DayReport {
    const { disk, answered, inputs, dialled } = this.service;
    const count = (what: string, times = 1): void =>
      void this.happened.set(what, (this.happened.get(what) ?? 0) + times);
    for (const each of disk.notifications) {
      count(each.event);
      if (each.event === 'callcenter.queue.fail') count(`fail: ${each.cause}`);
      if (each.event === 'callcenter.conversation.end') count(`end: ${each.endReason}`);
    }
    for (const { end, variables } of this.asterisk.stays) {
      count(`caller ${end}`);
      if (variables['PARLEY_RESULT']) count(`result: ${variables['PARLEY_RESULT']}`);
    }
    for (const { decisions, conditionId } of this.service.recorded<QueueTask>('queueTasks')) {
      for (const { did } of decisions) count(`decided: ${did}`);
      if (conditionId !== null) count('rung by a condition');
    }
    for (const { members } of this.service.recorded<Conversation>('conversations')) {
      for (const { role } of members) if (role.as === 'supervisor') count(supervised(role));
    }
    const extensions = new Map(this.service.recorded<Extension>('extensions').map((each) => [each.id, each]));
    for (const { party, placement } of this.service.recorded<Call>('calls')) {
      if (party.kind === 'ear' && placement !== null) count('whispered');
      if (party.kind === 'agent') count(`rung at type ${extensions.get(party.extensionId)!.line.type}`);
    }
    count('announced', this.asterisk.announced.length);
    const calls = this.service.recorded<Call>('calls');
    if (calls.some(({ phoneHold }) => phoneHold !== null)) count('ended on hold');
    if (calls.some(({ id, channelId, party }) => party.kind === 'agent' && channelId !== (id as string))) {
      count('went on with another phone');
    }
    const handedOn = calls.filter(({ channelId }) => channelId.includes('transfer'));
    count('handed on by a phone', handedOn.filter(({ party }) => party.kind === 'outside').length);
    for (const [type, times] of answered as ReadonlyMap<CommandType, number>) count(`answered: ${type}`, times);
    count('dialled', dialled.length);
    const record = JSON.stringify([...disk.aggregates, disk.notifications]);
    return { record, events: this.events, inputs, happened: this.happened };
  }
}

function supervised({ coaching, barging }: Extract<Role, { as: 'supervisor' }>): string {
  if (barging) return 'barged in';
  return coaching === null ? 'listened' : 'coached';
}

function repeated(ids: readonly string[]): readonly string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}
