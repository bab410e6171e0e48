import type { Middleware } from 'koa';
import type { ClientRole } from './client-role';
import type { Application } from './http-settings';

/** What becomes known of a request on its way in. */
export type RequestState = {
  requestId: string;
  /** Where it comes from. */
  address?: string;
  /** Set by authentication. */
  application?: Application;
  role?: ClientRole;
  /** Its body, where authentication had to read it. */
  sentBody?: Buffer;
  /** How long its body may be, in bytes, where that is not what most are held to. */
  bodyLimit?: number;
  /** The public code that it was answered with. */
  code?: string;
  /** Why it was refused, where the client is not told. */
  why?: string;
};

export type HttpMiddleware = Middleware<RequestState>;
export type HttpContext = Parameters<HttpMiddleware>[0];
