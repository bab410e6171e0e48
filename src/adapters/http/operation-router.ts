import Router from '@koa/router';
import { answerData } from './envelope';
import { methodNotAllowed, unknownRoute } from './http-problem';
import type { Operation } from './operation';
import { readJsonObject } from './request-body';
import type { HttpMiddleware, RequestState } from './request-state';

/** The second is the form that existing clients use; what it names counts for signatures only. */
const BASES = ['/v1', '/v1/account/:account'];

export function operationRouter(operations: readonly Operation[]): Router<RequestState> {
  const router = new Router<RequestState>({ sensitive: true });
  for (const { method, path, answer } of operations) {
    const paths = BASES.map((base) => base + path.replace(/\{(\w+)\}/g, ':$1'));
    router[method](paths, async (ctx) => {
      const body = method === 'post' ? await readJsonObject(ctx.req) : {};
      const { application } = ctx.state as Required<RequestState>; // No way past authentication leads here.
      answerData(ctx, await answer({ application, params: ctx.params, query: { ...ctx.query }, body }));
    });
  }
  return router;
}

/** What the routers left without an answer. They have set `Allow` where the path is right and the method is not. */
export const answerUnrouted: HttpMiddleware = async (ctx, next) => {
  await next();
  if (ctx.status === 404 || ctx.status === 405 || ctx.status === 501) {
    throw ctx.response.get('Allow') ? methodNotAllowed() : unknownRoute();
  }
};
