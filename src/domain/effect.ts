import type { BridgeKind } from './conversation/conversation';
import type { Placement, Played } from './conversation/listen-speak-mode';
import type { Account } from './extension/extension';
import type {
  AppId,
  BridgeId,
  CallId,
  ChannelId,
  ExtensionId,
  Instant,
  PhoneNumber,
  SipUser,
  TrunkId,
} from './ids';
import type { Sound } from './queue/enqueue-sound';

/** What the domain wants done in Asterisk. Data only: it can be stored, compared and logged. */
export type Effect =
  | Dial
  /** Takes a caller over from the dialplan. `answer`: now, rather than when an agent answers. */
  | { readonly do: 'receive'; readonly channelId: ChannelId; readonly answer: boolean }
  /** `from`: the bridge it sits in until then, if any. */
  | {
      readonly do: 'place';
      readonly channelId: ChannelId;
      readonly from: BridgeId | null;
      readonly placement: Placement;
    }
  /** Asterisk itself ends the channel then, even if nobody is there to ask for it. */
  | { readonly do: 'limit'; readonly channelId: ChannelId; readonly until: Instant }
  /** `from`: the bridge that it leaves by this, and that may have to be closed next. */
  | {
      readonly do: 'hang-up';
      readonly channelId: ChannelId;
      readonly from: BridgeId | null;
      /** Someone else took the call: no phone is to list it as missed. */
      readonly answeredElsewhere?: true;
    }
  /** The caller goes on in the dialplan, with these channel variables. */
  | {
      readonly do: 'release';
      readonly channelId: ChannelId;
      readonly from: BridgeId | null;
      readonly variables: Readonly<Record<string, string>>;
    }
  /** A channel of our own that hears all that the leg `on` hears and says, and whispers to it what its own bridge says. */
  | { readonly do: 'snoop'; readonly channelId: ChannelId; readonly on: ChannelId }
  | { readonly do: 'open-bridge'; readonly bridgeId: BridgeId; readonly kind: BridgeKind }
  | { readonly do: 'close-bridge'; readonly bridgeId: BridgeId }
  /** Everybody in the bridge hears it under the talk from now on; null: nothing any more. */
  | { readonly do: 'play-under'; readonly bridgeId: BridgeId; readonly played: Played | null }
  /** Everybody in the bridge hears these sounds of the application, one after the other, once. */
  | {
      readonly do: 'announce';
      readonly bridgeId: BridgeId;
      readonly app: AppId;
      readonly sounds: readonly Sound[];
    }
  | ({ readonly do: 'provision'; readonly extensionId: ExtensionId } & Account)
  | { readonly do: 'unprovision'; readonly user: SipUser };

export type Dial = {
  readonly do: 'dial';
  readonly callId: CallId;
  readonly channelId: ChannelId;
  readonly to: Destination;
  /** The caller id to show. */
  readonly from: string | null;
  readonly ringSeconds: number;
  /** How long it may live at most, ringing included: Asterisk sees to it on its own. */
  readonly lifeSeconds: number;
};

export type Destination =
  | { readonly kind: 'endpoint'; readonly user: SipUser }
  /** `trunk`: the one to the outside, or the endpoint of a gateway. */
  | { readonly kind: 'number'; readonly number: PhoneNumber; readonly trunk: TrunkId | SipUser };

/** True where a second time would be noticed: because we crashed, no phone may ring and nothing be announced again. */
export function isOnceOnly(effect: Effect): boolean {
  return effect.do === 'dial' || effect.do === 'announce';
}

/** True where Asterisk does not show whether it was carried out: mutes, music and sounds. */
export function isUnseen(effect: Effect): boolean {
  return effect.do === 'place' || effect.do === 'play-under';
}

/** What an effect acts on. Effects on the same happen in the order they were decided, unless for both it `isShared`. */
export function touches(effect: Effect): readonly string[] {
  switch (effect.do) {
    case 'dial':
    case 'receive':
    case 'limit':
      return [effect.channelId];
    case 'hang-up':
    case 'release':
      return [effect.channelId, effect.from].filter((each) => each !== null);
    case 'snoop':
      return [effect.channelId, effect.on];
    case 'place':
      return [effect.channelId, effect.from, effect.placement.bridgeId].filter((each) => each !== null);
    case 'open-bridge':
    case 'close-bridge':
    case 'play-under':
    case 'announce':
      return [effect.bridgeId];
    case 'provision':
    case 'unprovision':
      return [effect.user];
  }
}

/** Legs enter and leave a bridge side by side, between its opening, its sounds and its end. `id`: of what it touches. */
export function isShared(effect: Effect, id: string): boolean {
  const isOfLeg = effect.do === 'place' || effect.do === 'hang-up' || effect.do === 'release';
  return isOfLeg && id !== effect.channelId;
}

/**
 * What Asterisk may soon have otherwise than now by an effect, out of what it acts on. `there`: what Asterisk has. What is
 * to be made and is there already stays as it is, and so does what is gone unless it is made: no other effect brings it
 * back. Nor does a leg change that is only snooped on, or limited.
 */
export function mayChange(effect: Effect, there: ReadonlySet<string>): readonly string[] {
  const made = makes(effect);
  return changed(effect).filter((id) => there.has(id) !== (id === made));
}

function changed(effect: Effect): readonly string[] {
  if (effect.do === 'limit') return [];
  return effect.do === 'snoop' ? [effect.channelId] : touches(effect);
}

function makes(effect: Effect): string | null {
  if (effect.do === 'dial' || effect.do === 'snoop') return effect.channelId;
  if (effect.do === 'open-bridge') return effect.bridgeId;
  return effect.do === 'provision' ? effect.user : null;
}
