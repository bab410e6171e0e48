import { randomUUID } from 'node:crypto';
import type { Metrics } from '../../ports/metrics';
import type { Logger } from '../../ports/system';
import type { HttpMiddleware } from './request-state';
import { apiPath } from './router-path';

const SANE_ID = /^[A-Za-z0-9._-]{1,64}$/;

export function newRequestId(): string {
  return randomUUID().replaceAll('-', '');
}

/** Asked every few seconds by whoever watches the service: their lines would bury all others. */
const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Whoever was turned away at the door, the operator may want to look for. */
function isShut(status: number): boolean {
  return status === 401 || status === 403 || status === 429;
}

/** As the router leaves it. */
type Routed = { readonly _matchedRoute?: unknown };

/**
 * Gives each request an id by which the client can ask about it; tells how long it took, by the path as the operation has it,
 * under whatever base it was asked for; and writes a line, but for probes, with nothing of headers, query or body.
 */
export function recordRequests(logger: Logger, metrics: Pick<Metrics, 'answered'>): HttpMiddleware {
  return async (ctx, next) => {
    const begun = performance.now();
    const given = ctx.get('X-Request-Id');
    const requestId = SANE_ID.test(given) ? given : newRequestId();
    ctx.state.requestId = requestId;
    ctx.res.setHeader('X-Request-Id', requestId);
    ctx.res.setHeader('Cache-Control', 'no-store');
    await next();
    const ms = performance.now() - begun;
    const { method, path, status, state } = ctx;
    metrics.answered(method, routeOf((ctx as Routed)._matchedRoute), status, ms / 1000);
    if (PROBES.has(path)) return;
    logger.info('request', {
      requestId,
      method,
      path,
      application: state.application?.id,
      status,
      code: state.code,
      why: state.why,
      address: isShut(status) ? state.address : undefined,
      ms: Math.round(ms),
    });
  };
}

const routes = new Map<string, string>();

/** Empty: there is nothing under the path, or nobody was let in to see. */
function routeOf(matched: unknown): string {
  if (typeof matched !== 'string') return '';
  const known = routes.get(matched);
  if (known !== undefined) return known;
  const route = apiPath(matched);
  routes.set(matched, route);
  return route;
}
