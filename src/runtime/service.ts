import { isOnceOnly } from '../domain/effect';
import type { Conversation } from '../domain/conversation/conversation';
import type { Extension } from '../domain/extension/extension';
import type { AgentId, AppId, ConversationId } from '../domain/ids';
import type { Answer, CommandType, Input } from '../domain/input';
import type { Plan } from '../domain/queue/plan';
import { Refusal } from '../domain/refusal';
import type { Settings } from '../domain/settings';
import type { Text } from '../domain/text';
import { apply, emptyWorld, type DueKind, type World } from '../domain/world';
import {
  ASTERISK_AWAY,
  COMPARING,
  STORE_AWAY,
  type CallCenter,
  type Once,
  type QueuedTask,
  type RoutingQuestion,
} from '../ports/call-center';
import type { Explanation } from '../domain/queue/explanation';
import type { Callback, Callbacks, EventText } from '../ports/events';
import type { Metrics } from '../ports/metrics';
import type { XmlParser } from '../ports/parsing';
import type { ConversationPage, ConversationQuery, EffectId, Restored, Storage } from '../ports/storage';
import { pause, type Chance, type Clock, type Logger } from '../ports/system';
import { type CallerEntered, type Telephony, type TelephonySignal } from '../ports/telephony';
import { CallMeter } from './call-meter';
import { CallerArrival } from './caller-arrival';
import { Deadlines } from './deadlines';
import { logDecision } from './decision-log';
import { EffectRunner } from './effect-runner';
import { EngineRunner, type Taken, type ToKeep } from './engine-runner';
import { logEvents } from './event-lines';
import { EventLog } from './event-log';
import { EventNumbers } from './event-numbers';
import { Explainer } from './explainer';
import { FaultLog } from './fault-log';
import { warnOfHiddenPlans } from './hidden-plans';
import { KeptAnswers } from './kept-answers';
import { LatelyEnded } from './lately-ended';
import { MissingTargets } from './missing-targets';
import { OutsideMeter } from './outside-meter';
import { PastKeeper } from './past-keeper';
import { QueueMeter } from './queue-meter';
import { QueueWatch } from './queue-watch';
import { Reconciler } from './reconciler';
import { TakenOver } from './taken-over';
import { needsTelephony } from './telephony-needs';
import { WayOut } from './way-out';

export type Surroundings = {
  readonly storage: Storage;
  readonly telephony: Telephony;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly logger: Logger;
  readonly parseXml: XmlParser;
  readonly settings: Settings;
  readonly applications: ReadonlySet<AppId>;
  readonly metrics: Metrics;
  /** The plans of the configuration. */
  readonly plans: readonly Plan[];
  /** For how long past calls can be explained. */
  readonly explainDays: number;
  /** For how long what has ended is kept; null: for ever. */
  readonly keepDays: number | null;
  readonly eventText: EventText;
  readonly callbacks: Callbacks;
  /** Where each application wants its events. */
  readonly destinations: readonly Callback[];
  /** End the process now: what is in memory can no longer be trusted, or is somebody else's. */
  readonly die: (reason: unknown) => void;
};

const CARRY_OUT_MS = 5_000;

const LIVES_IN_ASTERISK: ReadonlySet<DueKind> = new Set(['calls', 'conversations', 'queueTasks']);

/** What a caller is told who is not taken on: to the dialplan, the service is away. */
const AWAY = { PARLEY_RESULT: 'unavailable' };

/** The core in its surroundings: the real ones in `app.ts`, simulated ones in the simulation. */
export class Service implements CallCenter {
  readonly events: EventLog;
  private readonly engine: EngineRunner;
  private readonly effects: EffectRunner;
  private readonly deadlines: Deadlines;
  private readonly reconciler: Reconciler;
  private readonly arrival: CallerArrival;
  private readonly missingTargets: MissingTargets;
  private readonly watch: QueueWatch;
  private readonly meter: QueueMeter;
  private readonly callMeter: CallMeter;
  private readonly outsideMeter: OutsideMeter;
  private readonly explainer: Explainer;
  private readonly pastKeeper: PastKeeper;
  private readonly answers: KeptAnswers;
  private readonly latelyEnded = new LatelyEnded();
  private readonly unsubscribe: () => void;
  /** Connected, and the world compared with Asterisk since. */
  private isReconciled = false;
  private isConnected = false;
  private readonly wayOut: WayOut;
  /** It has stopped: what happens from now on is the affair of the next start. */
  private isDeaf = false;
  /** Commands that were taken and are not answered yet. */
  private readonly underWay = new Set<Promise<unknown>>();
  /** What has come to its time while it is not known what happens in Asterisk. */
  private readonly overdue = new Map<string, () => void>();

  static async start(surroundings: Surroundings): Promise<Service> {
    // Asterisk may be there sooner than the store, and tells that it is connected once.
    const early: TelephonySignal[] = [];
    const ignore = surroundings.telephony.onSignal((signal) => void early.push(signal));
    const restored = await surroundings.storage.open().finally(ignore);
    const world = emptyWorld(surroundings.settings);
    apply(world, restored.aggregates);
    const service = new Service(surroundings, world, restored);
    if (restored.lastBatch === 0) {
      surroundings.logger.warn('the store is empty: it begins with nothing', { store: surroundings.storage.name });
    }

    // Whether it was tried before the crash is not known, so it is not tried again.
    for (const { id } of restored.effects.filter(({ effect }) => isOnceOnly(effect))) service.engine.markDone(id);
    service.effects.submit(restored.effects.filter(({ effect }) => !isOnceOnly(effect)));
    service.deadlines.follow(restored.aggregates);
    service.events.start();
    warnOfHiddenPlans(world, surroundings.plans, surroundings.logger);
    const onRecord = service.engine.report({ type: 'plans-loaded', plans: surroundings.plans });
    for (const signal of early) service.hear(signal);
    await onRecord;
    return service;
  }

  private constructor(
    private readonly surroundings: Surroundings,
    readonly world: World,
    restored: Restored,
  ) {
    const { storage, telephony, clock, chance, logger, settings, applications, metrics, die } = surroundings;
    this.wayOut = new WayOut(world, clock, logger);
    this.watch = new QueueWatch(world, clock.now());
    this.meter = new QueueMeter(world, applications, metrics, clock, logger);
    this.callMeter = new CallMeter(world, applications, metrics);
    this.outsideMeter = new OutsideMeter(world, metrics, logger);
    this.explainer = new Explainer(world, storage, surroundings.explainDays);
    this.pastKeeper = new PastKeeper(storage, surroundings, clock, logger);
    this.pastKeeper.start();
    this.answers = new KeptAnswers(storage, clock);
    const faultLog = new FaultLog(clock, logger);
    const numbers = new EventNumbers(restored, surroundings.eventText);
    this.engine = new EngineRunner(world, restored.lastBatch, numbers, storage, clock, chance, logger, {
      handled: (handled) => {
        this.deadlines.follow(handled.changes);
        this.reconciler.follow(handled.changes);
        this.watch.follow(handled);
        this.latelyEnded.follow(handled);
        this.meter.follow(handled);
        this.callMeter.follow(handled);
      },
      decided: (decided) => {
        this.outsideMeter.decided(decided);
        this.effects.submit(decided);
      },
      faulted: (faults) => faultLog.tell(faults),
      reported: (reports) => this.outsideMeter.reported(reports),
      told: (events) => {
        logEvents(
          logger,
          events.map(({ notification }) => notification),
        );
        this.events.told(events);
      },
      callbackUrls: (app) => this.events.urlsOf(app),
      committed: (outcome, seconds) => metrics.committed(outcome, seconds),
      failed: die,
    });
    this.events = new EventLog(surroundings, this.engine, restored);
    this.effects = new EffectRunner(telephony, clock, logger, {
      done: (effect) => this.engine.markDone(effect),
      isWanted: (callId) => world.calls.get(callId)?.stage.at === 'ringing',
      legEnded: (channelId) => void this.engine.report({ type: 'leg-ended', channelId, cause: 0 }),
      unavailable: () => {
        this.isReconciled = false;
        this.reconciler.requestGivenUp();
      },
      refusedUnseen: () => this.reconciler.requestRefused(),
    });
    this.deadlines = new Deadlines(clock, settings, (kind, id) => this.due(kind, id));
    this.reconciler = new Reconciler(telephony, this.engine, this.effects, clock, logger, {
      callerSeen: (caller) => this.callerEntered(caller),
      reconciled: () => this.reconciled(),
      inDoubt: () => (this.isReconciled = false),
    });
    const plansOf = (app: AppId): readonly string[] =>
      [...world.plans.values()].filter((plan) => plan.app === app).map(({ name }) => name);
    this.arrival = new CallerArrival(applications, plansOf, surroundings.parseXml, logger);
    this.missingTargets = new MissingTargets(world, clock, logger);
    this.unsubscribe = telephony.onSignal((signal) => this.hear(signal));
  }

  async ask<Type extends CommandType>(command: Input<Type>, once?: Once): Promise<Answer<Type>> {
    if (once === undefined) return this.begin(command);
    if (this.engine.isStuck) throw new Refusal('busy', { problem: STORE_AWAY });
    const keep = { app: command.app, ...once };
    return this.answers.once(command.app, once, () => this.begin(command, keep));
  }

  private async begin<Type extends CommandType>(command: Input<Type>, keep?: ToKeep): Promise<Answer<Type>> {
    this.wayOut.admit(command as Input<CommandType>);
    if (this.engine.isStuck) throw new Refusal('busy', { problem: STORE_AWAY });
    if (!this.isReconciled && needsTelephony(command, this.world)) {
      throw new Refusal('busy', { problem: this.isConnected ? COMPARING : ASTERISK_AWAY });
    }
    const answered = this.carryOut(command, keep);
    this.underWay.add(answered);
    try {
      return await answered;
    } finally {
      this.underWay.delete(answered);
    }
  }

  private async carryOut<Type extends CommandType>(command: Input<Type>, keep?: ToKeep): Promise<Answer<Type>> {
    const { answer, effects } = await this.take(command, keep);
    if (command.type === 'create-extension') await this.makeAccount(answer as Extension, effects, keep);
    logDecision(this.surroundings.logger, command, answer);
    return answer;
  }

  private async take<Type extends CommandType>(command: Input<Type>, keep?: ToKeep): Promise<Taken<Type>> {
    try {
      return await this.engine.take(command, keep);
    } catch (error) {
      if (error instanceof Refusal) this.outsideMeter.refused(command.app, error);
      throw error;
    }
  }

  async read<Result>(select: (world: World) => Result): Promise<Result> {
    if (this.engine.isStuck) throw new Refusal('busy', { problem: STORE_AWAY });
    return await this.engine.read(select);
  }

  async findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined> {
    const { clock, storage } = this.surroundings;
    const known = await this.read(
      ({ conversations }) => conversations.get(id) ?? this.latelyEnded.find(id, clock.now()),
    );
    return known?.app === app ? known : storage.findConversation(app, id);
  }

  async listConversations(query: ConversationQuery): Promise<ConversationPage> {
    await this.read(() => undefined);
    return this.surroundings.storage.listConversations(query);
  }

  async queue(app: AppId): Promise<readonly QueuedTask[]> {
    return this.read(() => this.watch.queue(app, this.surroundings.clock.now()));
  }

  async explain(question: RoutingQuestion): Promise<Explanation> {
    await this.read(() => undefined); // What the store is asked for is on record.
    return this.explainer.explain(question, this.surroundings.clock.now());
  }

  obstacles(): readonly Text[] {
    return [
      ...this.wayOut.obstacles(),
      ...(this.isConnected ? [] : [ASTERISK_AWAY]),
      ...(this.isConnected && !this.isReconciled ? [COMPARING] : []),
      ...(this.engine.isStuck ? [STORE_AWAY] : []),
    ];
  }

  /**
   * Takes nobody on from now on: callers are left to the dialplan. Settles when those who are being served are through,
   * which may take hours, or when `finish` is called.
   */
  async drain(): Promise<void> {
    await this.wayOut.drain();
  }

  /** Refuses all commands from now on. Settles when those under way are answered, and what they decided is carried out. */
  async finish(): Promise<void> {
    this.wayOut.stop();
    await Promise.allSettled(this.underWay);
    await this.effects.settled();
  }

  /** Leaves live calls alone: the next start takes them over. */
  async stop(): Promise<void> {
    this.wayOut.stop();
    this.isDeaf = true;
    await this.reconciler.stop();
    this.deadlines.stop();
    this.pastKeeper.stop();
    this.events.stop();
    await this.effects.pause();
    await this.engine.flush();
    this.unsubscribe();
  }

  private reconciled(): void {
    this.isReconciled = this.isConnected;
    const overdue = [...this.overdue.values()];
    this.overdue.clear();
    for (const act of overdue) act();
  }

  /**
   * Whether a phone has rung for too long or a caller waited, is judged when it is known what happened meanwhile: it may
   * have been answered, and else the queue would go from phone to phone and none would ring. The rule looks again.
   */
  private due(kind: DueKind, id: string): void {
    if (this.isReconciled || !LIVES_IN_ASTERISK.has(kind)) return void this.tellDue(kind, id);
    this.overdue.set(`${kind} ${id}`, () => void this.tellDue(kind, id));
  }

  /** No event tells of an agent who expires, so the log does. */
  private async tellDue(kind: DueKind, id: string): Promise<void> {
    const agent = kind === 'agents' ? this.world.agents.get(id as AgentId) : undefined;
    const onRecord = this.engine.report({ type: 'due', kind, id });
    if (agent === undefined || this.world.agents.has(agent.id)) return onRecord;
    await onRecord;
    this.surroundings.logger.info('agent expired, no keepalive', { app: agent.app, name: agent.name });
  }

  /** Waits for it, but not longer than a client does: it is on record, and made when Asterisk answers again. */
  private async makeAccount({ id }: Extension, effects: readonly EffectId[], kept?: ToKeep): Promise<void> {
    const made = Promise.all(effects.map((effect) => this.effects.carriedOut(effect)));
    made.catch(() => undefined); // It may be refused when nobody waits any more.
    const longest = pause(this.surroundings.clock, CARRY_OUT_MS);
    try {
      await Promise.race([made, longest.over]);
    } catch (error) {
      if (kept !== undefined) this.engine.withdraw(kept);
      await this.engine.report({ type: 'account-refused', extensionId: id });
      throw new Refusal('phone-system-failed', { reason: (error as Error).message });
    } finally {
      longest.end();
    }
  }

  private hear(signal: TelephonySignal): void {
    if (this.isDeaf && signal.type !== 'caller-entered') return; // The next start finds out.
    switch (signal.type) {
      case 'connected':
        this.isConnected = true;
        return this.reconciler.connected();
      case 'disconnected':
        this.isConnected = this.isReconciled = false;
        return this.reconciler.disconnected();
      case 'replaced':
        return this.surroundings.die(
          new TakenOver('another process has connected under the same application name'),
        );
      case 'occupied':
        return this.surroundings.die(
          new TakenOver(
            `another Parley serves this application of Asterisk already: ${signal.by}. ` +
              'End that one, or give this one another PARLEY_ARI_APP',
          ),
        );
      case 'caller-entered':
        return void this.callerEntered(signal);
      case 'leg-ended':
        this.reconciler.ended(signal.channelId);
        return void this.engine.report(signal);
      case 'leg-alerting':
      case 'leg-answered':
      case 'leg-replaced':
      case 'leg-held':
      case 'leg-resumed':
        return void this.engine.report(signal);
      case 'phone-reachable':
        this.reconciler.heardOf(signal.user);
        return void this.engine.report(signal);
    }
  }

  private async callerEntered(caller: CallerEntered): Promise<void> {
    const isKnown = this.world.callOnChannel.has(caller.channelId);
    if (!isKnown && !this.wayOut.takesCallers) return this.turnAway(caller);
    const arrival = this.arrival.read(caller);
    if (!isKnown) this.missingTargets.look(arrival);
    return this.engine.report({ type: 'caller-entered', ...arrival });
  }

  /** Nothing of it is on record: if it fails, the next start finds the caller, and takes it on. */
  private async turnAway({ channelId }: CallerEntered): Promise<void> {
    const { telephony, logger } = this.surroundings;
    try {
      await telephony.release(channelId, null, AWAY);
    } catch (error) {
      logger.warn('a caller could not be sent back to the dialplan', { channelId, error });
    }
  }
}
