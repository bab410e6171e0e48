import { eventJson } from '../../src/adapters/http/event-json';
import type { Extension } from '../../src/domain/extension/extension';
import type { AppId, ConversationId, EventId, ExtensionId, Instant, PhoneNumber } from '../../src/domain/ids';
import type { Change } from '../../src/domain/world';
import type { Text } from '../../src/domain/text';
import { type CallCenter, STORE_AWAY } from '../../src/ports/call-center';
import type { Callback } from '../../src/ports/events';
import { type Batch, StorageUnavailable } from '../../src/ports/storage';
import type { Clock } from '../../src/ports/system';
import {
  BUSY_TOKEN,
  DEAR,
  DEAR_NUMBER,
  OFFLINE,
  RINGING,
  SPARE_EXTENSION,
  type Stage,
  USED_KEY,
} from './api-requests';
import { anEvent } from '../contract/storage-objects';
import { standingClock } from './fakes';
import {
  anApplication,
  aToken,
  loggerInto,
  type LogLine,
  startTestServerFor,
  type TestServer,
} from './http-client';
import { anAgent, aPlan, aTelephone, aTerminal, idOf } from './http-objects';
import { policyOf, someRules } from './outside-policies';
import { aServiceOn, aStoreWith } from './service-behind-http';
import { terminal, thingsOf } from './things-of';
import { NOW, SETTINGS } from './worlds';

export const ALL_MAY = 'does-everything';
const OURS = 'north' as AppId;
const CALLBACK: Callback = { app: OURS, url: 'https://north.example/hook', secrets: [] };
const LATER_MS = SETTINGS.keepaliveSeconds * 1000 + 1000;

/** A server in front of a service in which a request meets what it is to meet. */
export type StagedServer = {
  readonly server: TestServer<CallCenter>;
  /** The task that rings, where one does. */
  readonly ringingTask: string;
  /** What the service logs, apart from the requests. */
  readonly log: readonly LogLine[];
  readonly close: () => Promise<void>;
};

export async function startStage(stage: Stage): Promise<StagedServer> {
  if (stage === 'broken') return inFrontOf(failing(new Error('broken')), [], async () => undefined);
  if (stage === 'storeless') {
    const obstacles = (): readonly Text[] => [STORE_AWAY];
    return inFrontOf({ ...failing(new StorageUnavailable('gone')), obstacles }, [], async () => undefined);
  }
  return inFrontOfService(stage);
}

async function inFrontOfService(stage: Stage): Promise<StagedServer> {
  let passedMs = 0;
  const log: LogLine[] = [];
  const clock: Clock = { ...standingClock, now: () => (NOW + passedMs) as Instant };
  const storage = await aStoreWith({ changes: [...things(), ...others()], ...told() });
  const { service, tell } = await aServiceOn(storage, [OURS], {
    clock,
    logger: loggerInto(log),
    destinations: [CALLBACK],
    plans: [aPlan('fixed', { app: OURS, source: 'file' })],
    settings: {
      ...SETTINGS,
      outside: policyOf(someRules({ deny: [`${DEAR_NUMBER.slice(0, 3)}*`] })),
      trunk: stage === 'without-trunk' ? null : SETTINGS.trunk,
    },
    ...(stage === 'refusing' && {
      telephony: {
        provision: async () => {
          throw new Error('no room for another account');
        },
      },
    }),
  });
  const staged = await inFrontOf(service, ['welcome.wav'], () => service.stop());
  const ringingTask = await ringSomebody(staged.server);
  await useKey(staged.server);
  await sendTooMuch(staged.server);
  if (stage === 'late') passedMs = LATER_MS;
  if (stage === 'without-asterisk') tell({ type: 'disconnected' });
  log.length = 0;
  return { ...staged, ringingTask, log };
}

async function inFrontOf(
  callCenter: CallCenter,
  sounds: readonly string[],
  stop: () => Promise<void>,
): Promise<StagedServer> {
  const own = { sipPrefix: `${OURS}-` };
  const applications = [
    anApplication({ ...own, id: OURS, tokens: [aToken(ALL_MAY), aToken('reads', 'read')] }),
    anApplication({ id: 'off' as AppId, tokens: [aToken('disabled')], disabled: true }),
    anApplication({ id: 'far' as AppId, tokens: [aToken('elsewhere')], networks: ['192.0.2.7'] }),
    anApplication({ id: 'busy' as AppId, tokens: [aToken(BUSY_TOKEN)], requestsPerSecond: 1 }),
  ];
  const isBroken = sounds.length === 0;
  const text = async (): Promise<string> => {
    if (isBroken) throw new Error('broken');
    return 'parley_up 1\n';
  };
  const metrics = {
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    text,
    answered: () => undefined,
    requestLimited: () => undefined,
  };
  const server = await startTestServerFor(
    callCenter,
    { authentication: ['token'], applications, limits: { failuresAtOnce: 1_000 } },
    { metrics, clock: standingClock },
  );
  for (const name of sounds) server.sounds.files.push({ app: OURS, name, bytes: 44, seconds: 0 });
  if (isBroken) Object.assign(server.sounds, { list: text, find: text, put: text, remove: text });
  const close = async (): Promise<void> => {
    await server.close();
    await stop();
  };
  return { server, ringingTask: '', log: [], close };
}

/** Whatever is asked of it, it fails. */
function failing(error: Error): CallCenter {
  const fail = (): never => {
    throw error;
  };
  const events = new Proxy({}, { get: () => fail }) as CallCenter['events'];
  const askedNow = { ask: fail, read: fail, findConversation: fail, listConversations: fail };
  return { ...askedNow, events, queue: fail, explain: fail, obstacles: fail };
}

/** The second of the conversations is full. */
function things(): readonly Change[] {
  return thingsOf(OURS).map((change) => {
    const isSecond = change.kind === 'conversations' && change.value.id === idOf(2);
    return isSecond ? { ...change, value: { ...change.value, maxMembers: 2 } } : change;
  });
}

/** An event, which did not arrive where it was sent. */
function told(): Pick<Batch, 'events' | 'deliveries' | 'settled'> {
  const [id, conversation] = [idOf<EventId>(1), idOf<ConversationId>(1)];
  const about = {
    event: 'callcenter.conversation.parts_changed',
    app: OURS,
    id: conversation,
    userData: null,
  } as const;
  const event = anEvent(1, { app: OURS, id, conversation, notification: about, body: eventJson(about, id, 1) });
  const delivery = { app: OURS, url: CALLBACK.url, event: id };
  return { events: [event], deliveries: [delivery], settled: [{ ...delivery, problem: 'no answer', at: NOW }] };
}

/** What others need than the endpoints of `http-endpoints.ts` name. */
function others(): readonly Change[] {
  const at = (name: string, extension: number) =>
    anAgent(name, { app: OURS, extensionId: idOf<ExtensionId>(extension), keptAliveAt: NOW });
  const [ringing, offline, dear] = [at(RINGING, 6), at(OFFLINE, 7), at(DEAR, 8)];
  const extensions: readonly Extension[] = [
    terminal(6, ringing),
    { ...terminal(7, offline), enabled: false },
    {
      ...aTelephone(8),
      app: OURS,
      boundTo: dear.id,
      line: { type: '3', telnum: DEAR_NUMBER as PhoneNumber },
    },
    aTerminal(SPARE_EXTENSION, { app: OURS }),
  ];
  return [
    ...extensions.map((value) => ({ kind: 'extensions', value, live: true }) as const),
    ...[ringing, offline, dear].map((value) => ({ kind: 'agents', value, live: true }) as const),
  ];
}

async function useKey(server: TestServer<CallCenter>): Promise<void> {
  const headers = { Authorization: `Bearer ${ALL_MAY}`, 'Idempotency-Key': USED_KEY };
  await server.send('POST', '/v1/callcenter/condition', {
    body: { where: 'has("keys")', queue_timeout: 60 },
    headers,
  });
}

async function sendTooMuch(server: TestServer<CallCenter>): Promise<void> {
  const headers = { Authorization: `Bearer ${BUSY_TOKEN}` };
  while ((await server.send('GET', '/v1/callcenter/agent', { headers })).status !== 429);
}

async function ringSomebody(server: TestServer<CallCenter>): Promise<string> {
  const enqueue = `<enqueue><route><agent name="${RINGING}"/></route></enqueue>`;
  const headers = { Authorization: `Bearer ${ALL_MAY}` };
  const path = `/v1/callcenter/conversation/${idOf(1)}/invite_agent`;
  const { envelope } = await server.send('POST', path, { body: { enqueue }, headers });
  return (envelope.data as { readonly queue_id: string }).queue_id;
}
