import { EXAMPLE } from '../example-values';
import { aliasProperties } from './aliases';
import type { DescribedEndpoint } from './described-endpoint';
import type { Json } from './failure-responses';
import type { JsonSchemas, JsonSchema } from './json-schemas';

/** Of path, query and header, aliases last. */
export function parametersOf(endpoint: DescribedEndpoint, schemas: JsonSchemas): readonly Json[] {
  const { path, query, headers = [], aliases = {} } = endpoint;
  const sent = query === undefined ? {} : schemas.sent(query);
  const { properties = {}, required = [] } = sent;
  return [
    ...pathParameters(path),
    ...Object.entries(properties).map(([name, schema]) => queryParameter(name, schema, required.includes(name))),
    ...headers.map(({ name, about, example }) => ({
      name,
      in: 'header',
      description: about,
      schema: { type: 'string' },
      example,
    })),
    ...Object.entries(aliasProperties(properties, aliases)).map(([name, { deprecated, ...schema }]) => ({
      ...queryParameter(name, schema, false),
      deprecated,
    })),
  ];
}

function queryParameter(name: string, { description, ...schema }: JsonSchema, required: boolean): Json {
  return {
    name,
    in: 'query',
    ...(required && { required }),
    ...(description !== undefined && { description }),
    schema,
  };
}

/** What is named by the part of the path before it. */
const NAMED: Readonly<Record<string, { readonly about: string; readonly example: string }>> = {
  agent: { about: 'name of the agent', example: EXAMPLE.agent },
  plan: { about: 'name of the plan', example: EXAMPLE.plan },
  sound: { about: 'name of the sound', example: EXAMPLE.sound },
  extension: { about: 'id of the extension', example: EXAMPLE.id },
  condition: { about: 'id of the condition', example: EXAMPLE.id },
  queue: { about: 'id of the queue task', example: EXAMPLE.id },
  conversation: { about: 'id of the conversation', example: EXAMPLE.id },
  call: { about: "id of the member's call", example: EXAMPLE.id },
  event: { about: 'event_id of the event', example: EXAMPLE.id },
};

function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/(\w+)\/\{(\w+)\}/g)].map(([, before = '', name]) => {
    const { about, example } = NAMED[before]!;
    return { name, in: 'path', required: true, description: about, schema: { type: 'string' }, example };
  });
}
