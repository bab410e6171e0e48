import { StorageUnavailable, type Storage } from '../../src/ports/storage';
import type { Service } from '../../src/runtime/service';
import { APP, startTestServerFor, type TestServer } from '../support/http-client';
import { aConversation, idOf } from '../support/http-objects';
import { MemoryStorage } from '../support/memory-storage/memory-storage';
import { aServiceWith } from '../support/service-behind-http';

const READS = [
  'findConversation',
  'listConversations',
  'findTask',
  'asOf',
  'eventsAfter',
  'lastForgottenEvent',
  'eventsOf',
  'findEvent',
  'eventsToDeliver',
  'deliveriesSetAside',
] as const satisfies readonly (keyof Storage)[];

let storage: MemoryStorage;
let service: Service;
let server: TestServer<Service>;
beforeEach(async () => {
  storage = new MemoryStorage();
  const changes = [{ kind: 'conversations', value: aConversation(1), live: true }] as const;
  service = await aServiceWith({ changes }, [APP], { storage });
  server = await startTestServerFor(service, {});
});
afterEach(async () => {
  await server.close();
  await service.stop();
});

/** Nobody has noticed yet: it shows in the read itself. */
function failReads(): void {
  for (const read of READS) jest.spyOn(storage, read).mockRejectedValue(new StorageUnavailable('gone'));
}

test.each<[method: string, path: string, body?: object]>([
  ['GET', `conversation/${idOf(2)}`],
  ['GET', 'conversation'],
  ['GET', 'events'],
  ['GET', `conversation/${idOf(1)}/events`],
  ['GET', `event/${idOf(1)}`],
  ['POST', `event/${idOf(1)}/replay`],
  ['GET', 'delivery'],
  ['POST', 'delivery/replay'],
  ['POST', 'routing/explain', { queue_id: idOf(1) }],
])('given a store that fails while it is read, %s %s says when to come again', async (method, path, body = {}) => {
  failReads();
  const { status, headers, envelope } = await server.call(method, path, method === 'GET' ? undefined : body);

  expect([status, envelope.code, headers['retry-after']]).toEqual([503, '000004', '2']);
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([]);
});

test('given a store that fails while it is read, what is read from memory is shown', async () => {
  failReads();
  for (const path of ['agent', 'extension', 'condition', 'plan', 'queue', `conversation/${idOf(1)}`]) {
    expect((await server.call('GET', path)).status).toBe(200);
  }
});

test('given it is known that the store is away, the live stream of events says when to come again', async () => {
  jest.spyOn(storage, 'isAvailable').mockReturnValue(false);
  const { status, headers, envelope } = await server.call('GET', 'events');

  expect([status, envelope.code, headers['retry-after']]).toEqual([503, '000004', '2']);
});
