import { eventually } from '../../scripts/phone-farm/eventually';
import type { AriSettings } from '../../src/adapters/ari/ari-settings';
import type { ChannelId, PhoneNumber } from '../../src/domain/ids';
import { TelephonyUnavailable } from '../../src/ports/telephony';
import { AriPhoneSystem } from './ari-phone-system';
import { CuttableProxy } from '../../scripts/asterisk/cuttable-proxy';
import { newId } from './legs';
import { watchAri, type WatchedAri } from './watched-ari';

jest.setTimeout(30_000);

const APPLICATION = 'parley-by-socket';
const REQUEST_SOCKETS = /app=parley-by-socket-requests-/;
/** So many are opened at once. */
const AT_FIRST = 8;

let system: AriPhoneSystem;
let proxy: CuttableProxy;
let number = 49_300;
const opened: WatchedAri[] = [];

beforeAll(async () => {
  system = await AriPhoneSystem.start();
}, 60_000);
beforeEach(async () => {
  proxy = await CuttableProxy.listen(system.ariPort);
});
afterEach(async () => {
  for (const { telephony } of opened.splice(0)) await telephony.close();
  await proxy.close();
});
afterAll(async () => system?.close(), 30_000);

async function connect(changes: Partial<AriSettings> = {}): Promise<WatchedAri> {
  const watched = watchAri(system, {
    url: `http://127.0.0.1:${proxy.port}`,
    application: APPLICATION,
    ...changes,
  });
  opened.push(watched);
  await watched.next('connected');
  return watched;
}

/** The names of request sockets that Asterisk knows. It fails to list them while one of them goes (22.10). */
async function names(): Promise<readonly string[]> {
  type Application = { readonly name: string };
  const list = (): Promise<false | readonly Application[]> =>
    system.request<readonly Application[]>('applications').catch(() => false);
  const applications = await eventually(list, 5_000, () => 'Asterisk should list its applications');
  return applications.map(({ name }) => name).filter((name) => name.startsWith(`${APPLICATION}-requests-`));
}

/** Waits until the first request sockets are open, or as many after `earlier`. */
async function areOpen(earlier = 0): Promise<void> {
  const expected = Array.from(
    { length: AT_FIRST },
    (_, index) => `${APPLICATION}-requests-${earlier + index + 1}`,
  );
  await eventually(
    async () => {
      const known = await names();
      return expected.every((name) => known.includes(name));
    },
    5_000,
    () => `there should be ${expected.join(', ')}`,
  );
}

/** A phone that was dialled and has answered; asking for its variables takes until what is played has ended. */
async function aBlockedLeg({ telephony, next }: WatchedAri): Promise<ChannelId> {
  const channelId = newId<ChannelId>();
  const to = { kind: 'number', number: `+${++number}` as PhoneNumber, trunk: system.trunk } as const;
  const phone = system.phone(to.number);
  await telephony.dial({ channelId, to, from: null, ringSeconds: 10, lifeSeconds: 60 });
  await system.until(() => phone.state() === 'ringing', 'the phone should ring');
  await phone.answer();
  await next('leg-answered');
  await system.request(`channels/${channelId}/play?media=tone:1004`, 'POST');
  return channelId;
}

const httpRequests = (): readonly string[] => proxy.lines.filter((line) => !line.includes('/ari/events?'));

/** One request whose answer is short. */
const ask = ({ telephony }: WatchedAri): Promise<unknown> => telephony.hangUp(newId<ChannelId>());

test('given an Asterisk of ours, requests go over WebSockets but for lists, and signals come as before', async () => {
  const watched = await connect();
  await areOpen();
  const before = httpRequests().length;
  const blocked = await aBlockedLeg(watched);
  await watched.telephony.hangUp(blocked);
  await watched.next('leg-ended');
  expect(httpRequests()).toHaveLength(before);
  await watched.telephony.alive();
  expect(httpRequests()).toHaveLength(before + 4);
  expect(watched.said).not.toContain('replaced');
});

test.each(['refused', 'unheard'] as const)(
  'given an Asterisk by which they are %s, requests go over HTTP, and the log says so once',
  async (way) => {
    proxy[way] = REQUEST_SOCKETS;
    const watched = await connect({ deadlineMs: 1_000 });
    const { telephony, log } = watched;
    const isTold = (): boolean => log.some((line) => line.includes('takes no request over a WebSocket'));
    const before = httpRequests().length;
    await ask(watched);
    await telephony.hangUp(await aBlockedLeg(watched));
    await watched.next('leg-ended');
    expect(httpRequests().length).toBeGreaterThan(before);
    await eventually(isTold, 5_000, () => `the log should tell: ${log.join('\n')}`);
    expect(log.join('\n')).not.toContain('between-test-and-asterisk');

    proxy[way] = null;
    const isOverHttp = async (): Promise<boolean> => {
      const since = httpRequests().length;
      await ask(watched);
      return httpRequests().length > since;
    };
    await eventually(
      async () => !(await isOverHttp()),
      10_000,
      () => 'they should be tried again',
    );
  },
);

test('given requests that Asterisk holds up, others are answered at once', async () => {
  const watched = await connect();
  const { telephony } = watched;
  await areOpen();
  const blocked = await aBlockedLeg(watched);
  let answered = 0;
  const held = Array.from({ length: 3 * AT_FIRST }, () => telephony.limit(blocked, 60).finally(() => answered++));

  const before = performance.now();
  await telephony.alive();
  await telephony.hangUp(await aBlockedLeg(watched));
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(answered).toBe(0);
  await telephony.hangUp(blocked);
  await Promise.all(held);
});

test('given a request that Asterisk holds up beyond the deadline, it fails, and its socket is replaced', async () => {
  const watched = await connect({ deadlineMs: 500 });
  const { telephony } = watched;
  await areOpen();
  const blocked = await aBlockedLeg(watched);
  const before = performance.now();
  const held = Array.from({ length: AT_FIRST }, () => telephony.limit(blocked, 60));
  for (const each of held) await expect(each).rejects.toBeInstanceOf(TelephonyUnavailable);
  expect(performance.now() - before).toBeLessThan(1_000);

  await areOpen(AT_FIRST);
  const since = httpRequests().length;
  await ask(watched);
  expect(httpRequests()).toHaveLength(since);
  await telephony.hangUp(blocked);
  await watched.next('leg-ended');
  expect(watched.said).not.toContain('disconnected');
});

test('given the request sockets are lost, what is under way fails, all else goes on, and they come again', async () => {
  const watched = await connect();
  const { telephony } = watched;
  await areOpen();
  const blocked = await aBlockedLeg(watched);
  const held = telephony.limit(blocked, 60);
  const before = performance.now();
  proxy.cut(REQUEST_SOCKETS);
  await expect(held).rejects.toBeInstanceOf(TelephonyUnavailable);
  expect(performance.now() - before).toBeLessThan(1_000);

  await areOpen(AT_FIRST);
  await telephony.hangUp(blocked);
  await watched.next('leg-ended');
  expect(watched.said).not.toContain('disconnected');
});

test('given it is closed, Asterisk knows none of their names any more', async () => {
  const { telephony } = await connect();
  await areOpen();
  await telephony.close();
  await system.until(async () => (await names()).length === 0, 'the names should be gone');
});
