import { z } from 'zod';
import type { Aliases } from '../operation';
import { SUCCESS } from '../text';
import { aliasProperties } from './aliases';
import type { DescribedAnswer, DescribedEndpoint } from './described-endpoint';
import { examplesOf } from './examples';
import { FailureResponses, type Json } from './failure-responses';
import { ABOUT, SECURITY_SCHEMES, SERVERS, TAGS, TAGS_OF_OTHERS, WAYS_IN } from './introduction';
import { JsonSchemas, type JsonSchema } from './json-schemas';
import { parametersOf } from './parameters';
import { type DescribedEvent, SENDING, webhooksOf } from './webhooks';

/**
 * The answers and events in it are made of the same schemas that the compiler checks, and the requests of those that
 * check them.
 */
export type OpenApiDocument = {
  readonly openapi: '3.1.0';
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly webhooks: Readonly<Record<string, Json>>;
  readonly components: Readonly<Record<string, Json>>;
} & Json;

export function openApiDocument(
  endpoints: readonly DescribedEndpoint[],
  events: readonly DescribedEvent[],
): OpenApiDocument {
  const schemas = new JsonSchemas();
  const failures = new FailureResponses();
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    (paths[endpoint.path] ??= {})[endpoint.method] = operationObject(endpoint, schemas, failures);
  }
  return {
    openapi: '3.1.0',
    ...ABOUT,
    servers: SERVERS.bases,
    security: WAYS_IN,
    tags: TAGS,
    paths,
    webhooks: webhooksOf(events, schemas),
    components: {
      schemas: schemas.components,
      parameters: SENDING.parameters,
      responses: { ...failures.responses, ...SENDING.responses },
      examples: failures.examples,
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function operationObject(endpoint: DescribedEndpoint, schemas: JsonSchemas, failures: FailureResponses): Json {
  const { below, role, summary } = endpoint;
  const parameters = parametersOf(endpoint, schemas);
  return {
    operationId: operationId(endpoint),
    tags: [tagOf(endpoint)],
    summary,
    ...(below !== 'bases' && { servers: SERVERS[below] }),
    ...(role === null ? { security: [] } : { description: `Needs the role \`${role}\`.`, 'x-role': role }),
    ...(parameters.length > 0 && { parameters }),
    ...requestBody(endpoint, schemas),
    responses: { '200': success(endpoint.answer, schemas), ...failures.of(endpoint.failures) },
  };
}

/** `post /callcenter/agent/{name}/call_out` is `postAgentByNameCallOut`. */
function operationId({ method, path }: DescribedEndpoint): string {
  const parts = path
    .replace(/^\/callcenter/, '')
    .replace(/\{/g, 'by_')
    .split(/\W|_/)
    .filter((part) => part !== '');
  return method + parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join('');
}

function tagOf({ below, path }: DescribedEndpoint): string {
  if (below !== 'bases') return 'service';
  const [, , thing = ''] = path.split('/');
  return TAGS_OF_OTHERS[thing] ?? thing;
}

function requestBody({ body, content, aliases = {} }: DescribedEndpoint, schemas: JsonSchemas): Json {
  if (content !== undefined) {
    const media = content.types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]);
    return { requestBody: { required: true, content: Object.fromEntries(media) as Json } };
  }
  if (body === undefined) return {};
  const schema = withAliases(schemas.sent(body), aliases);
  const required = schema.oneOf !== undefined || schema.required !== undefined;
  return { requestBody: { required, content: { 'application/json': { schema, ...examples(schemas, schema) } } } };
}

function withAliases(schema: JsonSchema, aliases: Aliases): JsonSchema {
  const { properties } = schema;
  if (properties === undefined) return schema;
  return { ...schema, properties: { ...properties, ...aliasProperties(properties, aliases) } };
}

function success(answer: DescribedAnswer, schemas: JsonSchemas): Json {
  const headers = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } };
  if ('mediaType' in answer) {
    const { mediaType, about, says, example } = answer;
    const read = says && { contentMediaType: mediaType, contentSchema: schemas.answered(says) };
    const schema = mediaType === 'application/json' ? { type: 'object' } : { type: 'string', ...read };
    return {
      description: about,
      headers,
      content: { [mediaType]: { schema, ...(example !== undefined && { example }) } },
    };
  }
  const schema = schemas.answered(envelopeOf(answer.data));
  return {
    description: SUCCESS.en,
    headers,
    content: { 'application/json': { schema, ...examples(schemas, schema) } },
  };
}

function envelopeOf(data: z.ZodType): z.ZodType {
  return z.object({ code: z.literal('000000'), msg: z.string().meta({ examples: [SUCCESS.en] }), data });
}

/** One, or one for each kind of what may be sent. */
function examples(schemas: JsonSchemas, schema: JsonSchema): Json {
  const values = examplesOf(schemas, schema);
  if (values.length === 1) return { example: values[0] };
  const named = values.map((value, index) => [schema.oneOf?.[index]?.title ?? `example ${index + 1}`, { value }]);
  return { examples: Object.fromEntries(named) as Json };
}

const HEADERS = {
  'X-Request-Id': {
    description: 'under which the log has the request: the one that was sent, else a new one',
    schema: { type: 'string' },
    example: 'f47ac10b58cc4372a5670e02b2c3d479',
  },
  'Retry-After': {
    description: 'seconds after which it is worth another try',
    schema: { type: 'string', pattern: '^[0-9]+$' },
    example: '2',
  },
  'WWW-Authenticate': { description: 'how to authenticate', schema: { type: 'string' }, example: 'Bearer' },
};
