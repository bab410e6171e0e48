import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../../scripts/phone-farm/eventually';
import type { AgentName, AppId, ConversationId, EventId } from '../../src/domain/ids';
import { StorageUnavailable } from '../../src/ports/storage';
import { EventReader } from '../support/event-reader';
import { startTestServer, type TestServer } from '../support/http-client';
import { idOf } from '../support/http-objects';
import { anEventRecord } from '../support/recording-events';

const WITHIN_MS = 4_000;
/** What the connection itself needs goes on. */
const ALL_BUT_INTERVALS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;

let server: TestServer;
const readers: EventReader[] = [];
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  jest.useRealTimers();
  readers.splice(0).forEach((reader) => reader.leave());
  await server.close();
});

async function reads(query = '', headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
  const reader = await EventReader.open(server.port, query, headers);
  readers.push(reader);
  return reader;
}

/** The numbers of the events that a reader got, as soon as they are so many. */
async function got(reader: EventReader, count: number): Promise<readonly number[]> {
  return (await reader.got(count)).map((id) => parseInt(id, 16));
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
  expect(reader.text).toContain(`id: ${id}\nevent: ${event}\ndata: ${body}\n\n`);
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
  expect(await got(reader, 1_103)).toEqual(Array.from({ length: 1_103 }, (_, index) => index + 101));
});

test('given the id of one that is kept no longer, it is told so first, whatever it filters by, and then gets what is kept', async () => {
  const { events } = server.callCenter;
  events.records.push(...[7, 8, 9].map((number) => anEventRecord(number)));
  events.forgotten = idOf<EventId>(6);
  const after = { 'Last-Event-ID': idOf(3) };
  const [all, byAgent, late] = [
    await reads('', after),
    await reads('?agent=ann', after),
    await reads('', { 'Last-Event-ID': idOf(6) }),
  ];

  expect(await got(all, 4)).toEqual([6, 7, 8, 9]);
  const [lost] = all.said;
  expect(lost!.event).toBe('callcenter.events.lost');
  expect(JSON.parse(lost!.data)).toEqual({
    event: 'callcenter.events.lost',
    app_id: 'default',
    after: idOf(3),
    up_to: idOf(6),
  });
  expect(await got(byAgent, 1)).toEqual([6]);
  expect(byAgent.said).toEqual([lost]);
  expect(await got(late, 3)).toEqual([7, 8, 9]); // Nothing is missing behind the last that is forgotten.
});

test('given what a reader wants is forgotten while it is read, it is told so', async () => {
  const { events } = server.callCenter;
  events.records.push(...Array.from({ length: 600 }, (_, index) => anEventRecord(index + 1)));
  let pages = 0;
  events.beforeReading = async () => {
    if (pages++ === 0) return;
    events.records.splice(0, 590);
    events.forgotten = idOf<EventId>(590);
  };
  const reader = await reads('', { 'Last-Event-ID': idOf(1) });

  const last = Array.from({ length: 10 }, (_, index) => index + 591);
  expect((await got(reader, 511)).slice(501)).toEqual(last);
  const lost = reader.said[500]!;
  expect([lost.event, lost.id]).toEqual(['callcenter.events.lost', idOf(590)]);
});

test('given nothing is told, a comment comes every 15 seconds', async () => {
  jest.useFakeTimers({ doNotFake: [...ALL_BUT_INTERVALS] });
  const reader = await reads();
  await isLive();
  const beats = (): number => reader.text.match(/^:.*\n\n/gm)?.length ?? 0;
  jest.advanceTimersByTime(14_999);
  server.callCenter.events.tell(anEventRecord(1));
  await got(reader, 1);
  expect(beats()).toBe(0);

  for (const beat of [1, 2, 3]) {
    jest.advanceTimersByTime(beat === 1 ? 1 : 15_000);
    await eventually(
      () => beats() === beat,
      WITHIN_MS,
      () => `${beat} beats are due: ${reader.text}`,
    );
  }
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
  expect(JSON.parse(reader.text)).toMatchObject({ code: '000001', msg: expect.stringContaining(parameter) });
});

/** Events of about so many bytes. */
const large = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, index) =>
    anEventRecord(index + 1, { body: JSON.stringify({ text: 'x'.repeat(bytes) }) }),
  );

test('given more than a mebibyte in each page of what it has missed, a reader gets all of it', async () => {
  server.callCenter.events.records.push(...large(1_200, 3_000));
  const reader = await reads('', { 'Last-Event-ID': idOf(100) });

  expect(await got(reader, 1_100)).toEqual(Array.from({ length: 1_100 }, (_, index) => index + 101));
});

test('given more than a mebibyte told at once, a reader gets all of it, once, and what comes then', async () => {
  const { events } = server.callCenter;
  const reader = await reads();
  await isLive();
  events.tell(...large(3_000, 600));
  events.tell(anEventRecord(3_001));
  await got(reader, 3_001);
  events.tell(anEventRecord(3_002));

  expect(await got(reader, 3_002)).toEqual(Array.from({ length: 3_002 }, (_, index) => index + 1));
});

test('given a reader that reads nothing, the others go on, and it gets all of it when it reads', async () => {
  const { events } = server.callCenter;
  const [slow, other] = [await reads(), await reads()];
  slow.response.pause();
  await isLive(2);
  for (const event of large(200, 100_000)) {
    events.tell(event);
    await wait(1);
  }
  expect(await got(other, 200)).toHaveLength(200);

  slow.response.resume();
  expect(await got(slow, 200)).toHaveLength(200);
});

test.each([
  {
    what: 'the store is away',
    error: new StorageUnavailable('gone'),
    line: { level: 'warn', message: 'event stream cut, the store is away', problem: 'gone' },
  },
  {
    what: 'we make a mistake',
    error: new TypeError('x is not a function'),
    line: { level: 'error', message: 'event stream given up', error: expect.any(TypeError) },
  },
])(
  'given $what while a reader catches up, it gets what was read, the stream ends, and the log says why',
  async (given) => {
    const { events } = server.callCenter;
    events.records.push(...large(600, 3_000));
    let pages = 0;
    events.beforeReading = async () => {
      if (pages++ > 0) throw given.error;
    };
    const reader = await reads('', { 'Last-Event-ID': idOf(0) });
    const ended = once(reader.response, 'end');

    expect(await got(reader, 500)).toHaveLength(500);
    await ended;
    const lines = server.log.filter(({ level }) => level !== 'info');
    expect(lines).toEqual([{ ...given.line, requestId: expect.any(String) }]);
  },
);

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
  expect(JSON.parse(refused.text)).toMatchObject({ code: '000005' });
});

test('given the server closes, the stream ends, and nobody waits for it', async () => {
  const reader = await reads();
  await isLive();
  const ended = once(reader.response, 'end');
  await server.close();

  await ended;
});
