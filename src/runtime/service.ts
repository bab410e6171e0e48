import { isOnceOnly } from '../domain/effect';
import type { Conversation } from '../domain/conversation/conversation';
import { isOver } from '../domain/agent/agent';
import type { AgentId, AppId, CallId, ConversationId } from '../domain/ids';
import type { Answer, CommandType, Input } from '../domain/input';
import type { Explanation } from '../domain/queue/explanation';
import type { Plan } from '../domain/queue/plan';
import type { Settings } from '../domain/settings';
import type { Text } from '../domain/text';
import { apply, emptyWorld, type DueKind, type World } from '../domain/world';
import {
  STORE_AWAY,
  type CallCenter,
  type Once,
  type QueuedTask,
  type RoutingQuestion,
} from '../ports/call-center';
import type { Callback, Callbacks, EventText } from '../ports/events';
import type { Metrics } from '../ports/metrics';
import type { XmlParser } from '../ports/parsing';
import type { ConversationPage, ConversationQuery, Restored, Storage } from '../ports/storage';
import type { Chance, Clock, Logger } from '../ports/system';
import type { CallerEntered, Telephony, TelephonySignal } from '../ports/telephony';
import { CallMeter } from './call-meter';
import { CallerArrival } from './caller-arrival';
import { Commands } from './commands';
import { Contact } from './contact';
import { Deadlines } from './deadlines';
import { logEvents } from './decision-log';
import { EffectRunner } from './effect-runner';
import { EngineRunner } from './engine-runner';
import { EventLog } from './event-log';
import { EventNumbers } from './event-numbers';
import { Explainer } from './explainer';
import { FaultLog } from './fault-log';
import { warnOfHiddenPlans } from './hidden-plans';
import { LatelyEnded } from './lately-ended';
import { MissingTargets } from './missing-targets';
import { OutsideMeter } from './outside-meter';
import { PastKeeper } from './past-keeper';
import { QueueMeter } from './queue-meter';
import { QueueWatch } from './queue-watch';
import { Reconciler } from './reconciler';
import { TakenOver } from './taken-over';
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

/** What a caller is told who is not taken on: to the dialplan, the service is away. */
const AWAY = { PARLEY_RESULT: 'unavailable' };

/** The core in its surroundings: the real ones in `app.ts`, simulated ones in the simulation. */
export class Service implements CallCenter {
  readonly events: EventLog;
  private readonly engine: EngineRunner;
  private readonly effects: EffectRunner;
  private readonly deadlines: Deadlines;
  private readonly contact: Contact;
  private readonly reconciler: Reconciler;
  private readonly commands: Commands;
  private readonly arrival: CallerArrival;
  private readonly missingTargets: MissingTargets;
  private readonly watch: QueueWatch;
  private readonly queueMeter: QueueMeter;
  private readonly callMeter: CallMeter;
  private readonly outsideMeter: OutsideMeter;
  private readonly explainer: Explainer;
  private readonly pastKeeper: PastKeeper;
  private readonly faultLog: FaultLog;
  private readonly latelyEnded = new LatelyEnded();
  private readonly wayOut: WayOut;
  private readonly unsubscribe: () => void;
  /** It has stopped: what happens from now on is the affair of the next start. */
  private isDeaf = false;

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
    const atWork = service.engine.report({ type: 'keepalives-missed' });
    service.events.start();
    warnOfHiddenPlans(world, surroundings.plans, surroundings.logger);
    const onRecord = service.engine.report({ type: 'plans-loaded', plans: surroundings.plans });
    for (const signal of early) service.hear(signal);
    await Promise.all([atWork, onRecord]);
    return service;
  }

  private constructor(
    private readonly surroundings: Surroundings,
    readonly world: World,
    restored: Restored,
  ) {
    const { storage, telephony, clock, logger, settings, applications, metrics } = surroundings;
    this.wayOut = new WayOut(world, clock, logger);
    this.watch = new QueueWatch(world, clock.now());
    this.queueMeter = new QueueMeter(world, surroundings);
    this.callMeter = new CallMeter(world, applications, metrics);
    this.outsideMeter = new OutsideMeter(world, metrics, logger);
    this.explainer = new Explainer(world, storage, surroundings.explainDays);
    this.pastKeeper = new PastKeeper(storage, surroundings, clock, logger);
    this.pastKeeper.start();
    this.faultLog = new FaultLog(clock, logger);
    this.engine = this.engineOn(restored);
    this.events = new EventLog(surroundings, this.engine, restored);
    const rings = (id: string): boolean => world.calls.get(id as CallId)?.stage.at === 'ringing';
    this.contact = new Contact(
      clock,
      ({ kind, id }) => this.engine.isHeldUp && kind === 'calls' && rings(id),
      ({ kind, id }) => void this.tellDue(kind, id),
    );
    this.effects = new EffectRunner(telephony, clock, logger, {
      done: (effect) => this.engine.markDone(effect),
      isWanted: rings,
      legEnded: (channelId) => void this.engine.report({ type: 'leg-ended', channelId, cause: 0 }),
      unavailable: () => {
        this.contact.inDoubt();
        this.reconciler.requestGivenUp();
      },
      refusedUnseen: () => this.reconciler.requestRefused(),
    });
    this.deadlines = new Deadlines(clock, settings, (kind, id) => this.contact.due({ kind, id }));
    const { engine, effects, contact, wayOut, outsideMeter } = this;
    this.reconciler = new Reconciler(
      { telephony, engine, effects, clock, logger },
      {
        callerSeen: (caller) => this.callerEntered(caller),
        reconciled: () => this.knowsAgain(),
        inDoubt: () => contact.inDoubt(),
      },
    );
    const around = { world, storage, clock, logger, engine, effects, contact, wayOut, outsideMeter };
    this.commands = new Commands(around);
    const plansOf = (app: AppId): readonly string[] =>
      [...world.plans.values()].filter((plan) => plan.app === app).map(({ name }) => name);
    this.arrival = new CallerArrival(applications, plansOf, surroundings.parseXml, logger);
    this.missingTargets = new MissingTargets(world, clock, logger);
    this.unsubscribe = telephony.onSignal((signal) => this.hear(signal));
  }

  private engineOn(restored: Restored): EngineRunner {
    const { storage, clock, chance, logger, metrics, eventText, die } = this.surroundings;
    const numbers = new EventNumbers(restored, eventText);
    const around = { world: this.world, lastBatch: restored.lastBatch, numbers, storage, clock, chance, logger };
    return new EngineRunner(around, {
      handled: (handled) => {
        this.deadlines.follow(handled.changes);
        this.reconciler.follow(handled.changes);
        this.watch.follow(handled);
        this.latelyEnded.follow(handled);
        this.queueMeter.follow(handled);
        this.callMeter.follow(handled);
      },
      decided: (decided) => {
        this.outsideMeter.decided(decided);
        this.effects.submit(decided);
      },
      storeBack: (since) => {
        void this.engine.report({ type: 'keepalives-missed' });
        void this.engine.report({ type: 'dials-held-up', since });
        this.contact.catchUp();
      },
      faulted: (faults) => this.faultLog.tell(faults),
      reported: (reports) => this.outsideMeter.reported(reports),
      told: (events) => {
        logEvents(logger, events);
        this.events.told(events);
      },
      callbackUrls: (app) => this.events.urlsOf(app),
      committed: (outcome, seconds) => metrics.committed(outcome, seconds),
      failed: die,
    });
  }

  ask<Type extends CommandType>(command: Input<Type>, once?: Once): Promise<Answer<Type>> {
    return this.commands.ask(command, once);
  }

  async read<Result>(select: (world: World) => Result): Promise<Result> {
    this.commands.expectStore();
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
    const { obstacle } = this.contact;
    return [
      ...this.wayOut.obstacles(),
      ...(obstacle === null ? [] : [obstacle]),
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
    await this.commands.answered();
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

  /** What happens in Asterisk. What was decided while it was not known is carried out now. */
  private knowsAgain(): void {
    const { unknownSince } = this.contact;
    if (unknownSince !== null) void this.engine.report({ type: 'dials-held-up', since: unknownSince });
    this.contact.reconciled();
  }

  /** No event tells of an agent who expires, so the log does. */
  private async tellDue(kind: DueKind, id: string): Promise<void> {
    const agent = kind === 'agents' ? this.world.agents.get(id as AgentId) : undefined;
    const { clock, settings } = this.surroundings;
    if (agent !== undefined && this.engine.isStuck && isOver(agent, clock.now(), settings.keepaliveSeconds)) {
      return this.engine.report({ type: 'keepalives-missed' });
    }
    const onRecord = this.engine.report({ type: 'due', kind, id });
    if (agent === undefined || this.world.agents.has(agent.id)) return onRecord;
    await onRecord;
    this.surroundings.logger.info('agent expired, no keepalive', { app: agent.app, name: agent.name });
  }

  private hear(signal: TelephonySignal): void {
    if (this.isDeaf && signal.type !== 'caller-entered') return; // The next start finds out.
    switch (signal.type) {
      case 'connected':
        this.contact.connected();
        return this.reconciler.connected();
      case 'disconnected':
        this.contact.disconnected();
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
        if (!this.world.callOnChannel.has(signal.channelId)) this.effects.overtaken(signal.channelId);
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
