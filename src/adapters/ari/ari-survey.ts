import type { BridgeId, ChannelId, SipUser, TrunkId } from '../../domain/ids';
import type { ChannelState } from '../../domain/input';
import { CALLER_VARIABLES, type Alive, type CallerEntered } from '../../ports/telephony';
import { unlessGone } from './ari-attempt';
import type { AriConnection } from './ari-connection';
import { broughtInto, DIALLED, isCaller, isKept, isOurs, type AriChannel } from './ari-signals';
import type { AriVariables } from './ari-variables';

/**
 * What is ours in Asterisk. Four requests, one for each phone that holds, and one for each caller that is not known.
 * Another program, or another Parley under another name, may choose ids like ours: a channel is ours only if our
 * application follows it, which outlives a lost connection (measured), or dialled it, and a bridge only if it has our
 * application's name. A channel that has taken a leg's place, and is not known, is there and no caller: nobody waits on it.
 */
export async function surveyAsterisk(
  ari: AriConnection,
  variables: AriVariables,
  application: string,
  known: ReadonlySet<string>,
  held: ReadonlySet<ChannelId>,
): Promise<Alive> {
  const [followed, channels, bridges, endpoints, holding] = await Promise.all([
    ari.list('get application', (client) => client.applications.get({ applicationName: application })),
    ari.list('list channels', (client) => client.channels.list() as Promise<readonly AriChannel[]>),
    ari.list('list bridges', (client) => client.bridges.list()),
    ari.list('list endpoints', (client) => client.endpoints.listByTech({ tech: 'PJSIP' })),
    Promise.all([...held].map(async (channelId) => [channelId, await isHolding(variables, channelId)] as const)),
  ]);
  const ourBridges = bridges.filter((bridge) => isOurs(bridge) && bridge.name === application);
  const isSeated = new Set(ourBridges.flatMap(({ channels: inside }) => inside));
  const fresh = await Promise.all(
    channels
      .filter((channel) => isCaller(channel, application) && !known.has(channel.id))
      .map(async (channel) => ({ id: channel.id, as: await describe(variables, channel, isSeated) })),
  );
  const isGone = new Set(fresh.filter(({ as }) => as === 'gone').map(({ id }) => id));
  const isFollowed = new Set(followed.channel_ids);
  const isLeg = (channel: AriChannel): boolean =>
    isOurs(channel) && (isFollowed.has(channel.id) || channel.accountcode === application);
  return {
    channels: new Map(
      channels
        .filter((channel) => isLeg(channel) || (isCaller(channel, application) && !isGone.has(channel.id)))
        .map((channel) => [channel.id as ChannelId, stateOf(channel, application)]),
    ),
    bridges: new Map(ourBridges.map(({ id, channels: inside }) => [id as BridgeId, inside as ChannelId[]])),
    accounts: new Map(
      endpoints.map(({ resource, state }) => [
        resource as SipUser,
        state === 'online' ? 'reachable' : 'unreachable',
      ]),
    ),
    trunks: new Set(endpoints.map(({ resource }) => resource as TrunkId)),
    callers: fresh.flatMap(({ as }) => (as === 'gone' || as === 'replacement' ? [] : as)),
    resumed: new Set(holding.filter(([, holds]) => !holds).map(([channelId]) => channelId)),
  };
}

function stateOf(channel: AriChannel, application: string): ChannelState {
  if (channel.state !== 'Up') return 'ringing';
  return isKept(channel, application) ? 'kept' : 'up';
}

/** Whether the phone has put us on hold (measured). Of a channel that is gone nobody can tell. */
export async function isHolding(variables: AriVariables, channelId: ChannelId): Promise<boolean> {
  return await unlessGone(true, async () => (await variables.readOne(channelId, 'CHANNEL(rtp,hold)')) !== '0');
}

/** Asterisk keeps the arguments of `Stasis()` only as they were written. */
async function describe(
  variables: AriVariables,
  channel: AriChannel,
  isSeated: ReadonlySet<string>,
): Promise<CallerEntered | 'replacement' | 'gone'> {
  const { args } = broughtInto((channel.dialplan.app_data ?? '').split(',').slice(1));
  if (await isReplacement(variables, channel, args, isSeated)) return 'replacement';
  return await readCaller(variables, channel, args);
}

/**
 * The dialplan has not sent it: it has taken the place of a leg. Where that sat in no bridge, it has its arguments; else
 * it has none, and is linked to the others of the bridge if there were any (measured).
 */
async function isReplacement(
  variables: AriVariables,
  { id }: AriChannel,
  args: readonly string[],
  isSeated: ReadonlySet<string>,
): Promise<boolean> {
  if (args.length > 0) return args[0] === DIALLED;
  if (isSeated.has(id)) return true;
  return await unlessGone(
    false,
    async () => (await variables.readOne(id as ChannelId, 'CHANNEL(linkedid)')) !== id,
  );
}

export async function readCaller(
  variables: AriVariables,
  channel: AriChannel,
  args: readonly string[],
): Promise<CallerEntered | 'gone'> {
  const channelId = channel.id as ChannelId;
  return await unlessGone<CallerEntered | 'gone'>('gone', async () => {
    const [presentation = '', ...values] = broughtBy(channel) ?? (await variables.read(channelId, BROUGHT));
    const isWithheld = /^(prohib|unavailable)/.test(presentation) || channel.caller.number === 'anonymous';
    return {
      type: 'caller-entered',
      channelId,
      telnumber: isWithheld ? null : channel.caller.number || null,
      args,
      variables: Object.fromEntries(
        CALLER_VARIABLES.map((name, index) => [name, values[index] ?? ''] as const).filter(([, value]) => value),
      ),
    };
  });
}

/** What says who the caller is and wants. The shipped `ari.conf` has Asterisk tell it along with the channel. */
const BROUGHT = ['CALLERID(num-pres)', ...CALLER_VARIABLES.map((name) => `PARLEY_${name}`)];

function broughtBy({ channelvars = {} }: AriChannel): readonly string[] | undefined {
  const values = BROUGHT.flatMap((name) => channelvars[name] ?? []);
  return values.length === BROUGHT.length ? values : undefined;
}
