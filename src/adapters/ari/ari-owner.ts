import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/**
 * Who serves an application in Asterisk is connected under a second name, of its own: `parley@host.1234.0f3a`. It is gone
 * with its WebSocket, while the name of the application stays as long as there are calls in it (measured on 22.10).
 * No application of anybody's can be called like that: a setting takes no `@`.
 */
export function newOwnerName(application: string): string {
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, '-');
  return `${application}@${host}.${process.pid}.${randomBytes(4).toString('hex')}`;
}

/** In words, the first among Asterisk's applications that serves this one; undefined: nobody does. */
export function ownerAmong(names: readonly string[], application: string): string | undefined {
  const name = names.find((each) => each.startsWith(`${application}@`));
  if (name === undefined) return undefined;
  const [, host, pid] = /@(.+)\.(\d+)\.[0-9a-f]+$/.exec(name) ?? [];
  return host === undefined ? name : `process ${pid} on ${host}`;
}
