import { BRIDGE, SILENCE, type Hearing } from '../../src/domain/conversation/listen-speak-mode';
import type { Destination } from '../../src/domain/effect';
import type { BridgeId, ChannelId } from '../../src/domain/ids';
import type { ChannelState } from '../../src/domain/input';
import type { CallerEntered } from '../../src/ports/telephony';

/** A leg in Asterisk. `caller`: it came in from the dialplan, else we dialled it, snoop with it, or it has taken a leg's place. */
export type Channel = {
  readonly id: ChannelId;
  readonly to: Destination | null;
  readonly caller: CallerEntered | null;
  /** The leg that it listens and whispers to. */
  readonly snoopsOn: ChannelId | null;
  /** The other half of a pair that a transfer has made, one of which ends with the other. */
  readonly pairedWith: ChannelId | null;
  state: ChannelState;
  /** When its phone was answered; null: it was not, or nobody dialled it. */
  answeredAt: number | null;
  bridge: BridgeId | null;
  speaks: boolean;
  hears: Hearing;
  /** Its phone has put us on hold. */
  holds: boolean;
  cancelLimit: () => void;
  isOverLimit: boolean;
};

export function newChannel(
  id: ChannelId,
  given: Pick<Channel, 'state'> & Partial<Pick<Channel, 'to' | 'caller' | 'snoopsOn' | 'pairedWith'>>,
): Channel {
  const audio = given.caller ? SILENCE : BRIDGE;
  return {
    id,
    to: null,
    caller: null,
    snoopsOn: null,
    pairedWith: null,
    answeredAt: null,
    bridge: null,
    speaks: true,
    hears: audio,
    holds: false,
    cancelLimit: () => undefined,
    isOverLimit: false,
    ...given,
  };
}

/** Nothing of ours is left on it. */
export function withoutOurs(channel: Channel): Channel {
  channel.cancelLimit();
  return Object.assign(channel, { bridge: null, speaks: true, hears: SILENCE });
}
