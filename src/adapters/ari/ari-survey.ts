import type { BridgeId, ChannelId, SipUser, TrunkId } from '../../domain/ids';
import { CALLER_VARIABLES, type Alive, type CallerEntered } from '../../ports/telephony';
import type { AriConnection } from './ari-connection';
import { ariFailure } from './ari-failure';
import { isCaller, isOurs, type AriChannel } from './ari-signals';
import type { AriVariables } from './ari-variables';

/**
 * What is ours in Asterisk. Four requests, one for each phone that holds, and one for each caller that is not known. Another program, or another Parley under another
 * name, may choose ids like ours: a channel is ours only if our application follows it, which outlives a lost
 * connection (measured), and a bridge only if it has our application's name.
 */
export async function surveyAsterisk(
  ari: AriConnection,
  variables: AriVariables,
  application: string,
  known: ReadonlySet<string>,
  held: ReadonlySet<ChannelId>,
): Promise<Alive> {
  const [followed, channels, bridges, endpoints, holding] = await Promise.all([
    ari.ask('get application', (client) => client.applications.get({ applicationName: application })),
    ari.ask('list channels', (client) => client.channels.list() as Promise<readonly AriChannel[]>),
    ari.ask('list bridges', (client) => client.bridges.list()),
    ari.ask('list endpoints', (client) => client.endpoints.listByTech({ tech: 'PJSIP' })),
    Promise.all([...held].map(async (channelId) => [channelId, await isHolding(variables, channelId)] as const)),
  ]);
  const inside = channels.filter((channel) => isCaller(channel, application));
  const fresh = inside.filter(({ id }) => !known.has(id));
  const old = inside.filter(({ id }) => known.has(id));
  const callers = await Promise.all(fresh.map((channel) => describe(variables, channel)));
  const entered = callers.filter((each) => each !== 'gone');
  const isAlive = new Set<string>([...old.map(({ id }) => id), ...entered.map(({ channelId }) => channelId)]);
  const isFollowed = new Set(followed.channel_ids);
  return {
    channels: new Map(
      channels
        .filter((channel) => (isOurs(channel) && isFollowed.has(channel.id)) || isAlive.has(channel.id))
        .map(({ id, state }) => [id as ChannelId, state === 'Up' ? 'up' : 'ringing']),
    ),
    bridges: new Map(
      bridges
        .filter((bridge) => isOurs(bridge) && bridge.name === application)
        .map(({ id, channels }) => [id as BridgeId, channels as ChannelId[]]),
    ),
    accounts: new Map(
      endpoints.map(({ resource, state }) => [
        resource as SipUser,
        state === 'online' ? 'reachable' : 'unreachable',
      ]),
    ),
    trunks: new Set(endpoints.map(({ resource }) => resource as TrunkId)),
    callers: entered,
    resumed: new Set(holding.filter(([, holds]) => !holds).map(([channelId]) => channelId)),
  };
}

/** Whether the phone has put us on hold (measured). Of a channel that is gone nobody can tell. */
async function isHolding(variables: AriVariables, channelId: ChannelId): Promise<boolean> {
  try {
    return (await variables.readOne(channelId, 'CHANNEL(rtp,hold)')) !== '0';
  } catch (error) {
    if (ariFailure(error) === 'channel-gone') return true;
    throw error;
  }
}

/** Asterisk keeps the arguments of `Stasis()` only as they were written. */
async function describe(variables: AriVariables, channel: AriChannel): Promise<CallerEntered | 'gone'> {
  const [, ...args] = (channel.dialplan.app_data ?? '').split(',');
  return await readCaller(variables, channel, args);
}

export async function readCaller(
  variables: AriVariables,
  channel: AriChannel,
  args: readonly string[],
): Promise<CallerEntered | 'gone'> {
  const channelId = channel.id as ChannelId;
  try {
    const names = CALLER_VARIABLES.map((name) => `PARLEY_${name}`);
    const [presentation = '', ...values] = await variables.read(channelId, ['CALLERID(num-pres)', ...names]);
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
  } catch (error) {
    if (ariFailure(error) === 'channel-gone') return 'gone';
    throw error;
  }
}
