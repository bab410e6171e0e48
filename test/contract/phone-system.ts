import type { ChannelId, GatewayAddress, PhoneNumber, TrunkId } from '../../src/domain/ids';
import { TelephonyUnavailable, type Telephony } from '../../src/ports/telephony';

/** A phone system with phones that a test holds in its hands. */
export type PhoneSystem = {
  readonly telephony: Telephony;
  readonly trunk: TrunkId;
  /** Where a gateway is. */
  readonly gateway: GatewayAddress;
  /**
   * What rings when this number is called through the trunk or the gateway: named before it is called, or the number does not exist.
   * It rings until it is told otherwise.
   */
  phone(number: PhoneNumber): PhoneInHand;
  /** Somebody calls in. The dialplan does not answer, sets what `DIALPLAN` says and hands the call over. */
  callIn(from: string): Promise<CallerInHand>;
  /** Lets time pass until the probe holds. @throws Error with `what` when it does not in time. */
  until(probe: () => boolean | Promise<boolean>, what: string): Promise<void>;
  close(): Promise<void>;
};

export type PhoneInHand = {
  state(): 'idle' | 'ringing' | 'up';
  answer(): Promise<void>;
  /** Refuses as busy. */
  decline(): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  hangUp(): Promise<void>;
};

export type CallerInHand = {
  state(): 'calling' | 'up' | 'ended';
  hangUp(): Promise<void>;
  /** What the dialplan finds in a variable once the call is back with it; null as long as it is not. */
  variableAfterwards(channelId: ChannelId, name: string): Promise<string | null>;
};

/** What a gateway is asked for that is asked for nobody in particular, as Asterisk has it. */
export const NO_NUMBER = 's' as PhoneNumber;

/** What the dialplan gives to the service with each caller. */
export const DIALPLAN = {
  args: ['agent', '1001'],
  variables: { APP: 'sales', USER_DATA: 'order "4711", für 1 & 2' },
} as const;

/** False: it is not reached yet. */
export async function isUsable(telephony: Telephony): Promise<boolean> {
  try {
    await telephony.alive();
    return true;
  } catch (error) {
    if (error instanceof TelephonyUnavailable) return false;
    throw error;
  }
}
