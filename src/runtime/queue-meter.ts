import { agentId, idleSince } from '../domain/agent/agent';
import { entryOf } from '../domain/entry-of';
import type { AppId, Instant } from '../domain/ids';
import type { Notifications } from '../domain/notification';
import { isSelectable } from '../domain/queue/fitting';
import type { QueueFailCause, QueueTask } from '../domain/queue/queue-task';
import type { World } from '../domain/world';
import { BASE_STATES, type BaseState, type Measured, type Metrics, type Spread } from '../ports/metrics';
import type { Clock, Logger } from '../ports/system';
import type { Handled } from './handled';
import { passedOver } from './passed-over';
import { rivalOf, Rivals } from './rivals';

type Selection = Notifications['callcenter.queue.select'] & { readonly app: AppId };

/** What the meter needs of the rest. */
export type QueueMeterSurroundings = {
  /**
   * Whose figures are there even where nothing happens. Any other that the dialplan names by mistake has none, or each
   * mistake would be a series of figures for good.
   */
  readonly applications: ReadonlySet<AppId>;
  readonly metrics: Pick<Metrics, 'onRead' | 'selected' | 'ended'>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** At the first of how many lines it looks for one input, so that the service does not stand still for it. */
const MAX_LOOKS = 10_000;

/** Watches whether the queue is fair, and measures how long those wait who come to it. */
export class QueueMeter {
  private readonly waiting = new Map<AppId, Rivals>();

  /** `world`: as it was restored. */
  constructor(
    private readonly world: World,
    private readonly surroundings: QueueMeterSurroundings,
  ) {
    const { applications, metrics, clock } = surroundings;
    for (const task of world.queueTasks.values()) if (task.phase.at === 'waiting') this.enter(task);
    metrics.onRead(() => measured(world, applications, clock.now()));
  }

  follow({ changes, notifications, at }: Handled): void {
    const tasks = changes.filter((change) => change.kind === 'queueTasks');
    const came: QueueTask[] = []; // Who has only just begun to wait was not passed over.
    for (const { value, live } of tasks) {
      const rivals = this.waiting.get(value.app);
      if (!live || value.phase.at !== 'waiting') rivals?.leave(value.id);
      else if (rivals?.has(value.id)) this.enter(value);
      else came.push(value);
    }
    let looks = MAX_LOOKS;
    for (const told of notifications) {
      if (told.event === 'callcenter.queue.select') {
        looks -= this.check(told, at, looks);
      } else if (told.event === 'callcenter.queue.success' || told.event === 'callcenter.queue.fail') {
        const ended = tasks.find(({ value }) => value.id === told.id)?.value;
        this.end(told.app, ended, told.event === 'callcenter.queue.fail' ? told.cause : 'success', at);
      }
    }
    came.forEach((task) => this.enter(task));
  }

  /** How much it looked at, or would have if that had not been more than is left. */
  private check({ app, id, agentName }: Selection, at: Instant, left: number): number {
    const agent = this.world.agents.get(agentId(app, agentName));
    const task = this.world.queueTasks.get(id);
    if (agent === undefined || task === undefined) return 0;
    const rivals = this.rivalsIn(app);
    const looks = rivals.linesFor(agent);
    if (looks > left) return looks;
    const passed = passedOver(this.world, agent, rivalOf(task), rivals, at);
    this.surroundings.metrics.selected(app, passed === undefined);
    if (passed !== undefined) {
      this.surroundings.logger.error('served out of order', {
        app,
        agent: agentName,
        task: id,
        passedOver: passed.id,
      });
    }
    return looks;
  }

  /** `task` is undefined where there was no document to queue by. */
  private end(app: AppId, task: QueueTask | undefined, outcome: 'success' | QueueFailCause, at: Instant): void {
    if (!this.surroundings.applications.has(app)) return;
    const waitedMs = task === undefined ? 0 : Math.max(0, at - task.queuedAt);
    this.surroundings.metrics.ended(app, task?.plan ?? null, outcome, waitedMs / 1000);
  }

  private enter(task: QueueTask): void {
    this.rivalsIn(task.app).enter(rivalOf(task));
  }

  private rivalsIn(app: AppId): Rivals {
    return entryOf(this.waiting, app, () => new Rivals());
  }
}

type QueueCount = { readonly app: AppId; readonly plan: string | null; waiting: number; ringing: number };
type AgentCount = { readonly states: Record<BaseState, number>; readonly idle: number[] };

/** The figures of the moment. Linear in all tasks and agents. */
export function measured(
  world: World,
  applications: ReadonlySet<AppId>,
  at: Instant,
): Pick<Measured, 'queues' | 'agents'> {
  const queues = new Map<string, QueueCount>();
  const agents = new Map<AppId, AgentCount>();
  const queueOf = (app: AppId, plan: string | null): QueueCount =>
    entryOf(queues, `${app} ${plan ?? ''}`, () => ({ app, plan, waiting: 0, ringing: 0 }));
  const agentsOf = (app: AppId): AgentCount => entryOf(agents, app, () => ({ states: noStates(), idle: [] }));

  for (const app of applications) {
    queueOf(app, null);
    agentsOf(app);
  }
  for (const { app, plan, phase } of world.queueTasks.values()) {
    queueOf(app, plan)[phase.at === 'ringing' ? 'ringing' : 'waiting'] += 1;
  }
  for (const agent of world.agents.values()) {
    const { states, idle } = agentsOf(agent.app);
    states[agent.state.split('/', 1)[0] as BaseState] += 1;
    if (!isSelectable(world, agent, at)) continue;
    idle.push(Math.max(0, at - idleSince(agent)) / 1000);
  }
  return {
    queues: [...queues.values()],
    agents: [...agents].map(([app, { states, idle }]) => ({ app, states, idleSeconds: spreadOf(idle) })),
  };
}

function noStates(): Record<BaseState, number> {
  return Object.fromEntries(BASE_STATES.map((state) => [state, 0])) as Record<BaseState, number>;
}

function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const nearestRank = (quantile: number): number => sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)]!;
  return { 0: nearestRank(0), 0.5: nearestRank(0.5), 0.9: nearestRank(0.9), 1: nearestRank(1) };
}
