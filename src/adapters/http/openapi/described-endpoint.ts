import type { z } from 'zod';
import { type RefusalReason, Refusal } from '../../../domain/refusal';
import type { ClientRole } from '../client-role';
import {
  addressNotAllowed,
  applicationDisabled,
  type HttpProblem,
  notAuthenticated,
  rateLimited,
  roleTooLow,
  unknownFailure,
} from '../http-problem';
import { type Aliases, type ContentRule, hasSchema, type Method, type Operation } from '../operation';
import { problemOf } from '../refusal-problem';
import { contentOfOtherType, MAX_JSON_BYTES, notJson, tooLarge } from '../request-body';

/** What the description of the API says of one endpoint. */
export type DescribedEndpoint = {
  readonly method: Method;
  readonly path: string;
  /** `root`: its path is all there is; else it is below one of the bases. */
  readonly below: 'root' | 'version' | 'bases';
  readonly summary: string;
  /** What its caller must be allowed to do; null: anybody may call it. */
  readonly role: ClientRole | null;
  readonly query?: z.ZodType;
  readonly headers?: readonly DescribedHeader[];
  readonly body?: z.ZodType;
  readonly content?: ContentRule;
  readonly aliases?: Aliases;
  readonly answer: DescribedAnswer;
  readonly failures: Failures;
};

type DescribedHeader = { readonly name: string; readonly about: string; readonly example: string };

/** Data in the envelope, or something else; `says`: what a text stands for, once it is read. */
export type DescribedAnswer =
  | { readonly data: z.ZodType }
  | { readonly mediaType: string; readonly about: string; readonly says?: z.ZodType; readonly example?: string };

/** By the name under which it is shown, with an example of its message. */
export type Failures = Readonly<Record<string, HttpProblem>>;

export const FAILURES_OF_PROCESS: Failures = { 'unknown-failure': unknownFailure() };

/** What may go wrong wherever somebody has to be allowed in. */
export const FAILURES_OF_ALL: Failures = {
  ...FAILURES_OF_PROCESS,
  'not-authenticated': notAuthenticated(''),
  'application-disabled': applicationDisabled(),
  'address-not-allowed': addressNotAllowed(),
  'rate-limited': rateLimited(1),
  ...refusals('busy'),
};

export const WRONG_PARAMETER: Failures = refusals('parameter-illegal');

const IDEMPOTENCY_KEY: DescribedHeader = {
  name: 'Idempotency-Key',
  about: 'sent again with the same key within 24 hours, the same request gets the first answer and starts nothing',
  example: 'order-4711-call-1',
};

export function describedOperation(operation: Operation): DescribedEndpoint {
  const { method, path, summary, role, query, body, content, aliases, data, takesIdempotencyKey } = operation;
  return {
    method,
    path,
    below: 'bases',
    summary,
    role,
    ...(hasSchema(query) && { query }),
    ...(hasSchema(body) && { body }),
    ...(content !== null && { content }),
    aliases,
    ...(takesIdempotencyKey && { headers: [IDEMPOTENCY_KEY] }),
    answer: { data },
    failures: failuresOf(operation),
  };
}

function failuresOf({ method, query, role, content, refusals: reasons }: Operation): Failures {
  const takesBody = method === 'post' || method === 'put';
  return {
    ...FAILURES_OF_ALL,
    ...(role !== 'read' && { 'role-too-low': roleTooLow('read', role) }),
    ...((takesBody || hasSchema(query)) && WRONG_PARAMETER),
    ...(takesBody && bodyFailures(content)),
    ...refusals(...reasons),
  };
}

function bodyFailures(content: ContentRule | null): Failures {
  return content === null
    ? { 'body-too-large': tooLarge(MAX_JSON_BYTES), 'not-json': notJson() }
    : { 'content-too-large': tooLarge(content.maxBytes), 'other-type': contentOfOtherType(content.types) };
}

function refusals(...reasons: readonly RefusalReason[]): Failures {
  return Object.fromEntries(reasons.map((reason) => [reason, problemOf(new Refusal(reason))]));
}
