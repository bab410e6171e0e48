import { createHash } from 'node:crypto';
import { eventually } from '../../scripts/phone-farm/eventually';
import type { ChannelId, SipUser } from '../../src/domain/ids';
import type { TelephonySignal } from '../../src/ports/telephony';
import { describeTelephony } from '../contract/telephony.contract';
import { AriPhoneSystem } from './ari-phone-system';

describeTelephony('A real Asterisk', () => AriPhoneSystem.start());

describe('A real telephone', () => {
  const user = '10000003' as SipUser;
  const password = 'of this telephone';
  let started: AriPhoneSystem;

  beforeAll(async () => {
    started = await AriPhoneSystem.start();
  }, 60_000);
  afterAll(async () => started?.close(), 30_000);

  test('given an account of ours, it registers, is told and seen, can be called by its user, and leaves', async () => {
    const { telephony, farm } = started;
    const signals: TelephonySignal[] = [];
    telephony.onSignal((signal) => void signals.push(signal));
    const told = (registered: boolean) =>
      eventually(
        () =>
          signals.some(
            (each) => each.type === 'phone-registered' && each.user === user && each.registered === registered,
          ),
        10_000,
        () => `${user} should be told of as ${registered ? 'registered' : 'gone'}`,
      );
    await eventually(
      () => signals.some(({ type }) => type === 'connected'),
      5_000,
      () => 'Asterisk should be connected',
    );

    const digest = createHash('md5').update(`${user}:asterisk:${password}`).digest('hex');
    await telephony.provision(user, digest);
    const phone = await farm.register({ user, password, tone: 400 });
    await told(true);
    expect((await telephony.alive()).accounts.get(user)).toBe('registered');

    const channelId = 'd'.repeat(32) as ChannelId;
    await telephony.dial({
      channelId,
      to: { kind: 'endpoint', user },
      from: '5550009',
      ringSeconds: 10,
      lifeSeconds: 60,
    });
    const call = await phone.incoming();
    expect(call.from).toBe('5550009');
    await telephony.hangUp(channelId);
    await call.ended();

    await phone.unregister();
    await told(false);
    expect((await telephony.alive()).accounts.get(user)).toBe('unregistered');
    // A call is a change of the phone's state, too, and yet no registration.
    expect(
      signals.filter((each) => each.type === 'phone-registered' && each.user === user && each.registered),
    ).toHaveLength(1);
    await telephony.unprovision(user);
  }, 30_000);
});
