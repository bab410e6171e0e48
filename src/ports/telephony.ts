import type { BridgeKind } from '../domain/conversation/conversation';
import type { Placement, Played } from '../domain/conversation/listen-speak-mode';
import type { Dial } from '../domain/effect';
import type { Account } from '../domain/extension/extension';
import type { AppId, BridgeId, ChannelId, SipUser, TrunkId } from '../domain/ids';
import type { ChannelState, Replacement } from '../domain/input';
import type { Sound } from '../domain/queue/enqueue-sound';

/**
 * The phone system, as this service needs it.
 *
 * All methods but `dial` may be called again, after a crash or a reconnect, with the
 * same arguments, and then settle as if called once: the caller picks the ids. A method
 * that names a channel or bridge already gone resolves.
 *
 * @throws TelephonyUnavailable when the phone system did not answer in time. What was
 *   asked may have happened all the same.
 */
export interface Telephony {
  /** Rings someone. Any other error than TelephonyUnavailable means that nothing rings. */
  dial(call: OutgoingCall): Promise<void>;

  /** Takes a caller over from the dialplan, and answers it if `answer`. */
  receive(channelId: ChannelId, answer: boolean): Promise<Fate>;

  /**
   * Puts a channel where `placement` says, with the audio that it says; `from` is the bridge that
   * it sits in until then. What it may not say or hear is cut before it moves and what it may is
   * opened after, so not one packet passes that neither the old nor the new placement allows.
   * A caller that is not answered is by going into a bridge: Asterisk lets nobody in otherwise.
   */
  place(channelId: ChannelId, from: BridgeId | null, placement: Placement): Promise<Fate>;

  /** From now on Asterisk itself ends the channel after so many seconds, or up to a hundredth of them later. */
  limit(channelId: ChannelId, seconds: number): Promise<Fate>;

  /** `answeredElsewhere`: the phone is told that it has missed nothing. */
  hangUp(channelId: ChannelId, answeredElsewhere?: boolean): Promise<Fate>;

  /**
   * Lets a caller go on in the dialplan with these channel variables, and with nothing of ours
   * left on it: no mute, no music, no limit. `leg-ended` tells that it has gone.
   */
  release(channelId: ChannelId, from: BridgeId | null, variables: Readonly<Record<string, string>>): Promise<Fate>;

  /**
   * Makes a channel with this id that hears what the leg `on` hears and says, and whispers to it alone what the others in
   * the channel's own bridge say. `leg-answered` tells that it can be placed and hung up, as a leg that we dialled, and
   * `leg-ended` that it is gone: with `on` at the latest. Gone: `on` is, or there can be
   * no snoop on it. It is made for a leg that is answered.
   */
  snoop(channelId: ChannelId, on: ChannelId): Promise<Fate>;

  /** One that is a `pair` is for two legs at most at a time, and nothing is played under their talk or announced in it. */
  openBridge(bridgeId: BridgeId, kind: BridgeKind): Promise<void>;

  /**
   * Everybody in the bridge hears it under the talk, over and over, until something else or null is asked for. A sound
   * that is missing is logged, and nothing is played. Holds up nobody who enters or leaves.
   */
  playUnder(bridgeId: BridgeId, played: Played | null): Promise<void>;

  /**
   * Everybody in the bridge hears the sounds of the application once, one after the other. Those that are missing are
   * logged and skipped. Resolves when it was asked for, and holds up nobody who enters or leaves.
   */
  announce(bridgeId: BridgeId, app: AppId, sounds: readonly Sound[]): Promise<void>;

  /** Waits a moment for those who are leaving, then deletes it. */
  closeBridge(bridgeId: BridgeId): Promise<void>;

  /**
   * Makes the account, or gives it another digest or address. It is live when this resolves and survives a restart of
   * the phone system. Nobody can call in by the account of a gateway. @throws AccountRefused
   */
  provision(account: Account): Promise<void>;

  /**
   * Nobody is called or registers by it when this resolves; `alive` may show it for a moment longer. Any other error than
   * TelephonyUnavailable means that something of it is still there.
   */
  unprovision(user: SipUser): Promise<void>;

  /**
   * What this service has in the phone system right now: the reconciler compares the world with it.
   * `known`: ids of channels of whose callers nothing need be told. `held`: channels whose phones hold, as far as is
   * known: only of these it is found out.
   */
  alive(known?: ReadonlySet<string>, held?: ReadonlySet<ChannelId>): Promise<Alive>;

  /** Calls `listener` for each signal, in order for each channel, until the returned function is called. */
  onSignal(listener: (signal: TelephonySignal) => void): () => void;
}

/** Gone: there is no such channel under our control, and nothing more will be reported of it. */
export type Fate = 'asked' | 'gone';

export type OutgoingCall = Omit<Dial, 'do' | 'callId'>;

export type Alive = {
  /** Channels that this service dialled or snoops with, callers that wait or talk in it, and what has taken the place of one of these. */
  readonly channels: ReadonlyMap<ChannelId, ChannelState>;
  readonly bridges: ReadonlyMap<BridgeId, readonly ChannelId[]>;
  /** Every account that the phone system has, and whether a phone is registered with it, or its gateway answers. */
  readonly accounts: ReadonlyMap<SipUser, 'reachable' | 'unreachable'>;
  /** Every endpoint that a call may be sent through. */
  readonly trunks: ReadonlySet<TrunkId>;
  /** Those among `channels` that came in from the dialplan and are not known, as their `caller-entered` has told or would have told. */
  readonly callers: readonly CallerEntered[];
  /** Those among `held` whose phones do not hold any more. */
  readonly resumed: ReadonlySet<ChannelId>;
};

/** What the phone system tells on its own. */
export type TelephonySignal =
  | CallerEntered
  /** The phone of a leg that we dialled rings now: until then it was only on its way. May be told more than once. */
  | { readonly type: 'leg-alerting'; readonly channelId: ChannelId }
  | { readonly type: 'leg-answered'; readonly channelId: ChannelId }
  /** May be told more than once. */
  | { readonly type: 'leg-ended'; readonly channelId: ChannelId; readonly cause: number }
  /** The party's own phone has put the others on hold, or takes them back. Nobody's audio was touched by that. */
  | { readonly type: 'leg-held'; readonly channelId: ChannelId }
  | { readonly type: 'leg-resumed'; readonly channelId: ChannelId }
  /**
   * Another channel, `by`, has taken the place of this one: where it sat, `by` sits, under our control, and what was
   * asked of it for audio, limit and hold is not asked of `by`. Told before the end of either. The old channel may live
   * on, alone. After a `transfer`, its phone ends its call when it likes.
   */
  | {
      readonly type: 'leg-replaced';
      readonly channelId: ChannelId;
      readonly by: ChannelId;
      readonly how: Replacement;
    }
  | { readonly type: 'phone-reachable'; readonly user: SipUser; readonly reachable: boolean }
  /** Signals may have been missed until now. */
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected' }
  /** Another process has taken over our application: it is the owner now. */
  | { readonly type: 'replaced' }
  /** Another process, which `by` names to an operator, serves our application. It keeps it, and we stay away. */
  | { readonly type: 'occupied'; readonly by: string };

export type CallerEntered = {
  readonly type: 'caller-entered';
  readonly channelId: ChannelId;
  /** The caller id's number; null: withheld. */
  readonly telnumber: string | null;
  /** What the dialplan gave to `Stasis()` after the application's name. */
  readonly args: readonly string[];
  /** The channel variables `PARLEY_…` that are set and not empty, by the rest of their name. */
  readonly variables: Readonly<Partial<Record<CallerVariable, string>>>;
};

/** `PARLEY_ENQUEUE` and so on. */
export const CALLER_VARIABLES = ['APP', 'ENQUEUE', 'USER_DATA', 'PRIORITY', 'ANSWER'] as const;
export type CallerVariable = (typeof CALLER_VARIABLES)[number];

export class TelephonyUnavailable extends Error {
  override readonly name = 'TelephonyUnavailable';
}

export class AccountRefused extends Error {
  override readonly name = 'AccountRefused';
}
