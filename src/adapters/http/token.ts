import { createHash, timingSafeEqual } from 'node:crypto';
import type { Client, WayIn } from './authentication';
import { notAuthenticated } from './http-problem';
import type { Application } from './http-settings';

const BEARER = /^Bearer +([^\s]+) *$/i;

/** `Authorization: Bearer <token>`. */
export function byToken(applications: readonly Application[]): WayIn {
  const find = tokenSearch(applications);
  return async (ctx) => {
    const header = ctx.get('Authorization');
    if (header === '') return undefined;
    const client = find(BEARER.exec(header)?.[1] ?? '');
    if (client === undefined) throw notAuthenticated('no such token');
    return client;
  };
}

/** Compares with every token there is, always, so that the time tells nothing. */
function tokenSearch(applications: readonly Application[]): (token: string) => Client | undefined {
  const known = applications.flatMap((application) =>
    application.tokens.map(({ hash, role }) => ({
      hash: Buffer.from(hash, 'hex'),
      client: { application, role, use: () => undefined },
    })),
  );
  return (token) => {
    const hash = createHash('sha256').update(token).digest();
    return known.filter((each) => timingSafeEqual(each.hash, hash))[0]?.client;
  };
}
