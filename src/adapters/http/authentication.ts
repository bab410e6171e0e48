import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { applicationDisabled, notAuthenticated } from './http-problem';
import { type Application, DEFAULT_APPLICATION, type HttpSettings } from './http-settings';
import type { HttpMiddleware } from './request-state';

const BEARER = /^Bearer +([^\s]+) *$/i;

type Credentials = Pick<HttpSettings, 'authentication' | 'applications'>;

/**
 * Finds the application that a request acts in. Where credentials are both possible and given, they count.
 * @throws HttpProblem when they are no good or missing, or the application is disabled.
 */
export function authenticate(settings: Credentials): HttpMiddleware {
  const findByToken = tokenSearch(settings.applications);
  const withTokens = settings.authentication.includes('token');
  const openTo = settings.authentication.includes('none')
    ? settings.applications.find(({ id }) => id === DEFAULT_APPLICATION)
    : undefined;

  return async (ctx, next) => {
    const header = ctx.get('Authorization');
    const isOpen = !isFromWebPage(ctx.get('Origin'), ctx.hostname);
    const application =
      withTokens && header !== '' ? findByToken(BEARER.exec(header)?.[1] ?? '') : isOpen ? openTo : undefined;
    if (application === undefined) throw notAuthenticated();
    if (application.disabled) throw applicationDisabled();
    ctx.state.application = application;
    await next();
  };
}

/**
 * Loopback keeps other machines out, not the pages in a browser on this one: they say where they come from, or reach
 * us by a name that was made to lead here. Without credentials neither is trusted.
 */
function isFromWebPage(origin: string, hostname: string): boolean {
  const isByAddress = hostname === '' || hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  return origin !== '' || !isByAddress;
}

/** Compares with every token there is, always, so that the time tells nothing. */
function tokenSearch(applications: readonly Application[]): (token: string) => Application | undefined {
  const known = applications.flatMap((application) =>
    application.tokens.map((hash) => ({ application, hash: Buffer.from(hash, 'hex') })),
  );
  return (token) => {
    const hash = createHash('sha256').update(token).digest();
    return known.filter((each) => timingSafeEqual(each.hash, hash))[0]?.application;
  };
}
