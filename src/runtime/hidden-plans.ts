import type { Plan } from '../domain/queue/plan';
import type { World } from '../domain/world';
import type { Logger } from '../ports/system';

/** A plan that was made over the API, under a name that a file has now, is replaced for good. */
export function warnOfHiddenPlans({ plans }: Pick<World, 'plans'>, files: readonly Plan[], logger: Logger): void {
  for (const { id, app, name } of files) {
    const made = plans.get(id);
    if (made?.source !== 'api') continue;
    const { text } = made;
    logger.warn('a file takes the place of the plan of the API with the same name', {
      app,
      plan: name,
      replaced: text,
    });
  }
}
