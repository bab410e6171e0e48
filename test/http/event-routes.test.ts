import type { AppId, ConversationId, Instant } from '../../src/domain/ids';
import { startTestServer, type TestServer } from '../support/http-client';
import { aConversation, idOf } from '../support/http-objects';
import { anEventRecord } from '../support/recording-events';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const ELSEWHERE = { app: 'other' as AppId };

test('the journal of a conversation has its events as they were sent, in order, with times', async () => {
  const { events, conversations } = server.callCenter;
  conversations.push(aConversation(1));
  const another = anEventRecord(2, { conversation: idOf<ConversationId>(2) });
  events.records.push(anEventRecord(1), another, anEventRecord(3), anEventRecord(4));

  const { envelope } = await server.call('GET', `conversation/${idOf(1)}/events`);

  expect(envelope.data).toEqual(
    [1, 3, 4].map((number) => {
      const { at, body } = anEventRecord(number);
      return { ...(JSON.parse(body) as object), time: at };
    }),
  );
});

test('given another application, its events do not exist', async () => {
  server.callCenter.events.records.push(anEventRecord(1, ELSEWHERE));

  const found = await server.call('GET', `event/${idOf(1)}`);
  const replayed = await server.call('POST', `event/${idOf(1)}/replay`);

  expect([found.status, found.envelope.code]).toEqual([404, '040901']);
  expect([replayed.status, replayed.envelope.code]).toEqual([404, '040901']);
  expect(server.callCenter.events.replayed).toEqual([]);
});

test('deliveries that were given up are listed with the reason and without the query of their URL, and sent once more', async () => {
  const record = anEventRecord(1);
  const givenUp = {
    record,
    url: 'https://receiver.example/hook?key=1',
    problem: 'HTTP status 500',
    since: 7 as Instant,
  };
  server.callCenter.events.givenUp.push(givenUp);
  server.callCenter.events.records.push(record);

  const listed = await server.call('GET', 'delivery');
  const one = await server.call('POST', `event/${idOf(1)}/replay`);
  const all = await server.call('POST', 'delivery/replay', { limit: 10 });

  expect(listed.envelope.data).toMatchObject({
    totalCount: 1,
    result: [
      {
        event_id: record.id,
        url: 'https://receiver.example/hook',
        problem: 'HTTP status 500',
        set_aside_time: 7,
        event: JSON.parse(record.body),
      },
    ],
  });
  expect(one.envelope.data).toBe(true);
  expect(server.callCenter.events.replayed).toEqual([record.id]);
  expect(all.envelope.data).toEqual({ replayed: 1 });
});

test.each([0, 1001, 'x'])('a limit of %p is refused', async (limit) => {
  const { status, envelope } = await server.call('POST', 'delivery/replay', { limit });

  expect([status, envelope.code]).toEqual([400, '000001']);
});
