import Router from '@koa/router';
import { covers } from './client-role';
import { answerData, languageOf } from './envelope';
import { idempotencyKeyIn } from './idempotency-key';
import { methodNotAllowed, roleTooLow, unknownRoute } from './http-problem';
import type { Operation } from './operation';
import { MAX_JSON_BYTES, readContent, readJsonObject } from './request-body';
import type { HttpMiddleware, RequestState } from './request-state';

/** The second is the form that existing clients use; what it names counts where requests are signed. */
export const BASES = ['/v1', '/v1/account/:account'];

const NOTHING = new Uint8Array();

export function operationRouter(operations: readonly Operation[]): Router<RequestState> {
  const router = new Router<RequestState>({ sensitive: true });
  for (const { method, path, role: needed, content: rule, takesIdempotencyKey, answer } of operations) {
    const isJson = rule === null && (method === 'post' || method === 'put');
    router[method](pathsOf(path), async (ctx) => {
      const { application, role } = ctx.state as Required<RequestState>; // No way past authentication leads here.
      if (!covers(role, needed)) throw roleTooLow(role, needed);
      const idempotencyKey = takesIdempotencyKey ? idempotencyKeyIn(ctx.req) : undefined;
      if (rule !== null) ctx.state.bodyLimit = rule.maxBytes;
      const { sentBody } = ctx.state;
      const body = isJson ? await readJsonObject(ctx.req, sentBody) : {};
      const content = rule === null ? NOTHING : await readContent(ctx.req, rule, sentBody);
      const { params, query } = ctx;
      const sent = { params, query: { ...query }, body, content, language: languageOf(ctx), idempotencyKey };
      answerData(ctx, await answer({ application, role, ...sent }));
    });
  }
  return router;
}

/** How long the body of a request may be, in bytes; what it asks for may be nothing that we know. */
export function bodyLimitsOf(operations: readonly Operation[]): (method: string, path: string) => number {
  const others = operations.flatMap(({ method, path, content }) =>
    content === null ? [] : [{ method: method.toUpperCase(), path: pathPattern(path), limit: content.maxBytes }],
  );
  return (method, path) =>
    others.find((each) => each.method === method && each.path.test(path))?.limit ?? MAX_JSON_BYTES;
}

/** Under all bases, with a colon before the names in it. */
function pathsOf(path: string): string[] {
  return BASES.map((base) => base + path.replace(/\{(\w+)\}/g, ':$1'));
}

function pathPattern(path: string): RegExp {
  const patterns = pathsOf(path).map((each) => each.replace(/:\w+/g, '[^/]+'));
  return new RegExp(`^(${patterns.join('|')})/?$`);
}

/** What the routers left without an answer. They have set `Allow` where the path is right and the method is not. */
export const answerUnrouted: HttpMiddleware = async (ctx, next) => {
  await next();
  if (ctx.status === 404 || ctx.status === 405 || ctx.status === 501) {
    throw ctx.response.get('Allow') ? methodNotAllowed() : unknownRoute();
  }
};
