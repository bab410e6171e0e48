import { get, type IncomingMessage } from 'node:http';
import {
  DESCRIBED,
  describedAt,
  deviation,
  undescribed,
  type Described,
  type Response,
  resolved,
} from '../support/api-document';
import {
  type ApiRequest,
  RINGING_TASK,
  rightRequest,
  type Stage,
  type Way,
  WAYS_TO_FAIL,
} from '../support/api-requests';
import { ALL_MAY, type StagedServer, startStage } from '../support/api-stages';
import type { Received } from '../support/http-client';
import { untranslatedIn } from '../support/languages';

const AS_ALL_MAY = { Authorization: `Bearer ${ALL_MAY}` };
const STREAM = '/v1/callcenter/events';
const STREAMS_AT_ONCE = 100;

/** What is described but cannot be brought about here, and why. */
const OUT_OF_REACH: readonly (readonly [answer: string, operations: RegExp, why: string])[] = [
  ['500 000002', /^GET \/(healthz|openapi.json)$/, 'nothing in it can fail'],
  [
    '503 000004',
    /^\w+ \/callcenter\/(sound|events)/,
    'nothing of it is read from the store before the answer begins',
  ],
];

const nameOf = ({ method, path }: Described): string => `${method} ${path}`;

/** Status and code of all that an operation is described to be refused with. */
function failuresOf({ responses }: Described): readonly string[] {
  return Object.entries(responses).flatMap(([status, response]) => {
    if (status === '200') return [];
    const { schema } = resolved<Response>(response).content['application/json']!;
    const { properties } = schema as {
      readonly properties: { readonly code: { readonly enum: readonly string[] } };
    };
    return properties.code.enum.map((code) => `${status} ${code}`);
  });
}

const isOutOfReach = (name: string, failure: string): boolean =>
  OUT_OF_REACH.some(([answer, operations]) => answer === failure && operations.test(name));

const cases = DESCRIBED.flatMap((operation) =>
  failuresOf(operation).map((failure) => ({ name: nameOf(operation), failure, operation })),
);

const stages = new Map<Stage, StagedServer>();
const openStreams: IncomingMessage[] = [];

beforeAll(async () => {
  for (const stage of new Set(Object.values(WAYS_TO_FAIL).map(({ at }) => at))) {
    stages.set(stage, await startStage(stage));
  }
  const { port } = stages.get('crowded')!.server;
  const opened = Array.from({ length: STREAMS_AT_ONCE }, () => openStream(port));
  openStreams.push(...(await Promise.all(opened)));
}, 30_000);

afterAll(async () => {
  for (const stream of openStreams) stream.destroy();
  await Promise.all([...stages.values()].map(({ close }) => close()));
}, 30_000);

function openStream(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: STREAM, agent: false, headers: AS_ALL_MAY }, resolve).on('error', reject);
  });
}

/** Of a stream, which never ends, what comes first. */
async function beginningOf(port: number): Promise<Omit<Received, 'envelope'>> {
  const stream = await openStream(port);
  const [first] = (await stream.take(1).toArray()) as [Buffer];
  return { status: stream.statusCode!, headers: stream.headers, text: first.toString() };
}

/** As the one who may do everything, unless the request has credentials of its own. */
function send(
  { server, ringingTask }: StagedServer,
  { method, path, body, headers }: ApiRequest,
): Promise<Received> {
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  const named: unknown = isJson ? JSON.parse(JSON.stringify(body).replaceAll(RINGING_TASK, ringingTask)) : body;
  return server.send(method, path, { body: named, headers: { ...AS_ALL_MAY, ...headers } });
}

test.each(DESCRIBED.map((operation) => [nameOf(operation), operation] as const))(
  '%s succeeds as it is described',
  async (_, operation) => {
    const right = rightRequest(operation);
    const ownStage = right.method === 'GET' ? undefined : await startStage('usual');
    const staged = ownStage ?? stages.get('usual')!;
    const answer = right.path === STREAM ? await beginningOf(staged.server.port) : await send(staged, right);
    await ownStage?.close();

    expect([answer.status, deviation(operation, answer), answer.text]).toEqual([200, '', answer.text]);
  },
);

test.each(cases.filter(({ name, failure }) => !isOutOfReach(name, failure)))(
  '$name is refused as it is described: $failure',
  async ({ failure, operation }) => {
    const way: Way | undefined = WAYS_TO_FAIL[failure];
    if (way === undefined) throw new Error(`how does it come to ${failure}?`);
    const { status, envelope, headers, text } = await send(
      stages.get(way.at)!,
      way.change(rightRequest(operation)),
    );

    expect([`${status} ${envelope.code}`, deviation(operation, { status, headers, text })]).toEqual([failure, '']);
    expect(untranslatedIn(envelope.msg)).toEqual([]);
  },
);

test('what is said to be out of reach is described', () => {
  for (const [answer, operations] of OUT_OF_REACH) {
    const meant = cases.filter(({ name, failure }) => failure === answer && operations.test(name));
    expect(meant.length).toBeGreaterThan(0);
  }
});

test.each([
  ['DELETE', '/v1/callcenter/queue/1', '/callcenter/queue/{id}'],
  ['GET', '/v1/account/any/callcenter/agent/?state=idle', '/callcenter/agent'],
  ['GET', '/healthz', '/healthz'],
  ['GET', '/v1/healthz', undefined],
  ['PATCH', '/v1/callcenter/agent', undefined],
])('%s %s is described as %s, and a refusal that is not told there is found', (method, path, described) => {
  const operation = describedAt(method, path);
  const envelope = { code: '040502', msg: 'conversation is full', data: null };

  expect(operation?.path).toBe(described);
  expect(operation === undefined ? '' : undescribed(operation, { status: 409, envelope })).toBe(
    described === undefined ? '' : '409 040502 is not described',
  );
});

test('no answer is taken for what is not described', () => {
  const [operation] = DESCRIBED;
  const headers = { 'content-type': 'application/json', 'x-request-id': '1' };
  const success = { code: '000000', msg: 'success', data: null };

  expect(deviation(operation!, { status: 418, headers, text: '{}' })).toMatch('418');
  expect(deviation(operation!, { status: 200, headers, text: JSON.stringify(success) })).toMatch('data');
  expect(deviation(operation!, { status: 401, headers, text: '{"code":"000008","msg":"","data":null}' })).toMatch(
    'code',
  );
});
