import Router from '@koa/router';
import { answerData, languageOf } from './envelope';
import { methodNotAllowed, unknownRoute } from './http-problem';
import type { Operation } from './operation';
import { readContent, readJsonObject } from './request-body';
import type { HttpMiddleware, RequestState } from './request-state';

/** The second is the form that existing clients use; what it names counts for signatures only. */
const BASES = ['/v1', '/v1/account/:account'];

const NOTHING = new Uint8Array();

export function operationRouter(operations: readonly Operation[]): Router<RequestState> {
  const router = new Router<RequestState>({ sensitive: true });
  for (const { method, path, content: rule, answer } of operations) {
    const isJson = rule === null && (method === 'post' || method === 'put');
    const paths = BASES.map((base) => base + path.replace(/\{(\w+)\}/g, ':$1'));
    router[method](paths, async (ctx) => {
      const { application } = ctx.state as Required<RequestState>; // No way past authentication leads here.
      if (rule !== null) ctx.state.bodyLimit = rule.maxBytes;
      const body = isJson ? await readJsonObject(ctx.req) : {};
      const content = rule === null ? NOTHING : await readContent(ctx.req, rule);
      const { params, query } = ctx;
      const language = languageOf(ctx);
      answerData(ctx, await answer({ application, params, query: { ...query }, body, content, language }));
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
