import { BRIDGE, SILENCE, type Placement } from '../../src/domain/conversation/listen-speak-mode';
import type { BridgeId, ChannelId, PhoneNumber } from '../../src/domain/ids';
import type { Telephony, TelephonySignal } from '../../src/ports/telephony';
import { isUsable, type PhoneInHand, type PhoneSystem } from './phone-system';

const IN_AND_OUT: Omit<Placement, 'bridgeId'> = { speaks: true, hears: BRIDGE };
const APART: Placement = { bridgeId: null, speaks: false, hears: SILENCE };

/** One suite for each phone system: what phones do on their own, in the midst of a talk. */
export function describePhones(name: string, prepare: () => Promise<PhoneSystem>): void {
  describe(`${name} tells what phones do on their own`, () => {
    let system: PhoneSystem;
    let telephony: Telephony;
    const signals: TelephonySignal[] = [];
    let ids = 0;

    beforeAll(async () => {
      system = await prepare();
      telephony = system.telephony;
      telephony.onSignal((signal) => signals.push(signal));
      await system.until(async () => isUsable(telephony), 'the phone system should be connected');
    }, 60_000);
    afterAll(async () => system?.close(), 30_000);

    const newId = <Id extends ChannelId | BridgeId>(): Id => (++ids).toString(16).padStart(32, 'a') as Id;
    const isTold = (type: TelephonySignal['type'], channelId: ChannelId): boolean =>
      signals.some((each) => each.type === type && 'channelId' in each && each.channelId === channelId);
    const untilTold = (type: TelephonySignal['type'], channelId: ChannelId) =>
      system.until(() => isTold(type, channelId), `${type} should be told of ${channelId}`);
    const untilIn = (bridgeId: BridgeId, inside: readonly ChannelId[]) =>
      system.until(async () => {
        const found = (await telephony.alive()).bridges.get(bridgeId) ?? [];
        return [...found].sort().join() === [...inside].sort().join();
      }, `bridge ${bridgeId} should hold ${inside.length} channels`);

    const aLeg = async (): Promise<{ readonly channelId: ChannelId; readonly phone: PhoneInHand }> => {
      const channelId = newId<ChannelId>();
      const number = `+4940${channelId.slice(-4)}` as PhoneNumber;
      const phone = system.phone(number);
      const to = { kind: 'number', number, trunk: system.trunk } as const;
      await telephony.dial({ channelId, to, from: null, ringSeconds: 30, lifeSeconds: 60 });
      await system.until(() => phone.state() === 'ringing', 'the phone should ring');
      await phone.answer();
      await untilTold('leg-answered', channelId);
      return { channelId, phone };
    };
    /** Two legs in a bridge. */
    const aTalk = async () => {
      const bridgeId = newId<BridgeId>();
      await telephony.openBridge(bridgeId);
      const [one, other] = [await aLeg(), await aLeg()];
      for (const { channelId } of [one, other]) {
        await telephony.place(channelId, null, { ...IN_AND_OUT, bridgeId });
      }
      await untilIn(bridgeId, [one.channelId, other.channelId]);
      return { bridgeId, one, other };
    };
    const end = async (bridgeId: BridgeId, ...channels: readonly ChannelId[]) => {
      for (const channelId of channels) await telephony.hangUp(channelId);
      for (const channelId of channels) await untilTold('leg-ended', channelId);
      await telephony.closeBridge(bridgeId);
    };

    test('given a phone that holds and takes back, both are told, and seen, and of nobody else', async () => {
      const { bridgeId, one, other } = await aTalk();
      const { channelId, phone } = one;
      const held = new Set([channelId]);
      const resumed = async () => (await telephony.alive(new Set(), held)).resumed;

      await phone.hold();
      await untilTold('leg-held', channelId);
      expect(isTold('leg-resumed', channelId)).toBe(false);
      expect(await resumed()).toEqual(new Set());
      await telephony.place(channelId, bridgeId, APART);
      await untilIn(bridgeId, [other.channelId]);
      expect(await resumed()).toEqual(new Set());

      await phone.resume();
      await untilTold('leg-resumed', channelId);
      expect(await resumed()).toEqual(held);
      expect(isTold('leg-held', other.channelId)).toBe(false);

      await end(bridgeId, channelId, other.channelId);
      expect(await resumed()).toEqual(new Set());
    });
  });
}
