import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { describeApi } from '../../src/adapters/http/routes/document-routes';
import { OPERATIONS } from './described-operations';
import type { Received } from './http-client';

type Media = { readonly schema?: object; readonly example?: unknown; readonly examples?: Record<string, unknown> };
type Content = Readonly<Record<string, Media>>;
export type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly schema: object;
  readonly example?: unknown;
};
export type Response = { readonly headers?: Readonly<Record<string, Referring>>; readonly content: Content };
export type Referring = { readonly $ref: string };

/** As the document has it. */
export type Described = {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly 'x-role'?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Response | Referring>>;
  /** Where its path counts from, where that is not as for most. */
  readonly servers?: Servers;
};

/** What receivers are sent, as the document has it. */
export type DescribedWebhook = {
  readonly operationId: string;
  readonly parameters: readonly (Parameter | Referring)[];
  readonly requestBody: { readonly content: Content };
  readonly responses: Readonly<Record<string, unknown>>;
};

type Servers = readonly { readonly url: string }[];

type Document = {
  readonly servers: Servers;
  readonly webhooks: Readonly<Record<string, { readonly post: DescribedWebhook }>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Described, 'method' | 'path'>>>>>;
};

/** The description of the API that the server gives. */
export const API = describeApi(OPERATIONS) as unknown as Document;

export const DESCRIBED: readonly Described[] = Object.entries(API.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
);

const ROUTES = DESCRIBED.map((operation) => {
  const bases = (operation.servers ?? API.servers).map(({ url }) => (url === '/' ? '' : url));
  const path = `(?:${bases.join('|')})${operation.path}`.replace(/\{\w+\}/g, '[^/]+');
  return { operation, matcher: new RegExp(`^${path}/?$`) };
});

/** What the document says of whatever is asked for by this; undefined: nothing, there is no such operation. */
export function describedAt(method: string, path: string): Described | undefined {
  const [asked] = path.split('?', 1);
  return ROUTES.find(({ operation, matcher }) => operation.method === method && matcher.test(asked!))?.operation;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });

/** To a client more keys may come one day; here, each has to be described. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>).map(([key, each]) => [
    key,
    key.startsWith('example') ? each : closed(each),
  ]);
  const isObject = 'properties' in value && 'type' in value && !('additionalProperties' in value);
  return { ...Object.fromEntries(entries), ...(isObject && { additionalProperties: false }) };
}

ajv.addSchema(closed(API) as object, 'api');

const compiled = new Map<object, ValidateFunction>();

/** What is wrong with a value by a schema of the document; '' for nothing. */
export function problemsOf(schema: object, value: unknown): string {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    const text = JSON.stringify(closed(schema)).replaceAll('"#/', '"api#/');
    validate = ajv.compile(JSON.parse(text) as object);
    compiled.set(schema, validate);
  }
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

/** What the document has at the end of a reference. */
export function resolved<Target>(target: Target | Referring): Target {
  if (typeof target !== 'object' || target === null || !('$ref' in target)) return target;
  const names = target.$ref.split('/').slice(1);
  return names.reduce<unknown>((found, name) => (found as Record<string, unknown>)[name], API) as Target;
}

/** In what an answer is not as the document says; '' for nothing. */
export function deviation(operation: Described, { status, headers, text }: Omit<Received, 'envelope'>): string {
  const described = operation.responses[String(status)];
  if (described === undefined) return `status ${status} is not described: ${text}`;
  const { headers: expected = {}, content } = resolved<Response>(described);
  const mediaType = headers['content-type']?.split(';')[0] ?? '';
  const media = content[mediaType];
  if (media === undefined) return `${mediaType} is not described`;
  const value: unknown = mediaType === 'application/json' ? JSON.parse(text) : text;
  const ofHeaders = Object.entries(expected).map(([name, header]) => {
    const sent = headers[name.toLowerCase()];
    if (sent === undefined) return isOptional(name, status, value) ? '' : `${name} is missing`;
    return problemsOf(resolved<{ readonly schema: object }>(header).schema, sent);
  });
  return [...ofHeaders, problemsOf(media.schema ?? {}, value)].filter((each) => each !== '').join('; ');
}

/** A refusal that the document does not have for an operation; '' for none. What is said before it is known what is asked for is told once. */
export function undescribed(
  { responses }: Described,
  { status, envelope }: Pick<Received, 'status' | 'envelope'>,
): string {
  if (status === 200 || status === 417 || status === 431) return '';
  const described = responses[String(status)];
  const schema = described && resolved<Response>(described).content['application/json']?.schema;
  const { properties } = (schema ?? { properties: { code: { enum: [] } } }) as {
    readonly properties: { readonly code: { readonly enum: readonly string[] } };
  };
  return properties.code.enum.includes(envelope.code) ? '' : `${status} ${envelope.code} is not described`;
}

/** A number that has no line is refused with the same status as what may be asked again soon. */
function isOptional(header: string, status: number, value: unknown): boolean {
  return header === 'Retry-After' && status === 503 && (value as { readonly code: string }).code !== '000004';
}
