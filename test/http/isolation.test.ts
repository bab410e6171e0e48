import type { AppId, CallId, EventId, QueueTaskId } from '../../src/domain/ids';
import type { Change, World } from '../../src/domain/world';
import type { Batch } from '../../src/ports/storage';
import type { Service } from '../../src/runtime/service';
import { anEvent } from '../contract/storage-objects';
import { EventReader } from '../support/event-reader';
import { anApplication, aToken, type Received, startTestServerFor, type TestServer } from '../support/http-client';
import { type Endpoint, ENDPOINTS } from '../support/http-endpoints';
import { aCall, aTask, idOf } from '../support/http-objects';
import { aServiceWith } from '../support/service-behind-http';
import { thingsOf } from '../support/things-of';
import { NOW } from '../support/worlds';

const [NORTH, SOUTH] = ['north' as AppId, 'south' as AppId];
const IN_NORTH = { app: NORTH };
const HOOK = 'https://north.example/hook';
const applications = [NORTH, SOUTH].map((id) => anApplication({ id, tokens: [aToken(id)], sipPrefix: `${id}-` }));

type Behind = TestServer<Service>;
const servers: Behind[] = [];
afterEach(async () => {
  for (const { close, callCenter } of servers.splice(0)) {
    await close();
    await callCenter.stop();
  }
});

async function serverOn(stored: Parameters<typeof aServiceWith>[0]): Promise<Behind> {
  const service = await aServiceWith(stored, [NORTH, SOUTH], {
    destinations: [{ app: NORTH, url: HOOK, secrets: [] }],
  });
  const server = await startTestServerFor(service, { authentication: ['token'], applications });
  servers.push(server);
  return server;
}

/** An event, which did not arrive where it was sent. */
function toldNorth(): Pick<Batch, 'events' | 'deliveries' | 'settled'> {
  const event = anEvent(1, { ...IN_NORTH, id: idOf<EventId>(1) });
  const delivery = { app: NORTH, url: HOOK, event: event.id };
  return { events: [event], deliveries: [delivery], settled: [{ ...delivery, problem: 'no answer', at: NOW }] };
}

type Request = Pick<Endpoint, 'method' | 'path' | 'body'>;

function sendAs(app: AppId, server: Behind, { method, path, body }: Request): Promise<Received> {
  const headers = { Authorization: `Bearer ${app}` };
  return server.send(method, `/v1/callcenter/${path}`, { headers, ...(body && { body }) });
}

async function answerTo(app: AppId, server: Behind, request: Request): Promise<string> {
  return withoutIds(await sendAs(app, server, request));
}

/** As it would be had the same ids been made. */
function withoutIds({ status, text }: Received): string {
  return `${status} ${text.replace(/[0-9a-f]{32}/g, '…')}`;
}

function ofNorth(world: World): string {
  const { extensions, agents, conditions, plans, queueTasks, calls, conversations, outsideUse } = world;
  const all = [extensions, agents, conditions, plans, queueTasks, calls, conversations, outsideUse];
  return JSON.stringify(all.flatMap((each) => [...each.values()].filter(({ app }) => app === NORTH)));
}

/** They make something, in whatever application. */
const MAKING: ReadonlySet<string> = new Set([
  'POST extension',
  'POST condition',
  'PUT plan/support',
  'PUT sound/welcome.wav',
]);

const named = ENDPOINTS.map((endpoint) => ({ name: `${endpoint.method} ${endpoint.path}`, endpoint }));

async function fullAndEmpty(): Promise<readonly [full: Behind, empty: Behind]> {
  const [full, empty] = [
    await serverOn({ changes: thingsOf(NORTH), ...toldNorth() }),
    await serverOn({ changes: [] }),
  ];
  full.sounds.files.push({ app: NORTH, name: 'welcome.wav', bytes: 44, seconds: 0 });
  return [full, empty];
}

test.each(named)(
  "$name: another application's things are answered as if not there, and left alone",
  async (each) => {
    const [full, empty] = await fullAndEmpty();
    const before = ofNorth(full.callCenter.world);

    const answer = await answerTo(SOUTH, full, each.endpoint);

    expect(answer).toBe(await answerTo(SOUTH, empty, each.endpoint));
    expect(ofNorth(full.callCenter.world)).toBe(before);
    expect(full.sounds.files).toHaveLength(1);
  },
);

test.each(named.filter(({ name }) => !MAKING.has(name)))('$name: its own are there', async ({ endpoint }) => {
  const [full, empty] = await fullAndEmpty();
  expect(await answerTo(NORTH, full, endpoint)).not.toBe(await answerTo(NORTH, empty, endpoint));
});

/** Somebody in the south who waits. */
function aCallerInSouth(): readonly Change[] {
  const party = { kind: 'outside', from: 'dialplan', telnumber: '13900000000' } as const;
  const [taskId, callId] = [idOf<QueueTaskId>(21), idOf<CallId>(22)];
  const call = aCall(22, { app: SOUTH, party, stage: { at: 'queued', taskId, answered: true } });
  return [
    { kind: 'queueTasks', value: aTask(21, { app: SOUTH, origin: { from: 'caller', callId } }), live: true },
    { kind: 'calls', value: call, live: true },
  ];
}

test("GET events: another application's are not told, neither those before nor those that come", async () => {
  const server = await serverOn({ changes: [...thingsOf(NORTH), ...aCallerInSouth()], ...toldNorth() });
  const { events } = server.callCenter;
  const [north, south] = (await Promise.all(
    [NORTH, SOUTH].map((app) =>
      EventReader.open(server.port, '', { Authorization: `Bearer ${app}`, 'Last-Event-ID': idOf(0) }),
    ),
  )) as [EventReader, EventReader];
  try {
    await north.got(1);
    await sendAs(NORTH, server, { method: 'DELETE', path: `conversation/${idOf(1)}` });
    await sendAs(SOUTH, server, { method: 'DELETE', path: `queue/${idOf(21)}` });
    const [ofNorth, ofSouth] = await Promise.all([NORTH, SOUTH].map((app) => events.after(app, idOf(0), 99)));

    expect(await south.got(1)).toEqual(ofSouth!.map(({ id }) => id));
    expect(await north.got(ofNorth!.length)).toEqual(ofNorth!.map(({ id }) => id));
    expect([ofNorth!.length > 2, ofSouth!.length]).toEqual([true, 1]);
    expect(south.text).not.toContain('north');
  } finally {
    [north, south].forEach(({ leave }) => leave());
  }
});

test('the same name may be used by both', async () => {
  const server = await serverOn({ changes: thingsOf(NORTH) });
  const line = { type: '1', user: '100001', password: 'talk2me' };
  const made = await sendAs(SOUTH, server, { method: 'POST', path: 'extension', body: line });
  const extension = (made.envelope.data as { readonly id: string }).id;

  const login = await sendAs(SOUTH, server, { method: 'POST', path: 'agent', body: { name: '1001', extension } });
  const agents = await Promise.all(
    [NORTH, SOUTH].map((app) => sendAs(app, server, { method: 'GET', path: 'agent/1001' })),
  );

  expect(login.status).toBe(200);
  expect(agents.map(({ envelope }) => envelope.data)).toMatchObject([{ state: 'talking' }, { state: 'online' }]);
});
