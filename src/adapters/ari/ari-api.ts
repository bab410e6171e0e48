import type { Client } from 'ari-client';
import { TelephonyUnavailable } from '../../ports/telephony';

/** The operations of ARI by resource, whatever carries their requests. Results are data alone: those of ari-client have operations of their own. */
export type AriApi = Pick<Client, 'applications' | 'asterisk' | 'bridges' | 'channels' | 'endpoints'> & {
  /** What is asked by it is carried out in the order in which it was asked, without waiting for answers in between. */
  readonly keepsOrder?: true;
};

/** One request of ARI. */
export type RestRequest = {
  readonly method: string;
  /** Without a slash at its beginning: with one, Asterisk answers 405 (22.10). */
  readonly uri: string;
  /** JSON. */
  readonly body?: string;
};

/** `text`: JSON, or empty. */
export type RestAnswer = { readonly status: number; readonly text: string };

/** Of a proxy before Asterisk, or of one that has not booted: whether it was carried out, nobody knows. */
const NOT_OF_ARI: readonly number[] = [502, 503, 504];

/** @throws Error with the text when Asterisk refuses. @throws TelephonyUnavailable */
export function resultOf({ status, text }: RestAnswer): unknown {
  if (NOT_OF_ARI.includes(status)) throw new TelephonyUnavailable(`HTTP status ${status}`);
  if (status >= 300) throw new Error(text || `HTTP status ${status}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** An operation as Asterisk itself describes it. */
export type Operation = {
  readonly method: string;
  /** `/channels/{channelId}/play`. */
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly paramType: string }[];
};

type Values = Readonly<Record<string, unknown>>;
type Operations<Each> = { readonly [resource: string]: { readonly [operation: string]: Each } };

/** ari-client has read Asterisk's description, and keeps it to itself. */
type Described = {
  readonly _swagger: {
    readonly apis: { readonly [resource: string]: { readonly operations: Operations<Operation>[string] } };
  };
};

/** The same operations with the same arguments and answers, by another way: `send` carries the requests. */
export function apiOver(client: Client, send: (request: RestRequest) => Promise<RestAnswer>): AriApi {
  const { apis } = (client as unknown as Described)._swagger;
  const api: Operations<(values?: Values) => Promise<unknown>> = Object.fromEntries(
    Object.entries(apis).map(([resource, { operations }]) => [
      resource,
      Object.fromEntries(
        Object.entries(operations).map(([name, operation]) => [
          name,
          async (values: Values = {}) => resultOf(await send(requestOf(operation, values))),
        ]),
      ),
    ]),
  );
  return api as unknown as AriApi;
}

/** One request after another, in no more time than it takes. Rejects with what the first that failed rejects with. */
export async function inOrder(
  api: AriApi,
  requests: readonly ((api: AriApi) => Promise<unknown>)[],
): Promise<void> {
  if (api.keepsOrder === true) {
    const results = await Promise.allSettled(requests.map((request) => request(api)));
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason as Error;
  } else {
    for (const request of requests) await request(api);
  }
}

/** @throws Error when a part of the path is missing. */
export function requestOf({ method, path, parameters }: Operation, values: Values): RestRequest {
  const named = (type: string): readonly string[] =>
    parameters
      .filter(({ name, paramType }) => paramType === type && values[name] !== undefined)
      .map(({ name }) => name);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === '') throw new Error(`${path}: ${name} is missing`);
    return encoded(value);
  });
  const query = named('query').map((name) => `${name}=${encoded(values[name])}`);
  const [inBody] = named('body');
  return {
    method: method.toUpperCase(),
    uri: [filled.replace(/^\//, ''), ...(query.length > 0 ? [query.join('&')] : [])].join('?'),
    ...(inBody === undefined ? {} : { body: JSON.stringify(bodyOf(inBody, values[inBody])) }),
  };
}

/** In the path and the query: several values are one, with commas. */
function encoded(value: unknown): string {
  return encodeURIComponent(Array.isArray(value) ? value.join(',') : (value as string | number | boolean));
}

/** These two go by their name inside of the body, all others are it. */
const NAMED_IN_BODY: readonly string[] = ['variables', 'fields'];

function bodyOf(name: string, value: unknown): unknown {
  return NAMED_IN_BODY.includes(name) ? { [name]: value } : value;
}
