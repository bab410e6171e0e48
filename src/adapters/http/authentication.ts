import { isIP } from 'node:net';
import { DEFAULT_APP } from '../../domain/ids';
import { clientAddress, isForwarded } from './client-address';
import type { ClientRole } from './client-role';
import { addressNotAllowed, applicationDisabled, HttpProblem, notAuthenticated } from './http-problem';
import type { Application, HttpSettings } from './http-settings';
import { isLoopback, Networks } from './networks';
import type { HttpContext, HttpMiddleware } from './request-state';
import type { RateLimits } from './rate-limits';
import { bySignature, type SigningSurroundings } from './signed-request';
import { byToken } from './token';

/** Who sends a request, as its credentials tell. */
export type Client = {
  readonly application: Application;
  readonly role: ClientRole;
  /**
   * Looks at what takes the whole request, and takes down what may be used once only. To be called when all else is right.
   * @throws HttpProblem
   */
  readonly use?: () => Promise<void>;
};

export type WayIn = {
  /** The request has credentials of this kind. */
  readonly isTriedBy: (ctx: HttpContext) => boolean;
  /** @throws HttpProblem for those that are no good, and for one request too many of a client. */
  readonly client: (ctx: HttpContext, address: string) => Client;
};

/**
 * Finds the application that a request acts in, and what its sender may do there. Where credentials are both possible
 * and given, they count.
 * @throws HttpProblem when they are no good or missing, the application is disabled, or may not be called from there, and
 *   for a client that sends too much.
 */
export function authenticate(
  settings: HttpSettings,
  surroundings: SigningSurroundings,
  limits: RateLimits,
): HttpMiddleware {
  const { authentication, applications } = settings;
  const isOn = (way: HttpSettings['authentication'][number]): boolean => authentication.includes(way);
  const ways: readonly WayIn[] = [
    ...(isOn('token') ? [withFewFailures(byToken(applications, limits), limits)] : []),
    ...(isOn('signature') ? [withFewFailures(bySignature(settings, surroundings, limits), limits)] : []),
    ...(isOn('none') ? [byNothing(applications, limits)] : []),
  ];
  const proxies = new Networks(settings.trustedProxies);
  const allowed = new Map(applications.map(({ id, networks }) => [id, new Networks(networks)]));

  return async (ctx, next) => {
    const address = clientAddress(ctx.req, proxies);
    ctx.state.address = address;
    const { application, role, use } = clientBy(ways, ctx, address);
    const { id, certId, networks, disabled } = application;
    if (isOn('signature') && certId !== null && (accountIn(ctx.path) ?? certId) !== certId) {
      throw notAuthenticated('the path names another account');
    }
    if (networks.length > 0 && !allowed.get(id)!.has(address)) throw addressNotAllowed();
    if (use !== undefined) await use();
    if (disabled) throw applicationDisabled();
    ctx.state.application = application;
    ctx.state.role = role;
    await next();
  };
}

function clientBy(ways: readonly WayIn[], ctx: HttpContext, address: string): Client {
  const way = ways.find(({ isTriedBy }) => isTriedBy(ctx));
  if (way === undefined) throw notAuthenticated('no credentials');
  return way.client(ctx, address);
}

/** Whoever has failed too often is not listened to for a while, so that nothing can be guessed. */
function withFewFailures(way: WayIn, limits: RateLimits): WayIn {
  return {
    ...way,
    client: (ctx, address) => {
      limits.admitCredentials(address);
      try {
        return way.client(ctx, address);
      } catch (error) {
        if (error instanceof HttpProblem && error.status === 401) limits.failed(address);
        throw error;
      }
    },
  };
}

/** For trying out, on loopback: whoever comes acts in the one application, and may do everything. */
function byNothing(applications: readonly Application[], limits: RateLimits): WayIn {
  const application = applications.find(({ id }) => id === DEFAULT_APP)!; // Without one the server does not start.
  return {
    isTriedBy: (ctx) => !isFromElsewhere(ctx),
    client: (_, address) => {
      limits.admit(application, address);
      return { application, role: 'admin' };
    },
  };
}

/**
 * Loopback keeps other machines out, but neither those behind a proxy on this one, nor the pages in a browser on it: they
 * say where they come from, or reach us by a name that was made to lead here. Without credentials none is trusted, but
 * for the pages that have come from here.
 */
function isFromElsewhere(ctx: HttpContext): boolean {
  const hostname = ctx.hostname.replace(/^\[|\]$/g, '');
  const isByAddress = hostname === '' || hostname === 'localhost' || isIP(hostname) !== 0;
  return !isByAddress || isForwarded(ctx.req) || isForeignPage(ctx, hostname);
}

function isForeignPage(ctx: HttpContext, hostname: string): boolean {
  const origin = ctx.get('Origin');
  return origin !== '' && !(origin === `http://${ctx.host}` && isLoopback(hostname)); // On another port it is another's.
}

function accountIn(path: string): string | undefined {
  return /^\/v1\/account\/([^/]+)/.exec(path)?.[1];
}
