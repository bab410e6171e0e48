import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventJson, EVENTS } from '../../src/adapters/http/event-json';
import { HttpCallbacks } from '../../src/adapters/webhook/http-callbacks';
import type { AgentName, ConversationId, EventId, Instant } from '../../src/domain/ids';
import { EVENT_NAMES, JOURNAL_NAMES } from '../../src/domain/notification';
import {
  API,
  DESCRIBED,
  type DescribedWebhook,
  type Parameter,
  problemsOf,
  type Response,
  resolved,
} from '../support/api-document';
import { deviationOfEvent, unseenIn } from '../support/described-events';
import { APP } from '../support/worlds';

const webhooks = Object.entries(API.webhooks).map(([name, { post }]) => [name, post] as const);
const bodyOf = ({ requestBody }: DescribedWebhook) => requestBody.content['application/json']!;
const operation = (path: string) => DESCRIBED.find((each) => each.path === path && each.method === 'GET')!;

/** What the document has of the success of an operation. */
const answerOf = (path: string, mediaType: string): string =>
  JSON.stringify(resolved<Response>(operation(path).responses['200']!).content[mediaType]!.schema);

type Described = { readonly properties: object; readonly required: readonly string[] };

const EVENT_ID = '2'.repeat(32) as EventId;
const joined = eventJson(
  {
    event: 'callcenter.agent.conversation_changed',
    app: APP,
    name: 'ann' as AgentName,
    type: 'enter',
    conversationId: '1'.repeat(32) as ConversationId,
    currentTime: 7 as Instant,
    userData: null,
  },
  EVENT_ID,
  3,
);

const OF_HTTP = ['host', 'connection', 'content-type', 'content-length'];
/** Of what is posted to a URL with two secrets. */
let headers: IncomingHttpHeaders;

beforeAll(async () => {
  const server = createServer((request, response) => {
    headers = request.headers;
    request.resume().once('end', () => response.writeHead(204).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const callbacks = new HttpCallbacks('any');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const secrets = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  await callbacks.post({ app: APP, url, secrets }, { id: EVENT_ID, body: joined });
  callbacks.close();
  server.close();
});

test('what receivers are told of is described, and nothing else', () => {
  expect(webhooks.map(([name]) => name)).toEqual([...EVENT_NAMES]);
});

test('each has a name of its own, which no operation has', () => {
  const names = [...DESCRIBED, ...webhooks.map(([, webhook]) => webhook)].map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
});

test.each(webhooks)('%s: what it shows is as it says', (name, webhook) => {
  const { schema, example } = bodyOf(webhook);
  expect(problemsOf(schema!, example)).toBe('');
  expect(deviationOfEvent(JSON.stringify(example))).toBe('');
  expect(example).toMatchObject({ event: name });
});

test.each(webhooks)('%s: it has the headers that a receiver gets', (_, { parameters }) => {
  const described = parameters.map((each) => resolved<Parameter>(each));
  const named = described.map(({ name }) => name.toLowerCase()).sort();

  const got = Object.keys(headers).filter((each) => !OF_HTTP.includes(each));
  expect(named).toEqual(got.sort());
  for (const { name, schema, example } of described) {
    expect(problemsOf(schema, headers[name.toLowerCase()])).toBe('');
    expect(problemsOf(schema, example)).toBe('');
  }
});

test.each(webhooks)('%s: any 2xx is one answer, everything else the other', (_, { responses }) => {
  expect(Object.keys(responses)).toEqual(['2XX', 'default']);
});

test('live stream, journals and deliveries have the events that receivers are sent, journals their times too', () => {
  const { Event: event, JournalEntry: entry, Delivery: delivery, ...schemas } = API.components.schemas;
  const sent = webhooks.map(([, webhook]) => bodyOf(webhook).schema);
  expect(event).toMatchObject({ oneOf: sent });
  expect(entry).toMatchObject({ oneOf: [...sent, ...JOURNAL_NAMES].map(() => expect.anything() as unknown) });
  for (const { title } of EVENTS) {
    const { properties, required } = schemas[title] as Described;
    expect(schemas[`${title}Entry`]).toMatchObject({ properties, required: [...required, 'time'] });
  }
  expect(delivery).toMatchObject({ properties: { event: { $ref: '#/components/schemas/Event' } } });
  expect(answerOf('/callcenter/events', 'text/event-stream')).toContain('"#/components/schemas/Event"');
  for (const path of ['/callcenter/event/{id}', '/callcenter/conversation/{id}/events']) {
    expect(answerOf(path, 'application/json')).toContain('"#/components/schemas/JournalEntry"');
  }
});

describe('an event is not taken for what is described', () => {
  const changed = (changes: object) => JSON.stringify({ ...(JSON.parse(joined) as object), ...changes });

  test.each([
    ['as it is', {}, /^$/],
    ['with a key more', { more: 1 }, /additional/],
    ['without a key', { name: undefined }, /name/],
    ['with a key that is empty', { user_data: null }, /user_data/],
    ['with another type', { current_time: '7' }, /current_time/],
    ['with another value', { type: 'leave' }, /type/],
    ['under another name', { event: 'callcenter.agent.gone' }, /is not described/],
  ])('%s', (_, changes, problem) => {
    expect(deviationOfEvent(changed(changes))).toMatch(problem);
  });

  test('nor for one that was not there', () => {
    const unseen = unseenIn([joined]);
    expect(unseen).toContain('callcenter.queue.select event');
    expect(unseen).toContain('callcenter.agent.conversation_changed type exit');
    expect(unseen).toContain('callcenter.agent.conversation_changed user_data');
    expect(unseen).not.toContain('callcenter.agent.conversation_changed type enter');
  });
});
