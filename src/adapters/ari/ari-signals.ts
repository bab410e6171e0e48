import type { BridgeId, ChannelId, SipUser } from '../../domain/ids';
import type { TelephonySignal } from '../../ports/telephony';

/** The application argument of the legs we make, so that they differ from callers; the dialplan has it for those we dial. */
export const DIALLED = 'dialled';

/** What we use of ARI's channel. */
export type AriChannel = {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly caller: { readonly number: string };
  readonly accountcode: string;
  readonly dialplan: { readonly app_name?: string; readonly app_data?: string };
  /** Those that `channelvars` of `ari.conf` names; empty: not set. Left out where it names none. */
  readonly channelvars?: Readonly<Record<string, string>>;
};

/** A channel that the dialplan has sent to us. Its variables may still have to be read. */
export type CallerArrived = {
  readonly type: 'caller-arrived';
  readonly channel: AriChannel;
  readonly args: readonly string[];
  readonly prepared: Prepared;
};

/** What the dialplan has done for a caller, and the service need not ask for. */
export type Prepared = {
  /** The holding of other phones does not reach it. */
  readonly isGuarded: boolean;
  /** The music-on-hold class that it hears; undefined: none, or nobody says. */
  readonly music: string | undefined;
};

/** A channel sits in a bridge now, which the answer to the request for it did not say yet. */
export type BridgeEntered = {
  readonly type: 'bridge-entered';
  readonly channelId: ChannelId;
  readonly bridgeId: BridgeId;
};

/** A prompt to a channel has ended, and with it the music that was played before, outside of a bridge (measured). */
export type PromptEnded = { readonly type: 'prompt-ended'; readonly channelId: ChannelId };

type AriEvents = {
  readonly StasisStart: {
    readonly channel: AriChannel;
    readonly args: readonly string[];
    readonly replace_channel?: { readonly id: string };
  };
  readonly StasisEnd: { readonly channel: AriChannel };
  readonly Dial: { readonly peer: { readonly id: string }; readonly dialstatus: string };
  readonly ChannelDestroyed: { readonly channel: AriChannel; readonly cause: number };
  readonly ChannelHold: { readonly channel: AriChannel };
  readonly ChannelUnhold: { readonly channel: AriChannel };
  readonly ChannelEnteredBridge: { readonly channel: AriChannel; readonly bridge: { readonly id: string } };
  readonly PlaybackFinished: { readonly playback: { readonly target_uri: string } };
  readonly PeerStatusChange: {
    readonly endpoint: { readonly technology: string; readonly resource: string; readonly state?: string };
  };
  readonly ApplicationReplaced: object;
};
export type AriEventType = keyof AriEvents;

type Report = TelephonySignal | CallerArrived | BridgeEntered | PromptEnded | undefined;

/** One row for each ARI event that we act on. Pure, so each row is tested with a recorded event. */
export const SIGNALS: { readonly [Type in AriEventType]: (event: AriEvents[Type]) => Report } = {
  // A leg that we dialled enters the application when it is answered, not before. So does, without arguments, a channel
  // that takes the place of one of ours: an INVITE with Replaces, or what Asterisk makes of a REFER (measured).
  StasisStart: ({ channel, args, replace_channel: replaced }) => {
    const channelId = channel.id as ChannelId;
    if (replaced) {
      const how = isOfTransfer(channel) ? 'transfer' : 'take-over';
      return { type: 'leg-replaced', channelId: replaced.id as ChannelId, by: channelId, how };
    }
    if (isOurs(channel)) return { type: 'leg-answered', channelId };
    return { type: 'caller-arrived', channel, ...broughtInto(args) };
  },
  // A gateway that lets the ringing itself be heard (183) says PROGRESS, and its channel never becomes Ringing (measured).
  Dial: ({ peer, dialstatus }) =>
    isOurs(peer) && (dialstatus === 'RINGING' || dialstatus === 'PROGRESS')
      ? { type: 'leg-alerting', channelId: peer.id as ChannelId }
      : undefined,
  // Comes a millisecond before ChannelDestroyed, or much earlier if the dialplan has something to do at hang-up.
  StasisEnd: ({ channel }) => ({ type: 'leg-ended', channelId: channel.id as ChannelId, cause: 0 }),
  // Who listens to endpoints is told of all their channels. Callers end with StasisEnd.
  ChannelDestroyed: ({ channel, cause }) =>
    isOurs(channel) ? { type: 'leg-ended', channelId: channel.id as ChannelId, cause } : undefined,
  // Where a Local channel has taken a phone's place, it is told of the phone behind the other half.
  ChannelHold: ({ channel }) =>
    isPhone(channel) ? { type: 'leg-held', channelId: channel.id as ChannelId } : undefined,
  ChannelUnhold: ({ channel }) =>
    isPhone(channel) ? { type: 'leg-resumed', channelId: channel.id as ChannelId } : undefined,
  ChannelEnteredBridge: ({ channel, bridge }) => ({
    type: 'bridge-entered',
    channelId: channel.id as ChannelId,
    bridgeId: bridge.id as BridgeId,
  }),
  PlaybackFinished: ({ playback: { target_uri } }) => {
    const [kind, id] = target_uri.split(/:(.*)/s);
    return kind === 'channel' ? { type: 'prompt-ended', channelId: id as ChannelId } : undefined;
  },
  // Tells of registering and leaving alone; `EndpointStateChange` of each call of the phone as well (measured).
  PeerStatusChange: ({ endpoint: { technology, resource, state } }) =>
    technology === 'PJSIP'
      ? { type: 'phone-reachable', user: resource as SipUser, reachable: state === 'online' }
      : undefined,
  ApplicationReplaced: () => ({ type: 'replaced' }),
};

/** The arguments of `Stasis(<application>,...)`, which is also what Asterisk keeps of them: `[parley]` of the dialplan adds two of its own. */
export function broughtInto(all: readonly string[]): Pick<CallerArrived, 'args' | 'prepared'> {
  const [guarded, music = ''] = all.slice(ARGUMENTS);
  const isGuarded = guarded === GUARDED;
  return { args: all.slice(0, ARGUMENTS), prepared: { isGuarded, music: (isGuarded && music) || undefined } };
}

/** What is asked for, and by which name. */
const ARGUMENTS = 2;
const GUARDED = 'guarded';

export const EVENT_TYPES = Object.keys(SIGNALS) as readonly AriEventType[];

export function isActedOn(type: string): type is AriEventType {
  return Object.hasOwn(SIGNALS, type);
}

/** The ids we make have another shape than Asterisk's own, so nobody else's channel is ever touched. */
export function isOurs({ id }: { readonly id: string }): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}

function isPhone({ name }: AriChannel): boolean {
  return name.startsWith('PJSIP/');
}

/** One half of a pair, `Local/<number>@from-agent-00000001;1`, whose other half is with whom the REFER asked for (measured). */
function isOfTransfer({ name }: AriChannel): boolean {
  return name.startsWith('Local/');
}

/** Answered, and kept by the dialplan until it can be handed over to us. */
export function isKept({ accountcode, state, dialplan }: AriChannel, application: string): boolean {
  return accountcode === application && state === 'Up' && dialplan.app_name !== 'Stasis';
}

/** Dialled neither by us nor still in the dialplan: it came in through `Stasis(<application>,...)`. */
export function isCaller(channel: AriChannel, application: string): boolean {
  const { app_name, app_data = '' } = channel.dialplan;
  return !isOurs(channel) && app_name === 'Stasis' && app_data.split(',')[0] === application;
}
