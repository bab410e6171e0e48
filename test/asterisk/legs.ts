import { randomUUID } from 'node:crypto';
import { type Call } from '../../scripts/phone-farm/call';
import { eventually, now } from '../../scripts/phone-farm/eventually';
import { type Tone } from '../../scripts/phone-farm/tones';
import type { BridgeKind } from '../../src/domain/conversation/conversation';
import type { Placement } from '../../src/domain/conversation/listen-speak-mode';
import type { BridgeId, ChannelId, PhoneNumber } from '../../src/domain/ids';
import type { TelephonySignal } from '../../src/ports/telephony';
import { AriPhoneSystem } from './ari-phone-system';

export type Leg = { readonly channelId: ChannelId; readonly call: Call; readonly tone: Tone };

export const newId = <Id extends ChannelId | BridgeId>(): Id => randomUUID().replaceAll('-', '') as Id;

/** Legs and bridges on a real Asterisk, all of which end with their test. */
export class Legs {
  readonly signals: TelephonySignal[] = [];
  private inUse: ChannelId[] = [];
  private bridges: BridgeId[] = [];
  private numbers = 0;

  private constructor(readonly system: AriPhoneSystem) {
    system.telephony.onSignal((signal) => void this.signals.push(signal));
  }

  static async start(): Promise<Legs> {
    const legs = new Legs(await AriPhoneSystem.start());
    const isConnected = (): boolean => legs.signals.some(({ type }) => type === 'connected');
    await legs.system.until(isConnected, 'Asterisk should be connected');
    return legs;
  }

  async aBridge(kind: BridgeKind = 'mixing'): Promise<BridgeId> {
    const bridgeId = newId<BridgeId>();
    await this.system.telephony.openBridge(bridgeId, kind);
    this.bridges.push(bridgeId);
    return bridgeId;
  }

  /** A phone that was dialled, has answered and says its tone. */
  async aLeg(tone: Tone): Promise<Leg> {
    const number = `+4931${String(++this.numbers).padStart(4, '0')}` as PhoneNumber;
    const line = this.system.farm.outside(number, { tone, manner: { answerAfter: 0 } });
    const channelId = newId<ChannelId>();
    this.inUse.push(channelId);
    await this.system.telephony.dial({
      channelId,
      to: { kind: 'number', number, trunk: this.system.trunk },
      from: null,
      ringSeconds: 10,
      lifeSeconds: 120,
    });
    await this.untilTold('leg-answered', channelId);
    const call = await line.incoming();
    await call.answered();
    return { channelId, call, tone };
  }

  /** A snoop on the leg, in no bridge yet. */
  async aSnoop(on: Leg): Promise<ChannelId> {
    const channelId = newId<ChannelId>();
    this.inUse.push(channelId);
    expect(await this.system.telephony.snoop(channelId, on.channelId)).toBe('asked');
    await this.untilTold('leg-answered', channelId);
    return channelId;
  }

  async untilTold(type: 'leg-answered' | 'leg-ended', channelId: ChannelId): Promise<void> {
    const isTold = (): boolean => this.signals.some((each) => each.type === type && each.channelId === channelId);
    await this.system.until(isTold, `${type} should be told of ${channelId}`);
  }

  async place(
    leg: Pick<Leg, 'channelId'>,
    from: BridgeId | null,
    bridgeId: BridgeId | null,
    audio: Omit<Placement, 'bridgeId'>,
  ): Promise<void> {
    await this.system.telephony.place(leg.channelId, from, { ...audio, bridgeId });
  }

  /** Ends all that the test has made. */
  async clear(): Promise<void> {
    await Promise.all(this.inUse.map((each) => this.system.telephony.hangUp(each)));
    await Promise.all(this.bridges.map((each) => this.system.telephony.closeBridge(each)));
    this.forget();
  }

  /** Nothing of it is ended. */
  forget(): void {
    [this.inUse, this.bridges] = [[], []];
  }
}

/** Waits until the moment, and packets on their way have arrived. */
export async function listenUntil(moment: number): Promise<void> {
  await eventually(
    () => now() > moment + 30,
    moment - now() + 2_000,
    () => 'time should pass',
  );
}
