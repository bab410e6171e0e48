import type { ChannelId, SipUser } from '../../src/domain/ids';
import { NO_NUMBER, isUsable } from '../contract/phone-system';
import { AriPhoneSystem } from './ari-phone-system';

const user = '1-gateway' as SipUser;

let system: AriPhoneSystem;
beforeAll(async () => {
  system = await AriPhoneSystem.start();
  await isConnected();
  await system.telephony.provision({ user, ipaddr: system.gateway });
  await untilReachable();
}, 60_000);
afterAll(async () => system?.close(), 30_000);

const isConnected = () => system.until(() => isUsable(system.telephony), 'Asterisk should be connected');

const untilReachable = () =>
  system.until(
    async () => (await system.telephony.alive()).accounts.get(user) === 'reachable',
    'the gateway should be reachable',
  );

test('whoever calls in under the name of a gateway is known by what it authenticates with, and not as the gateway', async () => {
  const caller = await system.callIn(user);
  const entered = async () => (await system.telephony.alive()).callers;
  // Where the gateway's own calls would go there is no such number.
  await system.until(async () => (await entered()).length === 1, 'it should come in as the trunk that it is');
  expect(await entered()).toMatchObject([{ telnumber: user }]);
  await caller.hangUp();
});

test('nobody registers as a gateway', async () => {
  await expect(system.farm.register({ user, password: '', tone: 700 })).rejects.toThrow();
  await expect(system.farm.register({ user, password: 'anything', tone: 700 })).rejects.toThrow();
});

test('given a restart of Asterisk, it is asked again without being made again, and is shown the caller', async () => {
  await system.stopAsterisk();
  await system.startAsteriskAgain();
  await isConnected();
  await untilReachable();

  const channelId = 'd'.repeat(32) as ChannelId;
  const line = system.line(NO_NUMBER);
  for (const from of ['5550009', null]) {
    const to = { kind: 'endpoint', user } as const;
    await system.telephony.dial({ channelId, to, from, ringSeconds: 30, lifeSeconds: 60 });
    const call = await line.incoming();
    expect(call.from).toBe(from ?? 'anonymous');
    await system.telephony.hangUp(channelId);
    await call.ended();
  }
}, 30_000);
