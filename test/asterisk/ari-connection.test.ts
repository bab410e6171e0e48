import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually } from '../../scripts/phone-farm/eventually';
import { newOwnerName } from '../../src/adapters/ari/ari-owner';
import type { AriSettings } from '../../src/adapters/ari/ari-settings';
import type { ChannelId, PhoneNumber } from '../../src/domain/ids';
import { TelephonyUnavailable } from '../../src/ports/telephony';
import { claimPorts } from '../support/claimed-ports';
import { AriPhoneSystem } from './ari-phone-system';
import { CuttableProxy } from '../../scripts/asterisk/cuttable-proxy';
import { watchAri, type WatchedAri } from './watched-ari';

jest.setTimeout(30_000);

const APPLICATION = 'parley-by-proxy';

let system: AriPhoneSystem;
let proxy: CuttableProxy;
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

function open(changes: Partial<AriSettings> = {}): WatchedAri {
  const watched = watchAri(system, {
    url: `http://127.0.0.1:${proxy.port}`,
    application: APPLICATION,
    ...changes,
  });
  opened.push(watched);
  return watched;
}

/** Waits until so many milliseconds have passed since a moment. */
async function passes(since: number, milliseconds: number): Promise<void> {
  const isOver = (): boolean => performance.now() - since >= milliseconds;
  await eventually(isOver, milliseconds + 1_000, () => 'time should pass');
}

test('given a wrong password, it says so in the log without showing it, and refuses at once', async () => {
  const { telephony, log, said } = open({ password: 'not-the-password' });
  await eventually(
    () => log.some((line) => line.includes('does not accept the ARI user parley')),
    5_000,
    () => `the log should say what is wrong: ${log.join('\n')}`,
  );
  await expect(telephony.alive()).rejects.toBeInstanceOf(TelephonyUnavailable);
  expect(log.join('\n')).not.toContain('not-the-password');
  expect(said).toEqual([]);
});

test('given no Asterisk at the start, it connects when there is one', async () => {
  const ports = await claimPorts();
  const [port] = ports.single;
  const { next, telephony, log } = open({ url: `http://127.0.0.1:${port}` });
  await eventually(
    () => log.length > 0,
    5_000,
    () => 'the log should say that nobody is there',
  );
  await expect(telephony.alive()).rejects.toBeInstanceOf(TelephonyUnavailable);
  const late = await CuttableProxy.listen(system.ariPort, port);
  await next('connected', 10_000);
  await telephony.alive();
  await telephony.close();
  await late.close();
  await ports.release();
}, 20_000);

test('given the connection is cut, it tells, connects again, and what is alive is still there', async () => {
  const { next, telephony, said } = open();
  await next('connected');
  const number = '+4930777' as PhoneNumber;
  const phone = system.phone(number);
  const channelId = 'c'.repeat(31).concat('1') as ChannelId;
  const to = { kind: 'number', number, trunk: system.trunk } as const;
  await telephony.dial({ channelId, to, from: null, ringSeconds: 30, lifeSeconds: 60 });
  await system.until(() => phone.state() === 'ringing', 'the phone should ring');

  proxy.cut();
  await next('disconnected', 500);
  await expect(telephony.alive()).rejects.toBeInstanceOf(TelephonyUnavailable);
  await next('connected');
  expect((await telephony.alive()).channels.get(channelId)).toBe('ringing');

  await phone.answer();
  await next('leg-answered');
  proxy.cut();
  await next('connected');
  expect((await telephony.alive()).channels.get(channelId)).toBe('up');
  await telephony.hangUp(channelId);
  await next('leg-ended');
  expect(said.filter((each) => each === 'disconnected')).toHaveLength(2);
});

test('given it was connected meanwhile, the pauses before it tries again begin anew', async () => {
  proxy.refused = /ping/;
  const { next, waited } = open();
  await eventually(
    () => waited.length === 3,
    5_000,
    () => `it should try again: ${waited.join(', ')}`,
  );
  proxy.refused = null;
  await next('connected');
  proxy.cut();
  await next('connected');
  expect(waited).toEqual([125, 250, 500, 125]);
});

test('given requests under way when the connection is cut, they are given up at once', async () => {
  const { next, telephony } = open();
  await next('connected');
  proxy.mute();
  const asked = telephony.alive();
  const refused = expect(asked).rejects.toBeInstanceOf(TelephonyUnavailable);
  const before = performance.now();
  proxy.unmute();
  proxy.cut();
  await refused;
  expect(performance.now() - before).toBeLessThan(1_000);
  await next('connected');
});

test('given a network that swallows everything, requests end by their deadline and the loss is noticed', async () => {
  const { next, telephony } = open({ deadlineMs: 300, heartbeatMs: 500 });
  await next('connected');
  proxy.mute();
  const before = performance.now();
  await expect(telephony.alive()).rejects.toBeInstanceOf(TelephonyUnavailable);
  expect(performance.now() - before).toBeLessThan(1_000);
  await next('disconnected');
  proxy.unmute();
  await next('connected', 10_000);
  await telephony.alive();
}, 20_000);

test('given Asterisk hangs, that is noticed within five seconds, and everything goes on when it does', async () => {
  const { next, telephony } = open();
  await next('connected');
  system.freeze();
  try {
    await next('disconnected', 5_000);
  } finally {
    system.thaw();
  }
  await next('connected', 10_000);
  await telephony.alive();
}, 20_000);

test('given a second one for the same application, it stays away and names the first, which goes on', async () => {
  const first = open();
  await first.next('connected');
  const second = open();
  await second.next('occupied', 10_000);
  expect([first.said, second.said]).toEqual([['connected'], ['occupied']]);
  await first.telephony.alive();
  await expect(second.telephony.alive()).rejects.toBeInstanceOf(TelephonyUnavailable);
}, 20_000);

test('given one that has died without a word, the next waits until Asterisk knows, and takes its place', async () => {
  const first = open();
  await first.next('connected');
  proxy.forsake();
  await first.telephony.close();
  const second = open();
  await passes(performance.now(), 1_000);
  expect(second.said).toEqual([]);
  proxy.bury();
  await second.next('connected');
}, 20_000);

test('given one whose process is no more, and Asterisk does not know yet, the next takes its place at once and keeps it', async () => {
  const { user, password } = system.ariSettings();
  const { pid } = spawnSync(process.execPath, ['--version']);
  const name = newOwnerName(APPLICATION).replace(`.${process.pid}.`, `.${pid}.`);
  const dead = new WebSocket(
    `ws://127.0.0.1:${proxy.port}/ari/events?app=${APPLICATION},${name}&api_key=${user}:${password}`,
  );
  await once(dead, 'open');
  proxy.forsake();
  const next = open();
  await next.next('connected', 3_000);
  proxy.bury();
  await passes(performance.now(), 1_000);
  expect(next.said).toEqual(['connected']);
  await next.telephony.alive();
  dead.terminate();
}, 20_000);

test('given Asterisk does not know yet that the connection is lost, the same one connects again', async () => {
  const { next, telephony, said } = open();
  await next('connected');
  proxy.forsake();
  await next('disconnected');
  await next('connected');
  await telephony.alive();
  expect(said).toEqual(['connected', 'disconnected', 'connected']);
});

test('given another program takes the application, it is told and stays away', async () => {
  const { next, telephony } = open();
  await next('connected');
  const { user, password } = system.ariSettings();
  const other = new WebSocket(
    `ws://127.0.0.1:${system.ariPort}/ari/events?app=${APPLICATION}&api_key=${user}:${password}`,
  );
  await once(other, 'open');
  await next('replaced');
  await expect(telephony.alive()).rejects.toBeInstanceOf(TelephonyUnavailable);
  other.terminate();
});

test('given it is closed while the connection is down, it does not come back', async () => {
  const { next, telephony } = open();
  await next('connected');
  proxy.cut();
  await next('disconnected');
  // It is in the pause before it tries again: to come back would take the application from its successor.
  await telephony.close();
  const successor = open();
  await successor.next('connected');
  await passes(performance.now(), 1_000);
  expect(successor.said).toEqual(['connected']);
  await successor.telephony.alive();
});

test('given Asterisk dies and comes back, it tells, forgets, and works again', async () => {
  const watched = open();
  await watched.next('connected');
  await system.killAsterisk();
  await watched.next('disconnected', 1_000);
  await system.startAsteriskAgain();
  await watched.next('connected', 15_000);
  const alive = await watched.telephony.alive();
  expect([alive.channels.size, alive.bridges.size]).toEqual([0, 0]);
  expect(alive.trunks.has(system.trunk)).toBe(true);
}, 40_000);
