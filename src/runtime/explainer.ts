import { daysBefore, type AgentName, type AppId, type Instant, type QueueTaskId } from '../domain/ids';
import type { Enqueue } from '../domain/queue/enqueue';
import { explain } from '../domain/queue/explain';
import type { Explanation } from '../domain/queue/explanation';
import { taskBefore } from '../domain/queue/past-task';
import type { QueueTask } from '../domain/queue/queue-task';
import { Refusal } from '../domain/refusal';
import { worldAsOf, type Change, type World } from '../domain/world';
import type { RoutingQuestion } from '../ports/call-center';
import type { Storage } from '../ports/storage';

/** Targets times agents. It is all weighed at one go, some 0.2 s for so many, and nobody is served meanwhile. */
const MAX_WEIGHED = 50_000;

/** Why who gets, or got, which call. What is over is explained by the same rules, on the world as it was. */
export class Explainer {
  constructor(
    private readonly world: World,
    private readonly storage: Pick<Storage, 'findTask' | 'asOf'>,
    /** For so long it is kept how everybody stood. */
    private readonly days: number,
  ) {}

  /** @throws Refusal when there is no such task, or too much to explain. */
  async explain({ app, about, agent }: RoutingQuestion, now: Instant): Promise<Explanation> {
    if ('enqueue' in about) {
      refuseIfEndless(this.world, app, about.enqueue, 'enqueue');
      const routes = explain(this.world, now, { app, enqueue: about.enqueue, agent, task: null });
      return { at: now, taskId: null, decisions: [], ...routes };
    }
    const live = this.world.queueTasks.get(about.taskId);
    if (live?.app !== app || about.at !== null) return this.explainPast({ app, ...about, agent }, now);
    refuseIfEndless(this.world, app, live.enqueue, 'queue_id');
    const routes = explain(this.world, now, { app, enqueue: live.enqueue, agent, task: live });
    return { at: now, taskId: live.id, decisions: live.decisions, ...routes };
  }

  private async explainPast({ app, taskId, at: wanted, agent }: PastQuestion, now: Instant): Promise<Explanation> {
    const task = await this.storage.findTask(app, taskId);
    if (task === undefined) throw new Refusal('queue-task-not-found', { id: taskId });
    if (wanted !== null) refuseIfElsewhen(task, wanted, now);
    const at = wanted ?? tellingMoment(task);
    const told = { at, taskId, decisions: task.decisions };
    // What everybody was doing is forgotten; what was decided is not.
    if (at < daysBefore(now, this.days)) return { ...told, routes: [] };
    const changes = (await this.storage.asOf(app, at)).map((change) => keptAlive(change, at));
    const world = worldAsOf(this.world.settings, changes);
    refuseIfEndless(world, app, task.enqueue, 'queue_id');
    const then = taskBefore(task, at, world.conditions);
    return { ...told, ...explain(world, at, { app, enqueue: task.enqueue, agent, task: then }) };
  }
}

type PastQuestion = {
  readonly app: AppId;
  readonly taskId: QueueTaskId;
  readonly at: Instant | null;
  readonly agent: AgentName | null;
};

function refuseIfEndless(world: World, app: AppId, { routes }: Enqueue, parameter: 'enqueue' | 'queue_id'): void {
  const targets = routes.reduce((sum, route) => sum + route.targets.length, 0);
  const agents = [...world.agents.values()].filter((agent) => agent.app === app).length;
  if (targets * agents <= MAX_WEIGHED) return;
  const problem = {
    zh: `${targets} 个目标与 ${agents} 个坐席，数量过多，无法逐一评估`,
    en: `${targets} targets are too many to be weighed for ${agents} agents`,
  };
  throw new Refusal('parameter-illegal', { parameter, problem });
}

function refuseIfElsewhen({ queuedAt, decisions }: QueueTask, at: Instant, now: Instant): void {
  const last = decisions.at(-1);
  const end = last?.did === 'serve' || last?.did === 'fail' ? last.at : now;
  if (at >= queuedAt && at <= end) return;
  const problem = {
    zh: `应在 ${queuedAt} 与 ${end} 之间，即该任务排队期间`,
    en: `must lie between ${queuedAt} and ${end}, while it was in the queue`,
  };
  throw new Refusal('parameter-illegal', { parameter: 'at', problem });
}

/** When it was decided who was to have it; if nobody has had it, when it ended. */
function tellingMoment({ decisions, queuedAt }: QueueTask): Instant {
  const last = decisions.at(-1);
  const chosen = last?.did === 'serve' ? decisions.findLast(({ did }) => did === 'ring') : last;
  return chosen?.at ?? queuedAt;
}

/** Keepalives are not kept: who had expired was logged out, so who was there had not. */
function keptAlive(change: Change, at: Instant): Change {
  return change.kind === 'agents' ? { ...change, value: { ...change.value, keptAliveAt: at } } : change;
}
