import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TelephonyUnavailable } from '../../ports/telephony';
import type { RestAnswer, RestRequest } from './ari-api';
import { authorization, type Access } from './ari-web-socket';

/**
 * ARI over HTTP, with results as they come: ari-client makes an object with all operations of every channel, bridge and
 * endpoint that it reads of.
 *
 * @throws TelephonyUnavailable when nobody is there, the connection is lost, or `signal` ends it.
 */
export function sendOverHttp(
  access: Access,
  { method, uri, body }: RestRequest,
  signal: AbortSignal,
): Promise<RestAnswer> {
  const url = new URL(access.url);
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  const headers = { authorization: authorization(access), ...content };
  const options = { method, path: `/ari/${uri}`, headers, signal };
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new TelephonyUnavailable(reasonOf(error)));
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode!, text: Buffer.concat(parts).toString() }));
    });
    request.on('error', fail);
    request.on('close', () => fail(new Error('the connection was closed without an answer'))); // After one it changes nothing.
    request.end(body);
  });
}

/** Node hides it where it has tried several addresses, or was told to end. */
function reasonOf(error: Error & { readonly errors?: readonly Error[] }): string {
  return (error.errors?.[0] ?? (error.cause as Error | undefined) ?? error).message;
}
