import type { Metrics } from '../../ports/metrics';
import type { HttpMiddleware } from './request-state';

/** Tells how long requests take, by the path as the operation has it: under whatever base it was asked for. */
export function measureRequests(metrics: Pick<Metrics, 'answered'>): HttpMiddleware {
  return async (ctx, next) => {
    const begun = performance.now();
    await next();
    const route = routeOf((ctx as { readonly _matchedRoute?: unknown })._matchedRoute);
    metrics.answered(ctx.method, route, ctx.status, (performance.now() - begun) / 1000);
  };
}

/** Empty: there is nothing under the path, or nobody was let in to see. */
function routeOf(matched: unknown): string {
  if (typeof matched !== 'string') return '';
  return matched.replace(/^\/v1(\/account\/:account)?/, '').replace(/:(\w+)/g, '{$1}');
}
