import { z } from 'zod';
import type { RefusalReason } from '../../domain/refusal';
import type { Once } from '../../ports/call-center';
import type { ClientRole } from './client-role';
import type { Application } from './http-settings';
import { fingerprintOf } from './idempotency-key';
import { schemaProblem } from './schema-problem';
import type { Language } from './text';

/** The names in braces: every one is a string, and whether it names anything is not the path's business. */
type PathParams<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Each in Name]: string } & PathParams<Rest>
  : unknown;

type Described<Path extends string, Query extends z.ZodType, Body extends z.ZodType, Data extends z.ZodType> = {
  readonly method: Method;
  /** Below the base URL: `/callcenter/agent/{name}`. */
  readonly path: Path;
  readonly summary: string;
  /** What its caller must be allowed to do, at least. */
  readonly role: ClientRole;
  readonly query?: Query;
  readonly body?: Body;
  /** The body is no JSON but this. */
  readonly content?: ContentRule;
  /**
   * A repeat would start a second thing, so it takes `Idempotency-Key`: who sends the same again with the same key gets the
   * first answer. To be handed on as `once`. Others do no harm when they are repeated.
   */
  readonly takesIdempotencyKey?: true;
  /** Other names of parameters that existing clients use: what they write, and the name that it stands for. */
  readonly aliases?: Aliases;
  /** Of the answer. Left out where there is nothing to tell but that it is done: `run` gives null, and the client gets `true`. */
  readonly data?: Data;
  /** On top of a parameter error. */
  readonly refusals: readonly RefusalReason[];
  readonly run: (request: {
    readonly application: Application;
    /** Of whom asks. */
    readonly role: ClientRole;
    readonly params: PathParams<Path>;
    readonly query: z.output<Query>;
    readonly body: z.output<Body>;
    /** What was sent, where `content` is described; else nothing. */
    readonly content: Uint8Array;
    /** Of the answer, for what is explained in it. */
    readonly language: Language;
    /** Given where `takesIdempotencyKey` is described and the client has sent one. */
    readonly once: Once | undefined;
  }) => Promise<z.input<Data>>;
};

export type Aliases = Readonly<Record<string, string>>;
export type Method = 'get' | 'post' | 'put' | 'delete';

/** Bytes of certain media types. A client that names no type is believed. */
export type ContentRule = {
  /** Patterns of the type, without its parameters, in lower case: `audio/*`. */
  readonly types: readonly string[];
  readonly maxBytes: number;
};

type OperationRequest = {
  readonly application: Application;
  readonly role: ClientRole;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly content: Uint8Array;
  readonly language: Language;
  readonly idempotencyKey: string | undefined;
};

/** One endpoint as data: the route, its checks and its documentation are made from it. */
export type Operation = {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly role: ClientRole;
  readonly query: z.ZodType;
  readonly body: z.ZodType;
  readonly content: ContentRule | null;
  readonly takesIdempotencyKey: boolean;
  readonly aliases: Aliases;
  readonly data: z.ZodType;
  readonly refusals: readonly RefusalReason[];
  /** @throws HttpProblem for a wrong parameter, Refusal for what the engine will not do. */
  readonly answer: (request: OperationRequest) => Promise<unknown>;
};

const NOTHING = z.unknown();
const DONE = z.literal(true);

/** Whether it says anything of what is sent. */
export function hasSchema(schema: z.ZodType): boolean {
  return schema !== NOTHING;
}

export function operation<
  const Path extends string,
  Data extends z.ZodType = z.ZodNull,
  Query extends z.ZodType = z.ZodUnknown,
  Body extends z.ZodType = z.ZodUnknown,
>(described: Described<Path, Query, Body, Data>): Operation {
  const { run, data, query = NOTHING, body = NOTHING, content = null, aliases = {}, ...rest } = described;
  const takesIdempotencyKey = described.takesIdempotencyKey === true;
  return {
    ...rest,
    query,
    body,
    content,
    takesIdempotencyKey,
    refusals: takesIdempotencyKey ? [...rest.refusals, 'idempotency-key-used'] : rest.refusals,
    aliases,
    data: data ?? DONE,
    answer: async ({ application, role, params, content, language, idempotencyKey: key, ...sent }) => {
      const readBody = readParameters(body, aliases, sent.body) as z.output<Body>;
      const answer = await run({
        application,
        role,
        params: params as PathParams<Path>, // The router fills in the names that the path has.
        query: readParameters(query, aliases, sent.query) as z.output<Query>,
        body: readBody,
        content,
        language,
        once: key === undefined ? undefined : { key, fingerprint: fingerprintOf(rest, params, readBody) },
      });
      return data === undefined ? true : answer;
    },
  };
}

/** Where a parameter comes under both of its names, the name of this API counts. */
export function readParameters(
  schema: z.ZodType,
  aliases: Aliases,
  sent: Readonly<Record<string, unknown>>,
): unknown {
  if (schema === NOTHING) return {};
  const used = Object.entries(aliases).filter(([alias, name]) => isGiven(sent[alias]) && !isGiven(sent[name]));
  const given =
    used.length === 0
      ? sent
      : { ...sent, ...Object.fromEntries(used.map(([alias, name]) => [name, sent[alias]])) };
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  // With the values, for the text of the problem. To keep them takes three times as long as all else (measured, Node 20).
  const [issue] = schema.safeParse(given, { reportInput: true }).error!.issues;
  throw schemaProblem(issue!, (name) => used.find(([, each]) => each === name)?.[0] ?? name);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
