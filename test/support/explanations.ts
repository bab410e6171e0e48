import type { AgentName, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Enqueue } from '../../src/domain/queue/enqueue';
import { explain } from '../../src/domain/queue/explain';
import type { ExplainedRoute, Reason } from '../../src/domain/queue/explanation';
import type { World } from '../../src/domain/world';
import { now } from './happenings';
import { APP, NOW } from './worlds';

export type About = { readonly agent?: AgentName; readonly taskId?: QueueTaskId; readonly at?: Instant };

function explained(
  world: World,
  asked: Enqueue | QueueTaskId,
  { agent, at = NOW }: About = {},
): readonly ExplainedRoute[] {
  const task = typeof asked === 'string' ? now(world, 'queueTasks', { id: asked }) : null;
  const enqueue = typeof asked === 'string' ? task!.enqueue : asked;
  return explain(world, at, { app: APP, enqueue, agent: agent ?? null, task }).routes;
}

/** For each agent, why it is not rung, on one target of one route. */
export function reasons(
  world: World,
  asked: Enqueue | QueueTaskId,
  about: About & { readonly route?: number; readonly target?: number } = {},
): Readonly<Record<string, readonly Reason[]>> {
  const { agents } = explained(world, asked, about)[about.route ?? 0]!.targets[about.target ?? 0]!;
  return Object.fromEntries(agents.map((each) => [each.name, each.reasons]));
}

/** Which routes are said to be tried, from 0. */
export function currentRoutes(world: World, asked: Enqueue | QueueTaskId, about: About = {}): readonly number[] {
  return explained(world, asked, about).flatMap(({ isCurrent }, index) => (isCurrent ? [index] : []));
}
