import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ConversationType, EndReason } from '../../domain/conversation/conversation';
import type { AppId } from '../../domain/ids';
import type { OutsideRule } from '../../domain/outside/outside-rules';
import type { QueueFailCause } from '../../domain/queue/queue-task';
import type { CallbackOutcome, CallParty, Measured, Metrics, MetricsPage } from '../../ports/metrics';
import { registerProcessFigures } from './process-figures';

/** From what somebody with an agent at once waits, for the ringing, to an hour. */
const WAIT_BUCKETS = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800, 3600];
const TALK_BUCKETS = [5, 15, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 21_600];
/** From a request that finds all at hand to one that nobody waits for any more. */
const QUICK_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Plans come and go over the API, and figures stay: those of further plans go together under a name no plan has. */
const MAX_PLANS = 500;
const OTHER_PLANS = '*';

/** The compiler sees that it has all of them. */
const OUTSIDE_RULES = Object.keys({
  allow: null,
  deny: null,
  premium: null,
  international: null,
  from: null,
  callsAtOnce: null,
  callsPerSecond: null,
  minutesPerDay: null,
} satisfies Record<OutsideRule, null>);

type QueueLabels = { readonly app: AppId; readonly plan: string };

/** The figures of the service as Prometheus reads them. `plan` is empty where there is none. */
export class PrometheusMetrics implements Metrics, MetricsPage {
  private readonly registry = new Registry();
  private readonly outOfOrder = this.counter(
    'parley_queue_served_out_of_order_total',
    'Agents who were given a task while another that they fit and that came before it still waited: always 0.',
  );
  private readonly checked = this.counter(
    'parley_queue_order_checked_total',
    'Agents who were given a task, and for whom the order was checked.',
  );
  private readonly waited = this.histogram(
    'parley_queue_waiting_seconds',
    'From queueing to the answer (success) or to the failure.',
    WAIT_BUCKETS,
    'app',
    'plan',
    'outcome',
  );
  private readonly reaction = this.histogram(
    'parley_queue_ringing_seconds',
    'From the moment that an agent is free and a task waits for it to the ringing of its phone.',
    QUICK_BUCKETS,
    'app',
  );
  private readonly callsBegun = this.counter(
    'parley_calls_total',
    'Callers that came in from the dialplan (caller), and calls to agents and to numbers.',
    'party',
  );
  private readonly callsLive = this.gauge('parley_calls', 'Calls that live.', 'party');
  private readonly conversationsEnded = this.histogram(
    'parley_conversation_seconds',
    'How long conversations took that had begun and are over: from their begin time, so with the waiting.',
    TALK_BUCKETS,
    'app',
    'type',
    'end_reason',
  );
  private readonly conversationsLive = this.gauge('parley_conversations', 'Conversations that run.', 'type');
  private readonly waiting = this.gauge('parley_queue_waiting', 'Tasks that wait.', 'plan');
  private readonly ringing = this.gauge('parley_queue_ringing', 'Tasks for which a phone rings.', 'plan');
  private readonly agents = this.gauge('parley_agents', 'Agents who are logged in, by state.', 'state');
  private readonly idle = this.gauge(
    'parley_agent_idle_seconds',
    'How long the agents whom the queue may select have not talked.',
    'quantile',
  );
  private readonly outside = this.counter(
    'parley_outside_calls_total',
    'Numbers that were called through the trunk.',
  );
  private readonly lines = this.gauge('parley_outside_lines', 'Lines to the outside that are taken.');
  private readonly outsideAgainst = this.counter(
    'parley_outside_against_rule_total',
    'Calls to the outside that a rule of the application was against; reported: they were made all the same.',
    'rule',
    'outcome',
  );
  private readonly undelivered = this.gauge(
    'parley_events_undelivered',
    'Events that callback URLs still have to get.',
  );
  private readonly tried = this.counter(
    'parley_callbacks_total',
    'Events that were sent to callback URLs, by outcome.',
    'outcome',
  );
  private readonly callbackTime = this.histogram(
    'parley_callback_seconds',
    'How long callback URLs took to answer.',
    QUICK_BUCKETS,
    'app',
  );
  private readonly setAside = this.counter(
    'parley_events_set_aside_total',
    'Events that were given up after a day, for each callback URL.',
  );
  private readonly commits = this.histogram(
    'parley_store_commit_seconds',
    'How long the store took to write a batch, or to say that it cannot.',
    QUICK_BUCKETS,
    'outcome',
  );
  private readonly connected = new Gauge({
    name: 'parley_asterisk_connected',
    help: '1 while there is a connection to Asterisk.',
    registers: [this.registry],
  });
  private readonly connections = new Counter({
    name: 'parley_asterisk_connections_total',
    help: 'Connections to Asterisk that were made: more than one are reconnections.',
    registers: [this.registry],
  });
  private readonly ariRequests = this.histogram(
    'parley_ari_request_seconds',
    'How long requests of ARI took, waiting for their turn included.',
    QUICK_BUCKETS,
    'operation',
    'outcome',
  );
  private readonly httpRequests = this.histogram(
    'parley_http_request_seconds',
    'How long requests of the API took.',
    QUICK_BUCKETS,
    'method',
    'route',
    'status',
  );
  private readonly limited = this.counter(
    'parley_http_requests_limited_total',
    'Requests of clients that send too many (requests), or that failed to authenticate too often (failures).',
    'by',
  );
  private readonly plans = new Set<string>(['']);
  private readonly queuesSeen = new Map<string, QueueLabels>();
  private readonly stopMeasuring = registerProcessFigures(this.registry);
  private readonly measures: (() => Partial<Measured>)[] = [];

  readonly contentType = this.registry.contentType;

  constructor() {
    for (const outcome of ['written', 'unavailable']) this.commits.zero({ outcome });
  }

  onRead(measure: () => Partial<Measured>): void {
    this.measures.push(measure);
  }

  selected(app: AppId, fair: boolean): void {
    this.checked.inc({ app });
    this.outOfOrder.inc({ app }, fair ? 0 : 1);
  }

  outsideBegun(app: AppId): void {
    this.outside.inc({ app });
  }

  outsideAgainstRule(app: AppId, rule: OutsideRule, outcome: 'refused' | 'reported'): void {
    this.outsideAgainst.inc({ app, rule, outcome });
  }

  ended(app: AppId, plan: string | null, outcome: 'success' | QueueFailCause, waitedSeconds: number): void {
    this.waited.observe({ ...this.labels(app, plan), outcome }, waitedSeconds);
  }

  rang(app: AppId, seconds: number): void {
    this.reaction.observe({ app }, seconds);
  }

  callBegun(app: AppId, party: CallParty): void {
    this.callsBegun.inc({ app, party });
  }

  conversationEnded(app: AppId, type: ConversationType, reason: EndReason, seconds: number): void {
    this.conversationsEnded.observe({ app, type, end_reason: reason }, seconds);
  }

  callbackTried(app: AppId, outcome: CallbackOutcome, seconds: number): void {
    this.tried.inc({ app, outcome });
    this.callbackTime.observe({ app }, seconds);
  }

  eventSetAside(app: AppId): void {
    this.setAside.inc({ app });
  }

  committed(outcome: 'written' | 'unavailable', seconds: number): void {
    this.commits.observe({ outcome }, seconds);
  }

  asteriskConnected(isConnected: boolean): void {
    this.connected.set(isConnected ? 1 : 0);
    this.connections.inc(isConnected ? 1 : 0);
  }

  asteriskAsked(operation: string, outcome: string, seconds: number): void {
    this.ariRequests.observe({ operation, outcome }, seconds);
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.httpRequests.observe({ method, route, status }, seconds);
  }

  requestLimited(app: AppId | null, by: 'requests' | 'failures'): void {
    this.limited.inc({ app: app ?? '', by });
  }

  async text(): Promise<string> {
    const nothing: Measured = { queues: [], agents: [], live: [], callbacks: [] };
    this.show(Object.assign(nothing, ...this.measures.map((measure) => measure())) as Measured);
    return this.registry.metrics();
  }

  close(): void {
    this.stopMeasuring();
  }

  /** A queue that was seen once stays, at 0: a series that ends looks like a service that is down. */
  private show({ queues, agents, live, callbacks }: Measured): void {
    for (const labels of this.queuesSeen.values()) {
      this.waiting.set(labels, 0);
      this.ringing.set(labels, 0);
    }
    for (const { app, plan, waiting, ringing } of queues) {
      const labels = this.labels(app, plan);
      this.queuesSeen.set(`${app} ${labels.plan}`, labels);
      this.waiting.inc(labels, waiting); // Several plans may share the labels.
      this.ringing.inc(labels, ringing);
    }
    for (const { app, calls, conversations, lines } of live) {
      for (const [party, count] of Object.entries(calls)) this.callsLive.set({ app, party }, count);
      for (const [type, count] of Object.entries(conversations)) this.conversationsLive.set({ app, type }, count);
      this.lines.set({ app }, lines);
    }
    this.undelivered.reset();
    for (const { app, undelivered } of callbacks) {
      this.undelivered.inc({ app }, undelivered);
      for (const outcome of ['delivered', 'failed']) this.tried.inc({ app, outcome }, 0);
    }
    this.agents.reset();
    this.idle.reset();
    for (const { app, states, idleSeconds } of agents) {
      this.showCounters(app);
      for (const [state, count] of Object.entries(states)) this.agents.set({ app, state }, count);
      for (const [quantile, seconds] of Object.entries(idleSeconds ?? {}))
        this.idle.set({ app, quantile }, seconds);
    }
  }

  /** At 0 before anything is counted: a series that begins with 1 has not risen, for whoever asks for its increase. */
  private showCounters(app: AppId): void {
    for (const counter of [this.outOfOrder, this.checked, this.setAside]) counter.inc({ app }, 0);
    for (const rule of OUTSIDE_RULES)
      for (const outcome of ['refused', 'reported']) this.outsideAgainst.inc({ app, rule, outcome }, 0);
  }

  private labels(app: AppId, plan: string | null): QueueLabels {
    const name = plan ?? '';
    if (this.plans.size < MAX_PLANS) this.plans.add(name);
    return { app, plan: this.plans.has(name) ? name : OTHER_PLANS };
  }

  private counter<Label extends string>(
    name: string,
    help: string,
    ...labels: readonly Label[]
  ): Counter<'app' | Label> {
    return new Counter({ name, help, labelNames: ['app', ...labels], registers: [this.registry] });
  }

  private gauge<Label extends string>(
    name: string,
    help: string,
    ...labels: readonly Label[]
  ): Gauge<'app' | Label> {
    return new Gauge({ name, help, labelNames: ['app', ...labels], registers: [this.registry] });
  }

  private histogram<Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    ...labelNames: Label[]
  ): Histogram<Label> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}
