import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../../scripts/phone-farm/eventually';
import type { AgentName, AppId, ConversationId } from '../../src/domain/ids';
import { startTestServer, type TestServer } from '../support/http-client';
import { idOf } from '../support/http-objects';
import { anEventRecord } from '../support/recording-events';

let server: TestServer;
const readers: Reader[] = [];
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  readers.splice(0).forEach((reader) => reader.leave());
  await server.close();
});

type Reader = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly ids: () => readonly number[];
  readonly text: () => string;
  readonly response: IncomingMessage;
  readonly leave: () => void;
};

async function reads(query = '', headers: Readonly<Record<string, string>> = {}): Promise<Reader> {
  const request = get({ host: '127.0.0.1', port: server.port, path: `/v1/callcenter/events${query}`, headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  response.on('error', () => undefined);
  const ids = (): readonly number[] => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => parseInt(id!, 16));
  const reader: Reader = {
    status: response.statusCode!,
    headers: response.headers,
    ids,
    text: () => text,
    response,
    leave: () => request.destroy(),
  };
  readers.push(reader);
  return reader;
}

const WITHIN_MS = 4_000;

/** The events that a reader got, as soon as they are so many. */
async function got({ ids }: Reader, count: number): Promise<readonly number[]> {
  await eventually(
    () => ids().length >= count,
    WITHIN_MS,
    () => `the reader should get ${count} events, not ${ids().length}`,
  );
  return ids();
}

async function untilFollowers(count: number): Promise<void> {
  const { events } = server.callCenter;
  await eventually(
    () => events.followers === count,
    WITHIN_MS,
    () => `${count} should follow, not ${events.followers}`,
  );
}

/** Follows already, and has read what it had missed. */
async function isLive(count = 1): Promise<void> {
  await untilFollowers(count);
  await wait(20);
}

test('a reader gets what is told from now on, as it is sent to callbacks', async () => {
  const { events } = server.callCenter;
  events.tell(anEventRecord(1));
  const reader = await reads();
  await isLive();
  events.tell(anEventRecord(2), anEventRecord(3, { app: 'other' as AppId }));

  expect(await got(reader, 1)).toEqual([2]);
  const { id, event, body } = anEventRecord(2);
  expect(reader.text()).toContain(`id: ${id}\nevent: ${event}\ndata: ${body}\n\n`);
  expect(reader.headers['content-type']).toBe('text/event-stream; charset=utf-8');
});

test('given the id that it had last, it gets all that it has missed, whatever is told meanwhile', async () => {
  const { events } = server.callCenter;
  events.records.push(...Array.from({ length: 1_200 }, (_, index) => anEventRecord(index + 1)));
  let reads500 = 0;
  events.beforeReading = async () => {
    if (reads500++ === 1) events.tell(anEventRecord(1_201), anEventRecord(1_202));
  };
  const reader = await reads('', { 'Last-Event-ID': idOf(100) });

  expect(await got(reader, 1_102)).toHaveLength(1_102);
  events.tell(anEventRecord(1_203));
  expect(await got(reader, 1_103)).toHaveLength(1_103);
  expect(reader.ids()).toEqual(Array.from({ length: 1_103 }, (_, index) => index + 101));
});

test('a reader gets what its filters let through', async () => {
  const { events } = server.callCenter;
  const ann = 'ann' as AgentName;
  const two = idOf<ConversationId>(2);
  const state = 'callcenter.agent.state_changed';
  const [byAgent, byConversation, byEvent] = await Promise.all([
    reads('?agent=ann'),
    reads(`?conversation=${two}`),
    reads(`?event=${state}&conversation=`),
  ]);
  await isLive(3);
  events.tell(
    anEventRecord(1),
    anEventRecord(2, { agent: ann }),
    anEventRecord(3, { conversation: two }),
    anEventRecord(4, { event: state, agent: ann, conversation: null }),
  );

  expect(await got(byAgent, 2)).toEqual([2, 4]);
  expect(await got(byConversation, 1)).toEqual([3]);
  expect(await got(byEvent, 1)).toEqual([4]);
});

test.each([
  ['?event=callcenter.nothing', {}, 'event'],
  ['?agent=a%20b', {}, 'agent'],
  ['', { 'Last-Event-ID': '12' }, 'Last-Event-ID'],
])('%s with %p is refused', async (query, headers, parameter) => {
  const reader = await reads(query, headers);
  await once(reader.response, 'end');

  expect(reader.status).toBe(400);
  expect(JSON.parse(reader.text())).toMatchObject({ code: '000001', msg: expect.stringContaining(parameter) });
});

test('given a reader that reads nothing, it is cut, and the others go on', async () => {
  const { events } = server.callCenter;
  const [slow, other] = [await reads(), await reads()];
  slow.response.pause();
  await isLive(2);
  const body = JSON.stringify({ text: 'x'.repeat(100_000) });
  for (let number = 1; number <= 200; number++) {
    events.tell(anEventRecord(number, { body }));
    await wait(1);
  }

  await untilFollowers(1);
  expect(await got(other, 200)).toHaveLength(200);
});

test('given a reader that leaves, nothing is kept of it', async () => {
  const reader = await reads();
  await isLive();
  reader.leave();

  await untilFollowers(0);
});

test('given more readers than an application may have, the next is refused', async () => {
  await Promise.all(Array.from({ length: 100 }, () => reads()));
  await isLive(100);
  const refused = await reads();
  await once(refused.response, 'end');

  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '10']);
  expect(JSON.parse(refused.text())).toMatchObject({ code: '000005' });
});

test('given the server closes, the stream ends, and nobody waits for it', async () => {
  const reader = await reads();
  await isLive();
  const ended = once(reader.response, 'end');
  await server.close();

  await ended;
});
