import type { BridgeKind } from '../../src/domain/conversation/conversation';
import { BRIDGE, SILENCE, type Placement, type Played } from '../../src/domain/conversation/listen-speak-mode';
import type { AppId, BridgeId, ChannelId, PhoneNumber, SipUser, TrunkId } from '../../src/domain/ids';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import {
  TelephonyUnavailable,
  type Alive,
  type OutgoingCall,
  type Telephony,
  type TelephonySignal,
} from '../../src/ports/telephony';
import { DIALPLAN, isUsable, type PhoneInHand, type PhoneSystem } from './phone-system';
import { describeAccounts } from './telephony-accounts.contract';

const IN_AND_OUT: Omit<Placement, 'bridgeId'> = { speaks: true, hears: BRIDGE };
const APP = 'default' as AppId;
const MUSIC: Played = { from: 'music', musicClass: 'default' };
const A_SOUND: Played = { from: 'sound', app: APP, sound: 'digits:12' as Sound, otherwise: 'default' };
const A_MISSING_SOUND: Played = { ...A_SOUND, sound: 'nowhere.wav' as Sound };
const BUSY = 17;

/** One suite for each phone system: what the port promises. What can be heard is not part of it. */
export function describeTelephony(name: string, prepare: () => Promise<PhoneSystem>): void {
  describe(`${name} keeps the promises of Telephony`, () => {
    let system: PhoneSystem;
    let telephony: Telephony;
    const signals: TelephonySignal[] = [];
    let ids = 0;
    let numbers = 0;

    beforeAll(async () => {
      system = await prepare();
      telephony = system.telephony;
      telephony.onSignal((signal) => signals.push(signal));
      await system.until(async () => isUsable(telephony), 'the phone system should be connected');
    }, 60_000);
    afterAll(async () => system?.close(), 30_000);

    const newId = <Id extends ChannelId | BridgeId>(): Id =>
      `${(++ids).toString(16).padStart(4, '0')}${Date.now().toString(16).padStart(28, '0')}` as Id;
    const aCall = (overrides: Partial<OutgoingCall> = {}): OutgoingCall => ({
      channelId: newId<ChannelId>(),
      to: { kind: 'number', number: aNumber(), trunk: system.trunk },
      from: null,
      ringSeconds: 30,
      lifeSeconds: 60,
      ...overrides,
    });
    const aNumber = (): PhoneNumber => `+4930${String(++numbers).padStart(4, '0')}` as PhoneNumber;
    const phoneOf = ({ to }: OutgoingCall): PhoneInHand => {
      if (to.kind !== 'number') throw new Error('a number was expected');
      return system.phone(to.number);
    };
    const told = (type: TelephonySignal['type'], channelId: ChannelId): TelephonySignal | undefined =>
      signals.find((each) => each.type === type && 'channelId' in each && each.channelId === channelId);
    const untilTold = (type: TelephonySignal['type'], channelId: ChannelId) =>
      system.until(() => told(type, channelId) !== undefined, `${type} should be told of ${channelId}`);
    const aRinging = async (overrides: Partial<OutgoingCall> = {}) => {
      const call = aCall(overrides);
      const phone = phoneOf(call);
      await telephony.dial(call);
      await system.until(() => phone.state() === 'ringing', 'the phone should ring');
      return { call, channelId: call.channelId, phone };
    };
    const anAnswered = async (overrides: Partial<OutgoingCall> = {}) => {
      const ringing = await aRinging(overrides);
      await untilTold('leg-alerting', ringing.channelId);
      await ringing.phone.answer();
      await untilTold('leg-answered', ringing.channelId);
      return ringing;
    };
    const aBridge = async (kind: BridgeKind = 'mixing'): Promise<BridgeId> => {
      const bridgeId = newId<BridgeId>();
      await telephony.openBridge(bridgeId, kind);
      return bridgeId;
    };
    const aCaller = async (from: string) => {
      const earlier = new Set(signals);
      const caller = await system.callIn(from);
      const find = () => signals.find((each) => each.type === 'caller-entered' && !earlier.has(each));
      await system.until(() => find() !== undefined, 'the caller should be told of');
      const entered = find();
      if (entered?.type !== 'caller-entered') throw new Error('no caller entered');
      return { caller, entered, channelId: entered.channelId };
    };
    /** Nobody is waited for. */
    const closesAtOnce = async (bridgeId: BridgeId) => {
      const since = performance.now();
      await telephony.closeBridge(bridgeId);
      expect(performance.now() - since).toBeLessThan(500);
      expect((await telephony.alive()).bridges.has(bridgeId)).toBe(false);
    };
    const untilIn = (bridgeId: BridgeId, inside: readonly ChannelId[]) =>
      system.until(async () => {
        const found = (await telephony.alive()).bridges.get(bridgeId) ?? [];
        return [...found].sort().join() === [...inside].sort().join();
      }, `bridge ${bridgeId} should hold ${inside.length} channels`);
    const untilSeen = (channelId: ChannelId, state: 'ringing' | 'up' | undefined) =>
      system.until(
        async () => (await telephony.alive()).channels.get(channelId) === state,
        `the channel should be ${state ?? 'gone'}`,
      );

    test('given a dial, the leg rings, answers and ends, and each is told and seen', async () => {
      const { channelId, phone } = await aRinging();
      await untilSeen(channelId, 'ringing');
      expect(told('leg-answered', channelId)).toBeUndefined();
      await phone.answer();
      await untilTold('leg-answered', channelId);
      await untilSeen(channelId, 'up');
      await phone.hangUp();
      await untilTold('leg-ended', channelId);
      await untilSeen(channelId, undefined);
    });

    test('given a dial, its alerting is told while it rings', async () => {
      const { channelId } = await aRinging();
      await untilTold('leg-alerting', channelId);
      expect(told('leg-answered', channelId)).toBeUndefined();
      await telephony.hangUp(channelId);
      await untilTold('leg-ended', channelId);
    });

    test('given a phone that is busy, the leg ends with the cause for that', async () => {
      const { channelId, phone } = await aRinging();
      await phone.decline();
      await untilTold('leg-ended', channelId);
      expect(told('leg-ended', channelId)).toMatchObject({ cause: BUSY });
      expect(told('leg-answered', channelId)).toBeUndefined();
    });

    test('given nobody answers in time, the phone stops ringing and the leg ends', async () => {
      const { channelId, phone } = await aRinging({ ringSeconds: 1 });
      await untilTold('leg-ended', channelId);
      await system.until(() => phone.state() === 'idle', 'the phone should stop ringing');
    });

    test('given its life is over, an answered leg ends without anybody asking', async () => {
      const { channelId } = await anAnswered({ lifeSeconds: 1 });
      await untilTold('leg-ended', channelId);
      await untilSeen(channelId, undefined);
    });

    test('given a limit, the leg ends when it is over', async () => {
      const { channelId } = await anAnswered();
      expect(await telephony.limit(channelId, 1)).toBe('asked');
      await untilTold('leg-ended', channelId);
    });

    test('given legs that hang up at the same time, each is asked to keep a limit or gone', async () => {
      for (let count = 0; count < 20; count++) {
        const { channelId } = await anAnswered();
        const asked = Array.from({ length: 6 }, async () => {
          for (;;) if ((await telephony.limit(channelId, 60)) === 'gone') return;
        });
        await telephony.hangUp(channelId);
        await Promise.all(asked);
        await untilTold('leg-ended', channelId);
      }
    });

    test('given the same dial twice, the second is refused and the first rings on', async () => {
      const { call, channelId, phone } = await aRinging();
      const second = telephony.dial(call);
      await expect(second).rejects.toThrow();
      await expect(second).rejects.not.toBeInstanceOf(TelephonyUnavailable);
      await untilSeen(channelId, 'ringing');
      expect(phone.state()).toBe('ringing');
      await telephony.hangUp(channelId);
      await untilTold('leg-ended', channelId);
    });

    test('given a trunk or account that there is not, the dial is refused and nothing rings', async () => {
      const number = aNumber();
      const trunk = 'nowhere' as TrunkId;
      for (const to of [
        { kind: 'number', number, trunk },
        { kind: 'endpoint', user: '90210' as SipUser },
      ] as const) {
        const call = aCall({ to });
        const dialled = telephony.dial(call);
        await expect(dialled).rejects.toThrow();
        await expect(dialled).rejects.not.toBeInstanceOf(TelephonyUnavailable);
        expect((await telephony.alive()).channels.has(call.channelId)).toBe(false);
      }
    });

    test('given a hang-up while it rings, the phone stops; again, the leg is gone', async () => {
      const { channelId, phone } = await aRinging();
      expect(await telephony.hangUp(channelId)).toBe('asked');
      await untilTold('leg-ended', channelId);
      await system.until(() => phone.state() === 'idle', 'the phone should stop ringing');
      await untilSeen(channelId, undefined);
      expect(await telephony.hangUp(channelId)).toBe('gone');
    });

    test('given placements, the leg sits where they say, however often they are asked for', async () => {
      const [one, other] = [await aBridge('pair'), await aBridge('mixing')];
      await telephony.openBridge(one, 'pair');
      const { channelId } = await anAnswered();
      const partner = await anAnswered();
      const mute: Placement = { bridgeId: one, speaks: false, hears: SILENCE };

      expect(await telephony.place(partner.channelId, null, { ...IN_AND_OUT, bridgeId: one })).toBe('asked');
      for (const from of [null, null, one]) expect(await telephony.place(channelId, from, mute)).toBe('asked');
      await untilIn(one, [channelId, partner.channelId]);
      for (const from of [one, one, other]) {
        expect(await telephony.place(channelId, from, { ...IN_AND_OUT, bridgeId: other })).toBe('asked');
      }
      await untilIn(other, [channelId]);
      await untilIn(one, [partner.channelId]);
      for (const from of [other, other, null]) {
        expect(await telephony.place(channelId, from, { bridgeId: null, speaks: false, hears: SILENCE })).toBe(
          'asked',
        );
      }
      await untilIn(other, []);
      await untilSeen(channelId, 'up');

      await Promise.all([channelId, partner.channelId].map((each) => telephony.hangUp(each)));
      await Promise.all([one, other].map((each) => telephony.closeBridge(each)));
    });

    test('given somebody inside, a bridge closes all the same, and the leg lives on', async () => {
      const bridgeId = await aBridge();
      const { channelId } = await anAnswered();
      await telephony.place(channelId, null, { ...IN_AND_OUT, bridgeId });
      await untilIn(bridgeId, [channelId]);
      await telephony.closeBridge(bridgeId);
      await telephony.closeBridge(bridgeId);
      expect((await telephony.alive()).bridges.has(bridgeId)).toBe(false);
      await untilSeen(channelId, 'up');

      const next = await aBridge();
      expect(await telephony.place(channelId, bridgeId, { ...IN_AND_OUT, bridgeId: next })).toBe('asked');
      await untilIn(next, [channelId]);
      await telephony.hangUp(channelId);
      await telephony.closeBridge(next);
    });

    test('given something is played under a bridge, it holds up nobody, and ends with null or the bridge', async () => {
      const bridgeId = await aBridge();
      const { channelId } = await anAnswered();
      for (const played of [MUSIC, MUSIC, A_SOUND, { from: 'ringback' } as const, A_MISSING_SOUND, null, null]) {
        await telephony.playUnder(bridgeId, played);
      }
      await telephony.playUnder(bridgeId, MUSIC);
      await telephony.place(channelId, null, { ...IN_AND_OUT, bridgeId });
      await untilIn(bridgeId, [channelId]);
      expect((await telephony.alive()).channels.size).toBe(1);
      await telephony.hangUp(channelId);
      await untilIn(bridgeId, []);
      await closesAtOnce(bridgeId);
      for (const played of [MUSIC, null]) await telephony.playUnder(bridgeId, played);
    });

    test('given an announcement, others enter and leave meanwhile, and the bridge closes in the midst of it', async () => {
      const bridgeId = await aBridge();
      const [first, second] = [await anAnswered(), await anAnswered()];
      await telephony.place(first.channelId, null, { ...IN_AND_OUT, bridgeId });
      await telephony.announce(bridgeId, APP, []);
      for (let time = 0; time < 2; time++) {
        await telephony.announce(bridgeId, APP, ['nowhere.wav', 'digits:1234567890*#'] as Sound[]);
      }
      await telephony.place(second.channelId, null, { ...IN_AND_OUT, bridgeId });
      await untilIn(bridgeId, [first.channelId, second.channelId]);
      expect((await telephony.alive()).channels.size).toBe(2);
      for (const { channelId } of [first, second]) await telephony.hangUp(channelId);
      await untilIn(bridgeId, []);
      await closesAtOnce(bridgeId);
      await telephony.announce(bridgeId, APP, ['digits:1'] as Sound[]);
      expect((await telephony.alive()).bridges.size).toBe(0);
    });

    test('given a leg that hears sounds, it goes where it is placed all the same', async () => {
      const bridgeId = await aBridge();
      const { channelId } = await anAnswered();
      for (const hears of [MUSIC, A_SOUND, { from: 'ringback' } as const, A_MISSING_SOUND]) {
        expect(await telephony.place(channelId, null, { bridgeId: null, speaks: false, hears })).toBe('asked');
        expect(await telephony.place(channelId, null, { bridgeId, speaks: true, hears })).toBe('asked');
        await untilIn(bridgeId, [channelId]);
      }
      await telephony.hangUp(channelId);
      await telephony.closeBridge(bridgeId);
    });

    test('given a bridge that there is not, a placement in it changes nothing', async () => {
      const { channelId } = await anAnswered();
      expect(await telephony.place(channelId, null, { ...IN_AND_OUT, bridgeId: newId<BridgeId>() })).toBe('asked');
      await untilSeen(channelId, 'up');
      await telephony.hangUp(channelId);
    });

    test('given a channel that there is not, everything says that it is gone', async () => {
      const nobody = newId<ChannelId>();
      const bridgeId = await aBridge();
      expect(await telephony.receive(nobody, true)).toBe('gone');
      expect(await telephony.place(nobody, null, { ...IN_AND_OUT, bridgeId })).toBe('gone');
      expect(await telephony.place(nobody, bridgeId, { bridgeId: null, speaks: false, hears: SILENCE })).toBe(
        'gone',
      );
      expect(await telephony.limit(nobody, 10)).toBe('gone');
      expect(await telephony.release(nobody, bridgeId, { PARLEY_RESULT: 'success' })).toBe('gone');
      expect(await telephony.hangUp(nobody)).toBe('gone');
      await telephony.closeBridge(bridgeId);
    });

    test('given a caller, it is told with what the dialplan has set, and seen the same way', async () => {
      const { caller, entered, channelId } = await aCaller('5550001');
      expect(entered).toEqual({ type: 'caller-entered', channelId, telnumber: '5550001', ...DIALPLAN });
      const alive: Alive = await telephony.alive();
      expect(alive.callers).toEqual([entered]);
      expect(alive.channels.get(channelId)).toBe('ringing');
      await caller.hangUp();
      await untilTold('leg-ended', channelId);
      await untilSeen(channelId, undefined);
    });

    test('given a caller who withholds the number, none is told', async () => {
      const { caller, entered } = await aCaller('anonymous');
      expect(entered.telnumber).toBeNull();
      await caller.hangUp();
      await untilTold('leg-ended', entered.channelId);
    });

    test('given a caller is received unanswered, it is answered when it goes into a bridge', async () => {
      const { caller, channelId } = await aCaller('5550002');
      expect(await telephony.receive(channelId, false)).toBe('asked');
      expect(await telephony.receive(channelId, false)).toBe('asked');
      await telephony.place(channelId, null, { bridgeId: null, speaks: false, hears: SILENCE });
      await untilSeen(channelId, 'ringing');
      expect(caller.state()).toBe('calling');

      const bridgeId = await aBridge();
      await telephony.place(channelId, null, { ...IN_AND_OUT, bridgeId });
      await system.until(() => caller.state() === 'up', 'the caller should be answered');
      await untilIn(bridgeId, [channelId]);
      await telephony.hangUp(channelId);
      await system.until(() => caller.state() === 'ended', 'the caller should be hung up');
      await telephony.closeBridge(bridgeId);
    });

    test('given a release, the caller goes on in the dialplan with the variables to the letter', async () => {
      const { caller, channelId } = await aCaller('5550003');
      await telephony.receive(channelId, true);
      await system.until(() => caller.state() === 'up', 'the caller should be answered');
      const bridgeId = await aBridge();
      await telephony.place(channelId, null, { bridgeId, speaks: false, hears: SILENCE });
      await telephony.limit(channelId, 30);
      const known = await telephony.alive(new Set([channelId]));
      expect([known.channels.get(channelId), known.callers]).toEqual(['up', []]);

      const variables = { PARLEY_RESULT: 'success', PARLEY_USER_DATA: 'ä€,"b" ${X} \'c\'; d=e&f+g%20 \\ h|i' };
      expect(await telephony.release(channelId, bridgeId, variables)).toBe('asked');
      for (const [name, value] of Object.entries(variables)) {
        const isThere = async () => (await caller.variableAfterwards(channelId, name)) === value;
        await system.until(isThere, `${name} should be as it was given`);
      }
      await untilTold('leg-ended', channelId);
      const alive = await telephony.alive();
      expect([alive.channels.has(channelId), alive.callers]).toEqual([false, []]);
      expect(await telephony.place(channelId, null, { ...IN_AND_OUT, bridgeId })).toBe('gone');
      expect(await telephony.limit(channelId, 30)).toBe('gone');
      expect(await telephony.release(channelId, bridgeId, variables)).toBe('gone');
      expect(caller.state()).toBe('up');
      await caller.hangUp();
      await telephony.closeBridge(bridgeId);
    });

    describeAccounts(() => ({ system, signals, channelId: newId<ChannelId>() }));

    test('given its trunks, they are seen', async () => {
      expect((await telephony.alive()).trunks.has(system.trunk)).toBe(true);
    });

    test('given several listeners, each is told all in the same order until it leaves', async () => {
      const heard: [TelephonySignal[], TelephonySignal[]] = [[], []];
      const leave = heard.map((each) => telephony.onSignal((signal) => each.push(signal)));
      const first = await anAnswered();
      leave[1]!();
      await telephony.hangUp(first.channelId);
      await untilTold('leg-ended', first.channelId);
      leave[0]!();

      const about = (each: readonly TelephonySignal[]) =>
        each
          .filter((signal) => 'channelId' in signal && signal.channelId === first.channelId)
          .filter(({ type }, index, all) => type !== all[index - 1]?.type); // Some may be told more than once.
      expect(about(heard[0]).map(({ type }) => type)).toEqual(
        expect.arrayContaining(['leg-answered', 'leg-ended']),
      );
      const untilAnswered = ['leg-alerting', 'leg-answered'].map((type) => ({ type, channelId: first.channelId }));
      expect(about(heard[0]).slice(0, 2)).toEqual(untilAnswered);
      expect(about(heard[1])).toEqual(untilAnswered);
    });
  });
}
