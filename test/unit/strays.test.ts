import type { BridgeId, ChannelId } from '../../src/domain/ids';
import type { PhoneSystemView } from '../../src/domain/input';
import { straysIn } from '../../src/domain/reconciling';
import type { World } from '../../src/domain/world';
import type { CallerEntered } from '../../src/ports/telephony';
import { Strays } from '../../src/runtime/strays';
import { VirtualTime } from '../simulation/virtual-time';
import { silent } from '../support/fakes';
import { NOTHING } from '../support/happenings';
import { seen } from '../support/phone-system-views';
import { aRunningConversation, aWorld, APP, when } from '../support/worlds';

const STRAY = 'stray' as ChannelId;
const OTHER = 'other' as ChannelId;
const STRAY_BRIDGE = 'stray-bridge' as BridgeId;

/** As the world has it, and beside that what nobody knows. */
function withStrays(
  world: World,
  { inside = [], ...changes }: { readonly inside?: readonly ChannelId[] } & Partial<PhoneSystemView> = {},
) {
  const view = seen(world);
  return {
    ...view,
    channels: new Map([...view.channels, ...[STRAY, ...inside].map((id) => [id, 'up'] as const)]),
    bridges: new Map([...view.bridges, [STRAY_BRIDGE, inside] as const]),
    ...changes,
  };
}

describe('what is a stray', () => {
  test('given channels and a bridge of ours that nobody knows, they are, the bridge after those who sit in it', () => {
    const { world } = aRunningConversation();

    expect(straysIn(world, withStrays(world, { inside: [OTHER] }))).toEqual([
      { channelId: STRAY },
      { channelId: OTHER },
      { bridgeId: STRAY_BRIDGE },
    ]);
  });

  test('given a look at some, it ends nothing yet', () => {
    const world = aWorld();
    expect(when(world, withStrays(world, { inside: [OTHER] })).effects).toEqual([]);
  });

  test('given that they are about to be acted on, or were known when the look began, they are none', () => {
    const world = aWorld();
    const ids = new Set<string>([STRAY, STRAY_BRIDGE]);

    expect(straysIn(world, withStrays(world, { unsettled: ids }))).toEqual([]);
    expect(straysIn(world, withStrays(world, { expected: ids }))).toEqual([]);
  });

  test('given a conversation that ended while the look was under way, nothing of it is', () => {
    const { world, conversation } = aRunningConversation();
    const look = seen(world);
    when(world, { type: 'dissolve', app: APP, conversationId: conversation.id });

    expect(straysIn(world, look)).toEqual([]);
  });
});

describe('a stray whose turn it is', () => {
  test('given a channel, it is hung up; given a bridge, it is closed', () => {
    const { world } = aRunningConversation();

    expect(when(world, { type: 'stray-found', channelId: STRAY }).effects).toEqual([
      { do: 'hang-up', channelId: STRAY, from: null },
    ]);
    expect(when(world, { type: 'stray-found', bridgeId: STRAY_BRIDGE }).effects).toEqual([
      { do: 'close-bridge', bridgeId: STRAY_BRIDGE },
    ]);
  });

  test('given that it is somebody’s by now, it is left alone', () => {
    const { world, conversation, calls } = aRunningConversation();
    const { channelId } = calls[0]!;

    expect(when(world, { type: 'stray-found', channelId })).toEqual(NOTHING);
    expect(when(world, { type: 'stray-found', bridgeId: conversation.bridgeId })).toEqual(NOTHING);
  });
});

describe('one by one', () => {
  const channel = (number: number) => ({ channelId: String(number) as ChannelId });

  function aQueue() {
    const time = new VirtualTime();
    const dealtWith: unknown[] = [];
    const strays = new Strays(time.clockOf('service'), silent, {
      caller: ({ channelId }) => void dealtWith.push(`caller ${channelId}`),
      stray: (stray) => void dealtWith.push(stray),
    });
    return { time, strays, dealtWith };
  }

  test('given 500 strays, five go in a second, the first at once', async () => {
    const { time, strays, dealtWith } = aQueue();
    strays.found(Array.from({ length: 500 }, (_, number) => channel(number)));
    expect(dealtWith).toEqual([channel(0)]);

    await time.idle(2_100);

    expect(dealtWith).toHaveLength(11);
  });

  test('given the next look, what it has found takes the place of the rest, at the same pace', async () => {
    const { time, strays, dealtWith } = aQueue();
    strays.found([1, 2, 3].map(channel));
    strays.found([2, 3].map(channel));
    expect(dealtWith).toEqual([channel(1)]);

    await time.idle(1_000);

    expect(dealtWith).toEqual([1, 2, 3].map(channel));
  });

  test('given one that ends before its turn, it is passed over; given that all is stopped, so are all', async () => {
    const { time, strays, dealtWith } = aQueue();
    strays.found([1, 2, 3, 4].map(channel));
    strays.ended('2');
    await time.idle(300);
    strays.stop();
    await time.idle(1_000);

    expect(dealtWith).toEqual([channel(1), channel(3)]);
  });

  test('given a caller, it is taken in anew, not hung up', () => {
    const { strays, dealtWith } = aQueue();
    const caller: CallerEntered = {
      type: 'caller-entered',
      channelId: STRAY,
      telnumber: null,
      args: ['agent', 'ann'],
      variables: {},
    };
    strays.found([caller]);

    expect(dealtWith).toEqual([`caller ${STRAY}`]);
  });
});
