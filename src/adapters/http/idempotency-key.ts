import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parameterProblem } from './http-problem';

const HEADER = 'Idempotency-Key';
const MOST_CHARACTERS = 255;

/** What the client tells a request and its repeats by; undefined: nothing. @throws HttpProblem */
export function idempotencyKeyIn({ headers }: IncomingMessage): string | undefined {
  const given = headers[HEADER.toLowerCase()] as string | undefined; // Node joins several of a header that it does not know.
  if (given === undefined) return undefined;
  if (/^[\x20-\x7e]+$/.test(given) && given.length <= MOST_CHARACTERS) return given;
  throw parameterProblem(HEADER, {
    zh: `应为 1 至 ${MOST_CHARACTERS} 个可打印的 ASCII 字符`,
    en: `must be 1 to ${MOST_CHARACTERS} printable ASCII characters`,
  });
}

/**
 * The same for requests that mean the same: the operation, what its path names, whatever the account, and the parameters
 * as they are understood. `path`: with the names in braces.
 */
export function fingerprintOf(
  { method, path }: { readonly method: string; readonly path: string },
  params: Readonly<Record<string, string>>,
  body: unknown,
): string {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => params[name!]);
  return createHash('sha256')
    .update(JSON.stringify([method, path, named, body]))
    .digest('hex');
}
