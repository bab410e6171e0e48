import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../scripts/phone-farm/eventually';
import { openSqlite } from '../../src/adapters/storage/sqlite-storage';
import type { EventId, Instant } from '../../src/domain/ids';
import type { Batch, Storage } from '../../src/ports/storage';
import type { Service } from '../../src/runtime/service';
import { anEvent } from '../contract/storage-objects';
import { EventReader } from '../support/event-reader';
import { startTestServerFor, type TestServer } from '../support/http-client';
import { idOf } from '../support/http-objects';
import { aServiceOn, aServiceWith } from '../support/service-behind-http';
import { thingsOf } from '../support/things-of';
import { APP } from '../support/worlds';

const FIRST = '' as EventId;

let folder: string;
let storage: Storage;
let server: TestServer<Service>;
const readers: EventReader[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'event-stream-'));
});
afterEach(async () => {
  await stop();
  fs.rmSync(folder, { recursive: true });
});

function openStore(): Storage {
  storage = openSqlite(join(folder, 'store.sqlite'), 'cell');
  return storage;
}

/** The service on a store in a file, in which so many events are already, one every ten seconds. */
async function start(events: number): Promise<void> {
  const told: Batch['events'] = Array.from({ length: events }, (_, index) =>
    anEvent(index + 1, { app: APP, id: idOf<EventId>(index + 1), at: ((index + 1) * 10_000) as Instant }),
  );
  const service = await aServiceWith({ changes: thingsOf(APP), events: told }, [APP], { storage: openStore() });
  server = await startTestServerFor(service, {});
}

async function stop(): Promise<void> {
  readers.splice(0).forEach(({ leave }) => leave());
  await server.close();
  await server.callCenter.stop();
  await storage.close();
}

async function restart(): Promise<void> {
  await stop();
  server = await startTestServerFor((await aServiceOn(openStore(), [APP])).service, {});
}

async function reads(after: string): Promise<EventReader> {
  const reader = await EventReader.open(server.port, '', { 'Last-Event-ID': after });
  readers.push(reader);
  return reader;
}

async function everythingTold(): Promise<readonly string[]> {
  return (await server.callCenter.events.after(APP, FIRST, 10_000)).map(({ id }) => id);
}

test('a reader that comes again with the id it had last, before and after a restart, gets all of it once, in order', async () => {
  await start(1_200);
  const had: string[] = [idOf(100)];
  const first = await reads(had.at(-1)!);
  const happening = server.call('DELETE', `conversation/${idOf(1)}`); // While it reads what it has missed.
  had.push(...(await first.got(700)).slice(0, 700)); // It breaks off in the middle.
  first.leave();

  const second = await reads(had.at(-1)!);
  expect((await happening).status).toBe(200);
  had.push(...(await second.got(1_200 - 800 + 1)));
  await server.call('DELETE', `queue/${idOf(1)}`); // It was live, and is not any more.
  await restart();
  await server.call('DELETE', `conversation/${idOf(2)}`);

  const told = (await everythingTold()).slice(99);
  const third = await reads(had.at(-1)!);
  had.push(...(await third.got(told.length - had.length)));
  expect(had).toEqual(told);
  expect(told.length).toBeGreaterThan(1_101 + 3);
});

test('given events that are read from the store before they are told, a reader gets them once', async () => {
  await start(10);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const commit = storage.commit.bind(storage);
  jest.spyOn(storage, 'commit').mockImplementation(async (batch) => {
    await commit(batch);
    if (batch.events.length > 0) await held;
  });
  const happening = server.call('DELETE', `conversation/${idOf(1)}`);
  await eventually(
    async () => (await everythingTold()).length > 10,
    5_000,
    () => 'it should be on record',
  );
  const reader = await reads(idOf(10));
  const read = await reader.got(1);
  release();
  await happening;
  await server.call('DELETE', `queue/${idOf(1)}`);

  const told = (await everythingTold()).slice(10);
  expect(await reader.got(told.length)).toEqual(told);
  expect(told.length).toBeGreaterThan(read.length);
});

test('a reader that comes too late is told which events are forgotten, and goes on with what is kept', async () => {
  await start(1_200);
  while ((await storage.forgetEnded(9_000_001 as Instant)) > 0);
  const late = await reads(idOf(100));

  expect((await late.got(301)).slice(0, 2)).toEqual([idOf(900), idOf(901)]);
  expect(late.said[0]!.event).toBe('callcenter.events.lost');
  expect(late.said.slice(1).map(({ id }) => id)).toEqual(await everythingTold());

  const again = await reads(late.ids[0]!); // As it would, had it heard of nothing else.
  expect(await again.got(300)).toEqual(late.ids.slice(1));
});
