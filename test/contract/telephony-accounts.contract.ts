import type { ChannelId, PhoneNumber, SipUser } from '../../src/domain/ids';
import { AccountRefused, TelephonyUnavailable, type Alive, type TelephonySignal } from '../../src/ports/telephony';
import { NO_NUMBER, type PhoneSystem } from './phone-system';

const DIGEST = '0123456789abcdef0123456789abcdef';

type Given = {
  readonly system: PhoneSystem;
  /** All that was told so far. */
  readonly signals: readonly TelephonySignal[];
  /** A new one. */
  readonly channelId: ChannelId;
};

/** The part of the contract that is about accounts: what telephones register with, and gateways. */
export function describeAccounts(given: () => Given): void {
  const accounts = async (): Promise<Alive['accounts']> => (await given().system.telephony.alive()).accounts;
  /** Asterisk answers that an endpoint is deleted a moment before it is off its list. */
  const untilGone = (user: SipUser): Promise<void> =>
    given().system.until(async () => !(await accounts()).has(user), `the account ${user} should be gone`);

  test('given an account, it is there at once, unregistered, and may be made and deleted again', async () => {
    const { telephony } = given().system;
    const user = '10000001' as SipUser;
    await telephony.provision({ user, digest: DIGEST });
    await telephony.provision({ user, digest: [...DIGEST].reverse().join('') });
    expect((await accounts()).get(user)).toBe('unreachable');
    await telephony.unprovision(user);
    await telephony.unprovision(user);
    await untilGone(user);
  });

  test('given a digest that is none, the account is refused and not there', async () => {
    const { telephony } = given().system;
    const user = '10000002' as SipUser;
    await expect(telephony.provision({ user, digest: 'secret' })).rejects.toBeInstanceOf(AccountRefused);
    expect((await accounts()).has(user)).toBe(false);
  });

  test('given an endpoint of the operator, its deletion is refused and it is still there', async () => {
    const { telephony, trunk } = given().system;
    const deleted = telephony.unprovision(trunk as string as SipUser);
    await expect(deleted).rejects.toThrow('Could not delete object');
    await expect(deleted).rejects.not.toBeInstanceOf(TelephonyUnavailable);
    expect((await telephony.alive()).trunks.has(trunk)).toBe(true);
  });

  describe('given a gateway', () => {
    const user = '1-gateway' as SipUser;
    const told = (): boolean =>
      given().signals.some((each) => each.type === 'phone-reachable' && each.user === user && each.reachable);

    beforeAll(() => given().system.telephony.provision({ user, ipaddr: given().system.gateway }));

    test('it is there at once, and told of and seen as soon as it answers', async () => {
      const { system } = given();
      const { telephony, gateway } = system;
      expect((await accounts()).has(user)).toBe(true);
      await system.until(told, 'the gateway should be told of');
      expect((await accounts()).get(user)).toBe('reachable');
      await telephony.provision({ user, ipaddr: gateway });
      expect((await accounts()).get(user)).toBe('reachable');
    });

    test.each([
      ['the number that it is asked for', '201' as PhoneNumber],
      ['what it rings for nobody in particular', NO_NUMBER],
    ])('it rings %s', async (_, number) => {
      const { system, channelId } = given();
      const { telephony } = system;
      const phone = system.phone(number);
      const to =
        number === NO_NUMBER
          ? ({ kind: 'endpoint', user } as const)
          : ({ kind: 'number', number, trunk: user } as const);
      await system.until(told, 'the gateway should be told of');
      await telephony.dial({ channelId, to, from: null, ringSeconds: 30, lifeSeconds: 60 });
      await system.until(() => phone.state() === 'ringing', 'the phone should ring');
      expect(await telephony.hangUp(channelId)).toBe('asked');
      await system.until(() => phone.state() === 'idle', 'the phone should stop ringing');
    });

    test('it may be deleted again, and then nothing is rung through it', async () => {
      const { system, channelId } = given();
      const { telephony } = system;
      await telephony.unprovision(user);
      await telephony.unprovision(user);
      await untilGone(user);
      const to = { kind: 'number', number: '201' as PhoneNumber, trunk: user } as const;
      const dialled = telephony.dial({ channelId, to, from: null, ringSeconds: 30, lifeSeconds: 60 });
      await expect(dialled).rejects.toThrow();
      await expect(dialled).rejects.not.toBeInstanceOf(TelephonyUnavailable);
    });
  });
}
