import type { Middleware } from 'koa';
import type { Application } from './http-settings';

/** What becomes known of a request on its way in. */
export type RequestState = {
  requestId: string;
  /** Set by authentication. */
  application?: Application;
  /** How long its body may be, in bytes, where that is not what most are held to. */
  bodyLimit?: number;
  /** The public code that it was answered with. */
  code?: string;
};

export type HttpMiddleware = Middleware<RequestState>;
