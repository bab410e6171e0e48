import { BRIDGE, SILENCE, type Placement } from '../../src/domain/conversation/listen-speak-mode';
import type { BridgeId, ChannelId, PhoneNumber } from '../../src/domain/ids';
import type { Telephony, TelephonySignal } from '../../src/ports/telephony';
import { isUsable, type PhoneInHand, type PhoneSystem } from './phone-system';

const IN_AND_OUT: Omit<Placement, 'bridgeId'> = { speaks: true, hears: BRIDGE };

/** One suite for each phone system: what the port promises of snoops. Who hears whom is not part of it. */
export function describeSnoops(name: string, prepare: () => Promise<PhoneSystem>): void {
  describe(`${name} keeps the promises of Telephony about snoops`, () => {
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

    const newId = <Id extends ChannelId | BridgeId>(): Id => (++ids).toString(16).padStart(32, '5') as Id;
    const timesTold = (type: TelephonySignal['type'], channelId: ChannelId): number =>
      signals.filter((each) => each.type === type && 'channelId' in each && each.channelId === channelId).length;
    const untilTold = (type: TelephonySignal['type'], channelId: ChannelId) =>
      system.until(() => timesTold(type, channelId) > 0, `${type} should be told of ${channelId}`);
    const untilSeen = (channelId: ChannelId, state: 'up' | undefined) =>
      system.until(
        async () => (await telephony.alive()).channels.get(channelId) === state,
        `the channel should be ${state ?? 'gone'}`,
      );
    const untilIn = (bridgeId: BridgeId, inside: readonly ChannelId[]) =>
      system.until(async () => {
        const found = (await telephony.alive()).bridges.get(bridgeId) ?? [];
        return [...found].sort().join() === [...inside].sort().join();
      }, `bridge ${bridgeId} should hold ${inside.length} channels`);
    const aLeg = async (): Promise<{ readonly channelId: ChannelId; readonly phone: PhoneInHand }> => {
      const channelId = newId<ChannelId>();
      const number = `+4932${String(ids).padStart(4, '0')}` as PhoneNumber;
      const phone = system.phone(number);
      const to = { kind: 'number', number, trunk: system.trunk } as const;
      await telephony.dial({ channelId, to, from: null, ringSeconds: 30, lifeSeconds: 60 });
      await system.until(() => phone.state() === 'ringing', 'the phone should ring');
      await phone.answer();
      await untilTold('leg-answered', channelId);
      return { channelId, phone };
    };
    const aSnoop = async (on: ChannelId): Promise<ChannelId> => {
      const channelId = newId<ChannelId>();
      expect(await telephony.snoop(channelId, on)).toBe('asked');
      await untilTold('leg-answered', channelId);
      return channelId;
    };

    test('given a snoop, it is told as answered and seen as ours, sits where it is placed, and ends when hung up', async () => {
      const leg = await aLeg();
      const bridges = [newId<BridgeId>(), newId<BridgeId>()] as const;
      for (const bridgeId of bridges) await telephony.openBridge(bridgeId, 'mixing');
      const snoop = await aSnoop(leg.channelId);
      const { channels, callers } = await telephony.alive();
      expect([channels.get(snoop), callers]).toEqual(['up', []]);

      let from: BridgeId | null = null;
      for (const bridgeId of [...bridges, null, bridges[0]]) {
        expect(await telephony.place(snoop, from, { ...IN_AND_OUT, bridgeId })).toBe('asked');
        for (const each of bridges) await untilIn(each, each === bridgeId ? [snoop] : []);
        from = bridgeId;
      }
      expect(await telephony.hangUp(snoop)).toBe('asked');
      await untilTold('leg-ended', snoop);
      await untilSeen(snoop, undefined);
      await untilIn(bridges[0], []);
      expect(await telephony.hangUp(snoop)).toBe('gone');
      expect(leg.phone.state()).toBe('up');
      await telephony.hangUp(leg.channelId);
      for (const bridgeId of bridges) await telephony.closeBridge(bridgeId);
    });

    test('given the same snoop again, there is one, and it is told once', async () => {
      const leg = await aLeg();
      const snoop = await aSnoop(leg.channelId);
      expect(await telephony.snoop(snoop, leg.channelId)).toBe('asked');
      expect((await telephony.alive()).channels.size).toBe(2);
      await telephony.hangUp(leg.channelId);
      await untilTold('leg-ended', snoop);
      expect(timesTold('leg-answered', snoop)).toBe(1);
    });

    test('given the leg moves, its snoop stays; given the leg ends, so does its snoop', async () => {
      const leg = await aLeg();
      const [here, there, aside] = [newId<BridgeId>(), newId<BridgeId>(), newId<BridgeId>()] as const;
      for (const bridgeId of [here, there, aside]) await telephony.openBridge(bridgeId, 'mixing');
      const snoop = await aSnoop(leg.channelId);
      await telephony.place(snoop, null, { ...IN_AND_OUT, bridgeId: aside });
      await telephony.place(leg.channelId, null, { ...IN_AND_OUT, bridgeId: here });
      await telephony.place(leg.channelId, here, { ...IN_AND_OUT, bridgeId: there });
      await telephony.place(leg.channelId, there, { bridgeId: null, speaks: false, hears: SILENCE });
      await untilIn(aside, [snoop]);

      await leg.phone.hangUp();
      await untilTold('leg-ended', leg.channelId);
      await untilTold('leg-ended', snoop);
      await untilSeen(snoop, undefined);
      expect(await telephony.hangUp(snoop)).toBe('gone');
      for (const bridgeId of [here, there, aside]) await telephony.closeBridge(bridgeId);
    });

    test('given no leg to listen to, the snoop is gone', async () => {
      const leg = await aLeg();
      await telephony.hangUp(leg.channelId);
      await untilSeen(leg.channelId, undefined);
      const snoop = newId<ChannelId>();
      expect(await telephony.snoop(snoop, leg.channelId)).toBe('gone');
      expect((await telephony.alive()).channels.size).toBe(0);
      expect(timesTold('leg-answered', snoop)).toBe(0);
    });
  });
}
