import { BRIDGE } from '../../src/domain/conversation/listen-speak-mode';
import { mayChange, type Effect } from '../../src/domain/effect';
import type { BridgeId, CallId, ChannelId, ExtensionId, Instant, SipUser } from '../../src/domain/ids';

const [channelId, on, bridgeId, from] = ['c1', 'c2', 'b1', 'b2'] as [ChannelId, ChannelId, BridgeId, BridgeId];
const user = '100001' as SipUser;
const ringing = { from: null, ringSeconds: 10, lifeSeconds: 100 };

const MAKES: readonly (readonly [Effect, string])[] = [
  [{ do: 'dial', callId: 'c1' as CallId, channelId, to: { kind: 'endpoint', user }, ...ringing }, channelId],
  [{ do: 'snoop', channelId, on }, channelId],
  [{ do: 'open-bridge', bridgeId, kind: 'pair' }, bridgeId],
  [{ do: 'provision', extensionId: 'e1' as ExtensionId, user, digest: '0'.repeat(32) }, user],
];

const ACTS: readonly (readonly [Effect, readonly string[]])[] = [
  [
    { do: 'place', channelId, from, placement: { bridgeId, speaks: true, hears: BRIDGE } },
    [channelId, from, bridgeId],
  ],
  [{ do: 'hang-up', channelId, from }, [channelId, from]],
  [{ do: 'release', channelId, from, variables: {} }, [channelId, from]],
  [{ do: 'receive', channelId, answer: true }, [channelId]],
  [{ do: 'limit', channelId, until: 5 as Instant }, []],
  [{ do: 'close-bridge', bridgeId }, [bridgeId]],
  [{ do: 'play-under', bridgeId, played: null }, [bridgeId]],
  [{ do: 'unprovision', user }, [user]],
];

test.each(MAKES)(
  'what $do makes may come as long as it is not there, and nothing else changes',
  (effect, made) => {
    expect(mayChange(effect, new Set([on]))).toEqual([made]);
    expect(mayChange(effect, new Set([on, made]))).toEqual([]);
  },
);

test.each(ACTS)(
  'what $do acts on may change as long as it is there, and nothing brings it back',
  (effect, touched) => {
    expect(mayChange(effect, new Set(touched))).toEqual(touched);
    expect(mayChange(effect, new Set())).toEqual([]);
  },
);
