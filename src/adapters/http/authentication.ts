import { isIP } from 'node:net';
import { clientAddress, isForwarded } from './client-address';
import type { ClientRole } from './client-role';
import { addressNotAllowed, applicationDisabled, notAuthenticated } from './http-problem';
import { type Application, DEFAULT_APPLICATION, type HttpSettings } from './http-settings';
import { Networks } from './networks';
import type { HttpContext, HttpMiddleware } from './request-state';
import { bySignature, type SigningSurroundings } from './signed-request';
import { byToken } from './token';

/** Who sends a request, as its credentials tell. */
export type Client = {
  readonly application: Application;
  readonly role: ClientRole;
  /** To be called once all else is right, for credentials that may be used once only. @throws HttpProblem */
  readonly use: () => void;
};

/** Undefined: the request has no credentials of this kind. @throws HttpProblem for those that are no good. */
export type WayIn = (ctx: HttpContext) => Promise<Client | undefined>;

/**
 * Finds the application that a request acts in, and what its sender may do there. Where credentials are both possible
 * and given, they count.
 * @throws HttpProblem when they are no good or missing, the application is disabled, or may not be called from there.
 */
export function authenticate(settings: HttpSettings, surroundings: SigningSurroundings): HttpMiddleware {
  const { authentication, applications } = settings;
  const isOn = (way: HttpSettings['authentication'][number]): boolean => authentication.includes(way);
  const ways: readonly WayIn[] = [
    ...(isOn('token') ? [byToken(applications)] : []),
    ...(isOn('signature') ? [bySignature(settings, surroundings)] : []),
    ...(isOn('none') ? [byNothing(applications)] : []),
  ];
  const proxies = new Networks(settings.trustedProxies);
  const allowed = new Map(applications.map(({ id, networks }) => [id, new Networks(networks)]));

  return async (ctx, next) => {
    const address = clientAddress(ctx.req, proxies);
    ctx.state.address = address;
    const { application, role, use } = await firstOf(ways, ctx);
    const { id, certId, networks, disabled } = application;
    if (isOn('signature') && certId !== null && (accountIn(ctx.path) ?? certId) !== certId) {
      throw notAuthenticated('the path names another account');
    }
    if (networks.length > 0 && !allowed.get(id)!.has(address)) throw addressNotAllowed();
    if (disabled) throw applicationDisabled();
    use();
    ctx.state.application = application;
    ctx.state.role = role;
    await next();
  };
}

async function firstOf(ways: readonly WayIn[], ctx: HttpContext): Promise<Client> {
  for (const way of ways) {
    const client = await way(ctx);
    if (client !== undefined) return client;
  }
  throw notAuthenticated('no credentials');
}

/** For trying out, on loopback: whoever comes acts in the one application, and may do everything. */
function byNothing(applications: readonly Application[]): WayIn {
  const open = applications.find(({ id }) => id === DEFAULT_APPLICATION);
  return async (ctx) => {
    if (open === undefined || isFromElsewhere(ctx)) return undefined;
    return { application: open, role: 'admin', use: () => undefined };
  };
}

/**
 * Loopback keeps other machines out, but neither those behind a proxy on this one, nor the pages in a browser on it: they
 * say where they come from, or reach us by a name that was made to lead here. Without credentials none is trusted.
 */
function isFromElsewhere(ctx: HttpContext): boolean {
  const { hostname } = ctx;
  const isByAddress = hostname === '' || hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  return ctx.get('Origin') !== '' || !isByAddress || isForwarded(ctx.req);
}

function accountIn(path: string): string | undefined {
  return /^\/v1\/account\/([^/]+)/.exec(path)?.[1];
}
