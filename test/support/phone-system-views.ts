import type { BridgeId, ChannelId } from '../../src/domain/ids';
import type { Input, PhoneSystemView } from '../../src/domain/input';
import type { World } from '../../src/domain/world';
import { TRUNK } from './worlds';

/** Asterisk just as the world has it, but for the changes. */
export function seen(world: World, changes: Partial<PhoneSystemView> = {}): Input<'phone-system-seen'> {
  const calls = [...world.calls.values()];
  const whispers = calls.flatMap(({ whisper }) => whisper ?? []);
  const bridges = [...world.conversations.values(), ...whispers].map(({ bridgeId }) => bridgeId);
  const seatedIn = (bridgeId: BridgeId) =>
    calls.flatMap(({ channelId, placement }) => (placement?.bridgeId === bridgeId ? [channelId] : []));
  return {
    type: 'phone-system-seen',
    channels: new Map(calls.map(({ channelId, stage }) => [channelId, stage.at === 'ringing' ? 'ringing' : 'up'])),
    bridges: new Map(bridges.map((bridgeId) => [bridgeId, seatedIn(bridgeId)])),
    accounts: new Map(
      [...world.extensionOfUser].map(([user, id]) => {
        return [user, world.extensions.get(id)!.enabled ? 'reachable' : 'unreachable'];
      }),
    ),
    trunks: new Set([TRUNK]),
    resumed: new Set(),
    expected: new Set([...calls.map(({ channelId }) => channelId), ...bridges]),
    unsettled: new Set(),
    afterGap: false,
    ...changes,
  };
}

/** The channels that are alive without these. */
export function without(world: World, ...gone: readonly ChannelId[]): Pick<PhoneSystemView, 'channels'> {
  return { channels: new Map([...seen(world).channels].filter(([channelId]) => !gone.includes(channelId))) };
}
