import Router, { type RouterMiddleware as Middleware } from '@koa/router';
import { covers } from './client-role';
import { answerData, languageOf } from './envelope';
import { idempotencyKeyIn } from './idempotency-key';
import { methodNotAllowed, roleTooLow, unknownRoute } from './http-problem';
import type { Operation } from './operation';
import { MAX_JSON_BYTES, readContent, readJsonObject } from './request-body';
import type { HttpMiddleware, RequestState } from './request-state';
import { apiPath, pathPattern, routerPath, shapeOf } from './router-path';

const NOTHING = new Uint8Array();

type ApiRouter = Router<RequestState>;
type RouterMiddleware = Middleware<RequestState>;

/** One for all paths of the same shape. */
export function operationRouters(operations: readonly Operation[]): readonly ApiRouter[] {
  const routers = new Map<string, ApiRouter>();
  for (const each of operations) {
    const shape = shapeOf(each.path);
    const router: ApiRouter = routers.get(shape) ?? new Router({ sensitive: true });
    routers.set(shape, router);
    router[each.method](routerPath(each.path), answering(each));
  }
  return [...routers.values()];
}

function answering({
  method,
  role: needed,
  content: rule,
  takesIdempotencyKey,
  answer,
}: Operation): RouterMiddleware {
  const isJson = rule === null && (method === 'post' || method === 'put');
  return async (ctx) => {
    const { application, role } = ctx.state as Required<RequestState>; // No way past authentication leads here.
    if (!covers(role, needed)) throw roleTooLow(role, needed);
    const idempotencyKey = takesIdempotencyKey ? idempotencyKeyIn(ctx.req) : undefined;
    if (rule !== null) ctx.state.bodyLimit = rule.maxBytes;
    const { sentBody } = ctx.state;
    const body = isJson ? await readJsonObject(ctx.req, sentBody) : {};
    const content = rule === null ? NOTHING : await readContent(ctx.req, rule, sentBody);
    const { params } = ctx;
    const query = ctx.querystring === '' ? {} : { ...ctx.query };
    const sent = { params, query, body, content, language: languageOf(ctx), idempotencyKey };
    answerData(ctx, await answer({ application, role, ...sent }));
  };
}

/** How long the body of a request may be, in bytes; what it asks for may be nothing that we know. */
export function bodyLimitsOf(operations: readonly Operation[]): (method: string, path: string) => number {
  const others = operations.flatMap(({ method, path, content }) =>
    content === null ? [] : [{ method: method.toUpperCase(), path: pathPattern(path), limit: content.maxBytes }],
  );
  return (method, path) =>
    others.find((each) => each.method === method && each.path.test(path))?.limit ?? MAX_JSON_BYTES;
}

/** A request is held against the routes of its path's shape alone: against all of them takes longer than many an answer. */
export function routed(routers: readonly ApiRouter[]): HttpMiddleware {
  const routes = new Map(
    routers.flatMap((router) => {
      const handle = router.routes() as HttpMiddleware;
      return router.stack.map(({ path }) => [shapeOf(apiPath(String(path))), handle] as const);
    }),
  );
  return (ctx, next): unknown => (routes.get(shapeOf(ctx.path)) ?? pass)(ctx, next);
}

const pass: HttpMiddleware = (_, next) => next();

/** What the routers left without an answer. */
export function answerUnrouted(): HttpMiddleware {
  const allow = new Router().allowedMethods() as HttpMiddleware;
  return async (ctx, next) => {
    await next();
    if (ctx.status !== 404) return;
    await allow(ctx, async () => undefined); // Sets `Allow` where the path is right and the method is not.
    if (ctx.response.status !== 200) throw ctx.response.get('Allow') ? methodNotAllowed() : unknownRoute();
  };
}
