import { createHash, timingSafeEqual } from 'node:crypto';
import type { Client, WayIn } from './authentication';
import { notAuthenticated } from './http-problem';
import type { Application } from './http-settings';
import type { RateLimits } from './rate-limits';

const BEARER = /^Bearer +([^\s]+) *$/i;

/** `Authorization: Bearer <token>`. */
export function byToken(applications: readonly Application[], limits: Pick<RateLimits, 'admit'>): WayIn {
  const find = tokenSearch(applications);
  return {
    isTriedBy: (ctx) => ctx.get('Authorization') !== '',
    client: (ctx, address) => {
      const found = find(BEARER.exec(ctx.get('Authorization'))?.[1] ?? '');
      if (found === undefined) throw notAuthenticated('no such token');
      limits.admit(found.client.application, address, found.name);
      return found.client;
    },
  };
}

/** `name`: what it can be told from others by. */
type Known = { readonly hash: Buffer; readonly name: string; readonly client: Client };

/** Compares with every token there is, always, so that the time tells nothing. */
function tokenSearch(applications: readonly Application[]): (token: string) => Known | undefined {
  const known: readonly Known[] = applications.flatMap((application) =>
    application.tokens.map(({ hash, role }) => ({
      hash: Buffer.from(hash, 'hex'),
      name: hash,
      client: { application, role },
    })),
  );
  return (token) => {
    const hash = createHash('sha256').update(token).digest();
    return known.filter((each) => timingSafeEqual(each.hash, hash))[0];
  };
}
