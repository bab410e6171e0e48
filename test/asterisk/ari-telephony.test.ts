import { createHash } from 'node:crypto';
import { eventually } from '../../scripts/phone-farm/eventually';
import type { ChannelId, SipUser } from '../../src/domain/ids';
import type { CallerEntered, TelephonySignal } from '../../src/ports/telephony';
import { describeSnoops } from '../contract/telephony-snoop.contract';
import { describePhones } from '../contract/telephony-phones.contract';
import { isUsable } from '../contract/phone-system';
import { describeTelephony } from '../contract/telephony.contract';
import { AriPhoneSystem } from './ari-phone-system';

describeTelephony('A real Asterisk', () => AriPhoneSystem.start());
describeSnoops('A real Asterisk', () => AriPhoneSystem.start());
describePhones('A real Asterisk', () => AriPhoneSystem.start());

describe('A real Asterisk with more than a WebSocket can tell of', () => {
  let started: AriPhoneSystem;
  beforeAll(async () => (started = await AriPhoneSystem.start()), 60_000);
  afterAll(async () => started?.close(), 30_000);

  test('outlives a look at it', async () => {
    const { telephony } = started;
    await started.until(() => isUsable(telephony), 'Asterisk should be connected');
    const name = 'x'.repeat(500);
    for (let count = 0; count < 1_000; count++) {
      await started.request(`bridges/another-${count}?type=mixing&name=${name}`, 'POST');
    }

    await telephony.alive();

    expect(await telephony.alive()).toMatchObject({ bridges: new Map() });
  }, 30_000);
});

describe('A real telephone', () => {
  const user = '10000003' as SipUser;
  const password = 'of this telephone';
  let started: AriPhoneSystem;

  beforeAll(async () => {
    started = await AriPhoneSystem.start();
    await isConnected();
  }, 60_000);
  afterAll(async () => started?.close(), 30_000);

  const isConnected = (): Promise<void> =>
    started.until(() => isUsable(started.telephony), 'Asterisk should be connected');

  test('given an account of ours, it registers, is told and seen, can be called by its user, and leaves', async () => {
    const { telephony, farm } = started;
    const signals: TelephonySignal[] = [];
    telephony.onSignal((signal) => void signals.push(signal));
    const told = (registered: boolean) =>
      eventually(
        () =>
          signals.some(
            (each) => each.type === 'phone-reachable' && each.user === user && each.reachable === registered,
          ),
        10_000,
        () => `${user} should be told of as ${registered ? 'reachable' : 'gone'}`,
      );
    const digest = createHash('md5').update(`${user}:asterisk:${password}`).digest('hex');
    await telephony.provision({ user, digest });
    const phone = await farm.register({ user, password, tone: 400 });
    await told(true);
    expect((await telephony.alive()).accounts.get(user)).toBe('reachable');

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
    expect((await telephony.alive()).accounts.get(user)).toBe('unreachable');
    // A call is a change of the phone's state, too, and yet no registration.
    expect(
      signals.filter((each) => each.type === 'phone-reachable' && each.user === user && each.reachable),
    ).toHaveLength(1);
    await telephony.unprovision(user);
  }, 30_000);

  test('given its account is deleted and made again while it is registered, what is told is what is seen', async () => {
    const { telephony, farm } = started;
    const digest = createHash('md5').update(`${user}:asterisk:${password}`).digest('hex');
    const seen = async (): Promise<boolean> => (await telephony.alive()).accounts.get(user) === 'reachable';
    let told: boolean | undefined;
    const leave = telephony.onSignal((each) => {
      if (each.type === 'phone-reachable' && each.user === user) told = each.reachable;
    });
    await telephony.provision({ user, digest });
    const phone = await farm.register({ user, password, tone: 400 });
    await started.until(() => told === true, 'it should be told of');
    await telephony.unprovision(user);
    told = undefined;
    await telephony.provision({ user, digest });
    expect(told).toBe(await seen());

    await phone.unregister();
    await started.until(async () => told === false && !(await seen()), 'it should be told of as gone');
    await farm.register({ user, password, tone: 400 });
    await started.until(async () => told === true && (await seen()), 'it should be told of again');
    await telephony.unprovision(user);
    leave();
  }, 30_000);

  test('given a restart of Asterisk, its calls show its own user as before, and calls to it show the caller', async () => {
    const { telephony, farm } = started;
    const callers: CallerEntered[] = [];
    telephony.onSignal((signal) => void (signal.type === 'caller-entered' && callers.push(signal)));
    const caller = '10000004' as SipUser;
    const digest = createHash('md5').update(`${caller}:asterisk:${password}`).digest('hex');
    await telephony.provision({ user: caller, digest });
    const phone = await farm.register({ user: caller, password, tone: 400 });

    /** What is shown of its call to an agent; and to it, of a call from a number and of one from nobody. */
    const shown = async (round: string): Promise<readonly (string | null)[]> => {
      await eventually(
        async () => (await telephony.alive()).accounts.get(caller) === 'reachable',
        20_000,
        () => `${caller} should be registered, of which Asterisk asks every 10 s`,
      );
      const before = callers.length;
      const call = await phone.call('7nobody');
      await started.until(() => callers.length > before, 'the call should come in');
      await call.hangUp();
      const seen: (string | null)[] = [callers.at(-1)!.telnumber];
      for (const [index, from] of ['5550009', null].entries()) {
        const channelId = `${round}${index}`.padStart(32, 'e') as ChannelId;
        await telephony.dial({
          channelId,
          to: { kind: 'endpoint', user: caller },
          from,
          ringSeconds: 10,
          lifeSeconds: 60,
        });
        const incoming = await phone.incoming();
        seen.push(incoming.from);
        await telephony.hangUp(channelId);
        await incoming.ended();
      }
      return seen;
    };

    const expected = [caller, '5550009', 'anonymous'];
    expect(await shown('1')).toEqual(expected);
    await started.stopAsterisk();
    await started.startAsteriskAgain();
    await isConnected();
    expect(await shown('2')).toEqual(expected);
  }, 60_000);
});
