import type { AgentName, AppId, Instant, QueueTaskId } from '../domain/ids';
import { explain } from '../domain/queue/explain';
import type { Enqueue } from '../domain/queue/enqueue';
import type { Explanation } from '../domain/queue/explanation';
import { taskBefore } from '../domain/queue/past-task';
import type { QueueTask } from '../domain/queue/queue-task';
import { Refusal } from '../domain/refusal';
import type { Change, World } from '../domain/world';
import { apply, emptyWorld } from '../domain/world';
import type { RoutingQuestion } from '../ports/call-center';
import type { Storage } from '../ports/storage';

/** Targets times agents; so many take half a second. */
const MAX_WEIGHED = 200_000;

/** Why who gets, or got, which call. What is over is explained by the same rules, on the world as it was. */
export class Explainer {
  constructor(
    private readonly world: World,
    private readonly storage: Pick<Storage, 'findTask' | 'asOf'>,
  ) {}

  /** @throws Refusal when there is no such task. */
  async explain({ app, about, agent }: RoutingQuestion, now: Instant): Promise<Explanation> {
    if ('enqueue' in about) {
      this.refuseIfEndless(about.enqueue);
      const routes = explain(this.world, now, { app, enqueue: about.enqueue, agent, task: null });
      return { at: now, taskId: null, decisions: [], ...routes };
    }
    const live = this.world.queueTasks.get(about.taskId);
    if (live?.app !== app || about.at !== null) return this.explainPast(app, about.taskId, about.at, agent);
    this.refuseIfEndless(live.enqueue);
    const routes = explain(this.world, now, { app, enqueue: live.enqueue, agent, task: live });
    return { at: now, taskId: live.id, decisions: live.decisions, ...routes };
  }

  /** It is all weighed at one go, and nobody is served meanwhile. */
  private refuseIfEndless({ routes }: Enqueue): void {
    const targets = routes.reduce((sum, route) => sum + route.targets.length, 0);
    const agents = this.world.agents.size;
    if (targets * agents <= MAX_WEIGHED) return;
    throw new Refusal('parameter-illegal', {
      parameter: 'enqueue',
      problem: `${targets} targets are too many to be weighed for ${agents} agents`,
    });
  }

  private async explainPast(
    app: AppId,
    taskId: QueueTaskId,
    wanted: Instant | null,
    agent: AgentName | null,
  ): Promise<Explanation> {
    const task = await this.storage.findTask(app, taskId);
    if (task === undefined) throw new Refusal('queue-task-not-found', { id: taskId });
    this.refuseIfEndless(task.enqueue);
    const at = wanted ?? tellingMoment(task);
    const world = emptyWorld(this.world.settings);
    apply(
      world,
      (await this.storage.asOf(app, at)).map((change) => keptAlive(change, at)),
    );
    const then = taskBefore(task, at, world.conditions);
    const routes = explain(world, at, { app, enqueue: task.enqueue, agent, task: then });
    return { at, taskId, decisions: task.decisions, ...routes };
  }
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
