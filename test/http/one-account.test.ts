import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '../../scripts/phone-farm/eventually';
import { HttpCallbacks } from '../../src/adapters/webhook/http-callbacks';
import type { ChannelId } from '../../src/domain/ids';
import type { Change } from '../../src/domain/world';
import type { TelephonySignal } from '../../src/ports/telephony';
import type { Service } from '../../src/runtime/service';
import { aBatch } from '../contract/storage-objects';
import { EventReader, type Said } from '../support/event-reader';
import { startTestServerFor, type TestServer } from '../support/http-client';
import { MemoryStorage } from '../support/memory-storage/memory-storage';
import { aServiceOn } from '../support/service-behind-http';
import { thingsOf } from '../support/things-of';
import { APP, TRUNK } from '../support/worlds';

const WITHIN_MS = 5_000;
const KEY = Buffer.alloc(32, 7);
/** Whatever of it could be written in two ways. */
const USER_DATA = 'said "hello" \\ / \u00e9 e\u0301 \u{1f600} \u2028 </script> \u0000\u001f 1.0';

type Posted = { readonly headers: IncomingHttpHeaders; readonly body: string };

const dialled: ChannelId[] = [];
const posted: Posted[] = [];
const receiver = createServer((request, response) => {
  void text(request).then((body) => {
    posted.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
});
const callbacks = new HttpCallbacks('any');
let service: Service;
let tell: (signal: TelephonySignal) => void;
let server: TestServer<Service>;
let reader: EventReader;

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;
  const storage = new MemoryStorage();
  await storage.open();
  const trunk: Change = { kind: 'trunks', value: { id: TRUNK, present: true }, live: true };
  await storage.commit(aBatch(1, { changes: [trunk, ...thingsOf(APP)] }));
  ({ service, tell } = await aServiceOn(storage, [APP], {
    destinations: [{ app: APP, url, secrets: [KEY] }],
    callbacks,
    telephony: { dial: async ({ channelId }) => void dialled.push(channelId) },
  }));
  server = await startTestServerFor(service, {});
  reader = await EventReader.open(server.port, '', { 'Last-Event-ID': '0'.repeat(32) });
});
afterAll(async () => {
  reader.leave();
  await server.close();
  await service.stop();
  callbacks.close();
  receiver.close();
});

const id = (body: string): string => (JSON.parse(body) as { readonly event_id: string }).event_id;

/** The next leg that rings. */
function ringing(): Promise<ChannelId> {
  return eventually(
    () => dialled.shift(),
    WITHIN_MS,
    () => 'somebody should ring',
  );
}

/** Agent 1002 calls somebody, who answers; a third, who is called into it, is busy; then all is over. */
async function aConversation(): Promise<string> {
  const outside = { to: '13800000000', max_answer_seconds: 60 };
  const called = await server.call('POST', 'agent/1002/call_out', { ...outside, user_data: USER_DATA });
  const conversation = (called.envelope.data as { readonly conversation_id: string }).conversation_id;
  tell({ type: 'leg-answered', channelId: await ringing() });
  tell({ type: 'leg-answered', channelId: await ringing() });
  await server.call('POST', `conversation/${conversation}/invite_out`, outside);
  tell({ type: 'leg-ended', channelId: await ringing(), cause: 17 });
  expect((await server.call('DELETE', `conversation/${conversation}`)).status).toBe(200);
  return conversation;
}

test('what a webhook, the live stream and the journal say of an event is the same, to the byte', async () => {
  const conversation = await aConversation();
  const journal = await server.call('GET', `conversation/${conversation}/events`);
  const entries = (journal.envelope.data as readonly { readonly time: number }[]).map(({ time, ...entry }) => {
    expect(time).toBeGreaterThan(0);
    return JSON.stringify(entry);
  });
  const told = entries.filter((entry) => !entry.includes('callcenter.conversation.call_failed'));
  const last = id(told.at(-1)!);
  await eventually(
    () => posted.some(({ body }) => id(body) === last) && reader.ids.includes(last),
    WITHIN_MS,
    () => `${posted.length} posted, ${reader.ids.length} streamed`,
  );
  await eventually(
    () => posted.length === reader.said.length,
    WITHIN_MS,
    () => `${posted.length} posted, ${reader.ids.length} streamed`,
  );

  expect(told.map((entry) => (JSON.parse(entry) as { readonly event: string }).event)).toEqual([
    'callcenter.agent.conversation_changed',
    'callcenter.conversation.parts_changed',
    'callcenter.conversation.begin',
    'callcenter.conversation.parts_changed',
    'callcenter.agent.conversation_changed',
    'callcenter.conversation.end',
  ]);
  expect(entries).toHaveLength(told.length + 1); // The number that was busy stands in the journal alone.
  expect(told.every((body) => body.includes(JSON.stringify(USER_DATA)))).toBe(true);
  const bodies = new Map(posted.map(({ body }) => [id(body), body]));
  const streamed = new Map<string, Said>(reader.said.map((each) => [each.id, each]));
  for (const entry of told) {
    expect(bodies.get(id(entry))).toBe(entry);
    expect(streamed.get(id(entry))?.data).toBe(entry);
    expect(journal.text).toContain(`${entry.slice(0, -1)},"time":`);
  }
  expect([...streamed.values()].map(({ data }) => data).sort()).toEqual([...bodies.values()].sort());
  for (const { id: streamedId, event, data } of streamed.values()) {
    expect(JSON.parse(data)).toMatchObject({ event_id: streamedId, event });
    const alone = await server.call('GET', `event/${streamedId}`);
    expect(alone.text).toContain(`${data.slice(0, -1)},"time":`);
  }
});

test('a webhook is signed over the bytes that it has, under the id that the stream has', () => {
  for (const { headers, body } of posted) {
    expect(headers['webhook-id']).toBe(id(body));
    const signed = `${id(body)}.${String(headers['webhook-timestamp'])}.${body}`;
    const signature = createHmac('sha256', KEY).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  }
});
