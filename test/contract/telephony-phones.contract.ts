import { BRIDGE, SILENCE, type Placement } from '../../src/domain/conversation/listen-speak-mode';
import type { BridgeId, ChannelId, PhoneNumber } from '../../src/domain/ids';
import type { Telephony, TelephonySignal } from '../../src/ports/telephony';
import { isUsable, type PhoneSystem } from './phone-system';

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

    const aRinging = async () => {
      const channelId = newId<ChannelId>();
      const number = `+4940${channelId.slice(-4)}` as PhoneNumber;
      const phone = system.phone(number);
      const to = { kind: 'number', number, trunk: system.trunk } as const;
      await telephony.dial({ channelId, to, from: null, ringSeconds: 30, lifeSeconds: 60 });
      await system.until(() => phone.state() === 'ringing', 'the phone should ring');
      return { channelId, phone, number };
    };
    const aLeg = async () => {
      const ringing = await aRinging();
      await ringing.phone.answer();
      await untilTold('leg-answered', ringing.channelId);
      return ringing;
    };
    /** Two legs in a bridge. */
    const aTalk = async () => {
      const bridgeId = newId<BridgeId>();
      await telephony.openBridge(bridgeId, 'pair');
      const [one, other] = [await aLeg(), await aLeg()];
      for (const { channelId } of [one, other]) {
        await telephony.place(channelId, null, { ...IN_AND_OUT, bridgeId });
      }
      await untilIn(bridgeId, [one.channelId, other.channelId]);
      return { bridgeId, one, other };
    };
    /** What has taken the place of the leg. */
    const successorOf = (channelId: ChannelId): ChannelId =>
      signals.flatMap((each) => (each.type === 'leg-replaced' && each.channelId === channelId ? each.by : []))[0]!;
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

    test('given a phone that answers at the moment at which it is called off, the leg ends all the same', async () => {
      for (let time = 0; time < 6; time++) {
        const { channelId, phone } = await aRinging();
        const answering = phone.answer().catch(() => undefined); // It may be called off before.
        await Promise.all([telephony.hangUp(channelId), answering]);
        await untilTold('leg-ended', channelId);
        await system.until(
          async () => phone.state() === 'idle' && !(await telephony.alive()).channels.has(channelId),
          'the leg should be gone',
        );
      }
    });

    test('given another phone that takes over, its channel is told, seen in the place of the old one, and ours', async () => {
      const { bridgeId, one, other } = await aTalk();
      const phone = await system.takeOver(one.number, '+49400000' as PhoneNumber);
      await untilTold('leg-replaced', one.channelId);
      const by = successorOf(one.channelId);
      expect(isTold('leg-ended', one.channelId)).toBe(false);
      await untilIn(bridgeId, [by, other.channelId]);
      for (const known of [[by], []]) {
        const { channels, callers } = await telephony.alive(new Set(known));
        expect([channels.get(by), callers]).toEqual(['up', []]);
      }
      await telephony.hangUp(one.channelId);
      await untilTold('leg-ended', one.channelId);
      expect(phone.state()).toBe('up');

      expect(await telephony.receive(by, false)).toBe('asked');
      expect(await telephony.place(by, bridgeId, APART)).toBe('asked');
      await untilIn(bridgeId, [other.channelId]);
      expect(await telephony.place(by, null, { ...IN_AND_OUT, bridgeId })).toBe('asked');
      await untilIn(bridgeId, [by, other.channelId]);
      expect(await telephony.limit(by, 1)).toBe('asked');
      await untilTold('leg-ended', by);
      await system.until(() => phone.state() === 'idle', 'the phone should be on hook');
      await end(bridgeId, other.channelId);
    });

    test.each(['in a bridge, alone', 'in one that is closed', 'in none'])(
      'given another phone that takes over a leg %s, its channel is no caller who came in, and is ours to hang up',
      async (where) => {
        const bridgeId = newId<BridgeId>();
        const { channelId, number } = await aLeg();
        const other = await aLeg();
        await telephony.openBridge(bridgeId, 'pair');
        const isOutside = where === 'in none';
        await telephony.place(channelId, null, isOutside ? APART : { ...IN_AND_OUT, bridgeId });
        if (where === 'in one that is closed') {
          await telephony.place(other.channelId, null, { ...IN_AND_OUT, bridgeId });
          await untilIn(bridgeId, [channelId, other.channelId]);
        }
        const phone = await system.takeOver(number, `+49401${String(++ids).padStart(3, '0')}` as PhoneNumber);
        await untilTold('leg-replaced', channelId);
        if (isOutside) await untilTold('leg-ended', channelId);
        if (where === 'in one that is closed') await telephony.closeBridge(bridgeId);

        const by = successorOf(channelId);
        const { channels, callers } = await telephony.alive();
        expect([channels.get(by), callers]).toEqual(['up', []]);
        expect(await telephony.hangUp(by)).toBe('asked');
        await untilTold('leg-ended', by);
        await system.until(() => phone.state() === 'idle', 'the phone should be on hook');
        await telephony.hangUp(channelId);
        await end(bridgeId, other.channelId);
      },
    );
  });
}
