import type { Context } from 'koa';
import { Refusal } from '../../domain/refusal';
import type { Text } from '../../domain/text';
import { STORE_AWAY } from '../../ports/call-center';
import { StorageUnavailable } from '../../ports/storage';
import type { Logger } from '../../ports/system';
import { HttpProblem, unknownFailure } from './http-problem';
import { problemOf } from './refusal-problem';
import type { HttpMiddleware, RequestState } from './request-state';
import { type Language, SUCCESS } from './text';

const SUCCESS_CODE = '000000';

type Answered = Pick<Context, 'acceptsLanguages' | 'headers' | 'res' | 'body'> & { readonly state: RequestState };

export function answerData(ctx: Answered, data: unknown): void {
  answer(ctx, SUCCESS_CODE, SUCCESS, data);
}

/** The one place where an error becomes an answer. */
export function answerErrors(logger: Logger): HttpMiddleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const problem = asProblem(error);
      if (problem === undefined) {
        const { requestId } = ctx.state;
        logger.error('request failed', { requestId, method: ctx.method, path: ctx.path, error });
      }
      const { status, code, text, headers, why } = problem ?? unknownFailure();
      if (why !== undefined) ctx.state.why = why;
      ctx.set(headers);
      ctx.status = ctx.state.application?.alwaysOk === true ? 200 : status;
      answer(ctx, code, text, null);
    }
  };
}

function asProblem(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error;
  if (error instanceof StorageUnavailable) {
    return problemOf(new Refusal('busy', { problem: STORE_AWAY }));
  }
  return error instanceof Refusal ? problemOf(error) : undefined;
}

function answer(ctx: Answered, code: string, text: Text, data: unknown): void {
  ctx.state.code = code;
  ctx.res.setHeader('Content-Type', 'application/json; charset=utf-8');
  ctx.body = JSON.stringify({ code, msg: text[languageOf(ctx)], data });
}

/** Chinese unless the client prefers English. */
export function languageOf(ctx: Pick<Context, 'acceptsLanguages' | 'headers'>): Language {
  if (ctx.headers['accept-language'] === undefined) return 'zh';
  return ctx.acceptsLanguages('zh', 'en') === 'en' ? 'en' : 'zh';
}
