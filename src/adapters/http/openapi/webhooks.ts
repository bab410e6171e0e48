import type { z } from 'zod';
import { EXAMPLE } from '../example-values';
import { exampleOf } from './examples';
import type { Json } from './failure-responses';
import type { JsonSchemas } from './json-schemas';

/** What the description of the API says of one event. */
export type DescribedEvent = {
  readonly name: string;
  /** The name in one word. */
  readonly title: string;
  /** When it is told. */
  readonly about: string;
  readonly schema: z.ZodType;
};

/** What we send to callback URLs, by the name of the event. */
export function webhooksOf(
  events: readonly DescribedEvent[],
  schemas: JsonSchemas,
): Readonly<Record<string, Json>> {
  return Object.fromEntries(events.map((event) => [event.name, { post: sent(event, schemas) }]));
}

function sent({ title, about, schema }: DescribedEvent, schemas: JsonSchemas): Json {
  const body = schemas.answered(schema);
  return {
    operationId: `on${title}`,
    tags: ['event'],
    summary: about,
    security: [],
    parameters: Object.keys(SENDING.parameters).map((each) => ({ $ref: `#/components/parameters/${each}` })),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: body, example: exampleOf(schemas, body) } },
    },
    responses: {
      '2XX': { $ref: '#/components/responses/delivered' },
      default: { $ref: '#/components/responses/not-delivered' },
    },
  };
}

const header = (name: string, description: string, schema: Json, example: string): Json => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string', ...schema },
  example,
});

/** How every event is sent. */
export const SENDING = {
  parameters: {
    'webhook-id': header(
      'webhook-id',
      'the event_id: the same whenever the event is sent again',
      {},
      EXAMPLE.eventId,
    ),
    'webhook-timestamp': header(
      'webhook-timestamp',
      'when this attempt was made, in seconds since the epoch',
      { pattern: '^[0-9]+$' },
      String(EXAMPLE.time / 1000),
    ),
    'webhook-signature': header(
      'webhook-signature',
      'as in Standard Webhooks: for each secret of the URL `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, with a space between',
      { pattern: '^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$' },
      'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
    ),
    'User-Agent': header('User-Agent', 'who sends it', { const: 'Parley' }, 'Parley'),
  },
  responses: {
    delivered: { description: 'It has arrived. The body of the answer does not count.' },
    'not-delivered': {
      description:
        'Any other status, a redirect too, and no answer within 5 s: it is sent again, after 1 s, 2 s, 4 s and so on, never later than 15 minutes. After 24 hours it is set aside: `GET delivery` lists it.',
    },
  },
} as const;
