import { randomUUID } from 'node:crypto';
import type { Logger } from '../../ports/system';
import type { HttpMiddleware } from './request-state';

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

/** One line for each request but probes, and an id by which the client can ask about it. Nothing of headers, query or body. */
export function logRequests(logger: Logger): HttpMiddleware {
  return async (ctx, next) => {
    const begun = performance.now();
    const given = ctx.get('X-Request-Id');
    const requestId = SANE_ID.test(given) ? given : newRequestId();
    ctx.state.requestId = requestId;
    ctx.set('X-Request-Id', requestId);
    ctx.set('Cache-Control', 'no-store');
    await next();
    if (PROBES.has(ctx.path)) return;
    logger.info('request', {
      requestId,
      method: ctx.method,
      path: ctx.path,
      application: ctx.state.application?.id,
      status: ctx.status,
      code: ctx.state.code,
      why: ctx.state.why,
      address: isShut(ctx.status) ? ctx.state.address : undefined,
      ms: Math.round(performance.now() - begun),
    });
  };
}
