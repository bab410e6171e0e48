import type { ChannelId } from '../../src/domain/ids';
import type { Channel } from './simulated-channel';

/** Whose voices a channel hears: those in its bridge, unless something else is played to it, and those whispered to it. */
export function heardBy(channelId: ChannelId, channels: ReadonlyMap<ChannelId, Channel>): ReadonlySet<ChannelId> {
  const channel = channels.get(channelId);
  if (channel === undefined) return new Set();
  const whispering = [...channels.values()].filter(({ snoopsOn }) => snoopsOn === channelId);
  return new Set([channel, ...whispering].flatMap((each) => fromBridge(each, channels)));
}

function fromBridge(
  { id, bridge, hears }: Channel,
  channels: ReadonlyMap<ChannelId, Channel>,
): readonly ChannelId[] {
  if (bridge === null || hears.from !== 'bridge') return [];
  return [...channels.values()]
    .filter((other) => other.bridge === bridge && other.id !== id && other.speaks)
    .flatMap((other) => voicesOf(other, channels));
}

/** What a channel brings into its bridge. A snoop does not pass on what is whispered to its leg. */
function voicesOf({ id, snoopsOn }: Channel, channels: ReadonlyMap<ChannelId, Channel>): readonly ChannelId[] {
  if (snoopsOn === null) return [id];
  const leg = channels.get(snoopsOn);
  if (leg === undefined) return [];
  return [...(leg.speaks ? [leg.id] : []), ...fromBridge(leg, channels)];
}
