import type { ChannelId } from '../../src/domain/ids';
import { straysIn } from '../../src/domain/reconciling';
import {
  aRingingAgent,
  dissolve,
  ended,
  held,
  hungUp,
  NOTHING,
  now,
  replaced,
  theAgent,
  told,
} from '../support/happenings';
import { seen } from '../support/phone-system-views';
import { after, aServedCaller, atTheirPhones, aWorld, doing, givenACaller, when } from '../support/worlds';

const BY = '1795890161.6' as ChannelId;

describe('given another channel takes the place of an agent’s', () => {
  test('the same call goes on with it, and gets all that the old channel had; the old one is hung up', () => {
    const { world, agentCall, conversation } = aServedCaller();
    const before = now(world, 'calls', agentCall);

    const { effects, notifications } = when(world, replaced(agentCall, BY));

    expect(now(world, 'calls', agentCall)).toEqual({ ...before, channelId: BY });
    expect([...world.callOnChannel.keys()].sort()).toEqual([BY, conversation.channelId].sort());
    expect(notifications).toEqual([]);
    expect(effects).toEqual([
      { do: 'hang-up', channelId: agentCall.channelId, from: null },
      { do: 'receive', channelId: BY, answer: false },
      { do: 'limit', channelId: BY, until: after(21_610).at },
      { do: 'place', channelId: BY, from: conversation.bridgeId, placement: before.placement },
    ]);
  });

  test('the end of the old channel is nobody’s, and the end of the new one is the agent’s', () => {
    const { world, agentCall } = aServedCaller();
    when(world, replaced(agentCall, BY));
    expect(when(world, ended(agentCall))).toEqual(NOTHING);

    const { notifications } = when(world, ended({ channelId: BY }));
    expect(told(notifications)).toEqual(['exit ann', 'end dismiss', 'state_changed ann talking>idle']);
    expect([world.calls.size, world.callOnChannel.size, theAgent(world).callId]).toEqual([0, 0, null]);
  });

  test('told twice, or too late, it changes nothing', () => {
    const { world, agentCall, conversation } = aServedCaller();
    when(world, replaced(agentCall, BY));
    expect(when(world, replaced(agentCall, BY))).toEqual(NOTHING);

    when(world, dissolve(conversation));
    when(world, ended({ channelId: BY }));
    const late = when(world, replaced({ channelId: BY }, '1795890161.7' as ChannelId));
    expect({ ...late, effects: [] }).toEqual(NOTHING);
    expect(hungUp(late.effects)).toEqual(['1795890161.7']);
  });

  test('given its phone held, the agent is back in its mode: the phone that held is gone', () => {
    const { world, agentCall, conversation } = aServedCaller();
    when(world, held(agentCall));
    when(world, replaced(agentCall, BY));
    expect(now(world, 'conversations', conversation).members.at(-1)).toMatchObject({ mode: 1, until: null });
    const { placement, phoneHold } = now(world, 'calls', agentCall);
    expect([placement?.bridgeId, phoneHold]).toEqual([conversation.bridgeId, null]);
  });

  test('given its answer was missed, it has answered', () => {
    const { world, leg, conversation } = aRingingAgent();
    const { notifications } = when(world, replaced(leg, BY));
    expect(told(notifications)).toContain('enter ann');
    expect(now(world, 'calls', leg)).toMatchObject({ channelId: BY, memberOf: [conversation.id] });
  });

  test('given it was being hung up, the new channel is hung up too', () => {
    const { world, agentCall, conversation } = aServedCaller();
    when(world, dissolve(conversation));
    expect(hungUp(when(world, replaced(agentCall, BY)).effects)).toEqual([agentCall.channelId, BY]);
    when(world, ended({ channelId: BY }));
    expect([world.calls.size, theAgent(world).state]).toEqual([0, 'idle']);
  });

  test('given it was missed, the agent is put back on its old channel, and the new one is hung up', () => {
    const { world, agentCall, conversation } = aServedCaller();
    const { channels } = seen(world);
    const view = seen(world, {
      channels: new Map([...channels, [BY, 'up']]),
      bridges: new Map([[conversation.bridgeId, [BY, conversation.channelId!]]]),
    });
    const { effects, notifications } = when(world, view);
    expect(doing(effects, 'place').map(({ channelId }) => channelId)).toEqual([agentCall.channelId]);
    expect(straysIn(world, view)).toEqual([{ channelId: BY }]);
    expect(notifications).toEqual([]);
  });
});

test('given another channel takes the place of a caller who waits, it waits on, and is served', () => {
  const world = aWorld(atTheirPhones({ state: 'away' }));
  const { channelId, call } = givenACaller(world);
  const { placement } = now(world, 'calls', call);
  const { effects } = when(world, replaced({ channelId }, BY));
  expect(effects).toEqual([
    { do: 'hang-up', channelId, from: null },
    { do: 'receive', channelId: BY, answer: false },
    { do: 'place', channelId: BY, from: null, placement },
  ]);
  when(world, { type: 'set-state', app: call.app, name: theAgent(world).name, state: 'idle' });
  expect(theAgent(world).state).toBe('fetching');
  expect(now(world, 'calls', call).channelId).toBe(BY);
});
