import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AppId } from '../../domain/ids';
import type { CallbackOutcome, Measured, Metrics, MetricsPage } from '../../ports/metrics';
import { registerProcessFigures } from './process-figures';

/** From what somebody with an agent at once waits, for the ringing, to an hour. */
const WAIT_BUCKETS = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800, 3600];

/** Plans come and go over the API, and figures stay: those of further plans go together under a name no plan has. */
const MAX_PLANS = 500;
const OTHER_PLANS = '*';

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
  private readonly waited = new Histogram({
    name: 'parley_queue_waiting_seconds',
    help: 'From queueing to the answer (success) or to the failure.',
    labelNames: ['app', 'plan', 'outcome'],
    buckets: WAIT_BUCKETS,
    registers: [this.registry],
  });
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
  private readonly outsideAgainst = new Counter({
    name: 'parley_outside_against_rule_total',
    help: 'Calls to the outside that a rule of the application was against; reported: they were made all the same.',
    labelNames: ['app', 'rule', 'outcome'],
    registers: [this.registry],
  });
  private readonly undelivered = new Gauge({
    name: 'parley_events_undelivered',
    help: 'Events that callback URLs still have to get.',
    labelNames: ['app'],
    registers: [this.registry],
  });
  private readonly tried = new Counter({
    name: 'parley_callbacks_total',
    help: 'Events that were sent to callback URLs, by outcome.',
    labelNames: ['app', 'outcome'],
    registers: [this.registry],
  });
  private readonly setAside = this.counter(
    'parley_events_set_aside_total',
    'Events that were given up after a day, for each callback URL.',
  );
  private readonly plans = new Set<string>(['']);
  private readonly queuesSeen = new Map<string, QueueLabels>();
  private readonly stopMeasuring = registerProcessFigures(this.registry);
  private readonly measures: (() => Partial<Measured>)[] = [];

  readonly contentType = this.registry.contentType;

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

  outsideAgainstRule(...[app, rule, outcome]: Parameters<Metrics['outsideAgainstRule']>): void {
    this.outsideAgainst.inc({ app, rule, outcome });
  }

  ended(...[app, plan, outcome, waitedSeconds]: Parameters<Metrics['ended']>): void {
    this.waited.observe({ ...this.labels(app, plan), outcome }, waitedSeconds);
  }

  callbackTried(app: AppId, outcome: CallbackOutcome): void {
    this.tried.inc({ app, outcome });
  }

  eventSetAside(app: AppId): void {
    this.setAside.inc({ app });
  }

  async text(): Promise<string> {
    const nothing: Measured = { queues: [], agents: [], callbacks: [] };
    this.show(Object.assign(nothing, ...this.measures.map((measure) => measure())) as Measured);
    return this.registry.metrics();
  }

  close(): void {
    this.stopMeasuring();
  }

  /** A queue that was seen once stays, at 0: a series that ends looks like a service that is down. */
  private show({ queues, agents, callbacks }: Measured): void {
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
    this.undelivered.reset();
    for (const { app, undelivered } of callbacks) this.undelivered.inc({ app }, undelivered);
    this.agents.reset();
    this.idle.reset();
    for (const { app, states, idleSeconds } of agents) {
      this.outOfOrder.inc({ app }, 0);
      this.checked.inc({ app }, 0);
      for (const [state, count] of Object.entries(states)) this.agents.set({ app, state }, count);
      for (const [quantile, seconds] of Object.entries(idleSeconds ?? {}))
        this.idle.set({ app, quantile }, seconds);
    }
  }

  private labels(app: AppId, plan: string | null): QueueLabels {
    const name = plan ?? '';
    if (this.plans.size < MAX_PLANS) this.plans.add(name);
    return { app, plan: this.plans.has(name) ? name : OTHER_PLANS };
  }

  private counter(name: string, help: string): Counter<'app'> {
    return new Counter({ name, help, labelNames: ['app'], registers: [this.registry] });
  }

  private gauge<Label extends string>(name: string, help: string, label: Label): Gauge<'app' | Label> {
    return new Gauge({ name, help, labelNames: ['app', label], registers: [this.registry] });
  }
}
