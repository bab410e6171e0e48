import { callDueAt } from '../../src/domain/call/call';
import { conversationDueAt } from '../../src/domain/conversation/conversation';
import {
  agentTarget,
  ANN,
  answered,
  aRingingAgent,
  asking,
  due,
  ended,
  hungUp,
  inviteOut,
  legOf,
  membersOf,
  NOTHING,
  now,
  released,
  told,
} from '../support/happenings';
import {
  after,
  APP,
  aRunningConversation,
  atTheirPhones,
  aWorld,
  doing,
  givenACaller,
  only,
  when,
} from '../support/worlds';

/** How much later than we do Asterisk acts on its own. */
const GRACE = 10;

const lasting = (conversationTimeoutSeconds: number) => ({
  request: asking([agentTarget(ANN)], { conversationTimeoutSeconds }),
});

describe('how long a conversation may last', () => {
  test.each([21_600, 60])('given %d s, it ends then with timeout, and not before', (seconds) => {
    const { world, leg, conversation, channelId } = aRingingAgent(lasting(seconds));
    when(world, answered(leg), after(5));
    expect(conversationDueAt(conversation)).toBe(after(seconds).at);
    expect(when(world, due('conversations', conversation), after(seconds - 0.001))).toEqual(NOTHING);

    const { effects, notifications } = when(world, due('conversations', conversation), after(seconds));

    expect(told(notifications)).toEqual(['exit ann', 'end timeout']);
    expect(doing(effects, 'release')).toMatchObject([{ channelId, variables: { PARLEY_END_REASON: 'timeout' } }]);
    expect(hungUp(effects)).toEqual([leg.channelId]);
    expect(when(world, due('conversations', conversation), after(seconds))).toEqual(NOTHING);
  });

  test('given a caller who has waited, it began when queueing did, and its time counts from the selection', () => {
    const world = aWorld(atTheirPhones({ name: ANN, state: 'away' }));
    givenACaller(world, lasting(60));

    when(world, { type: 'set-state', app: APP, name: ANN, state: 'idle' }, after(30));

    expect(only(world.conversations.values())).toMatchObject({ beginTime: after(0).at, endsAt: after(90).at });
  });

  test('given it counts from its creation, a caller whose agent still rings then goes on with cancel', () => {
    const { world, conversation } = aRingingAgent(lasting(20));

    const { effects, notifications } = when(world, due('conversations', conversation), after(20));

    expect(told(notifications)).toEqual(['queue.fail cancel']);
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'cancel', PARLEY_END_REASON: 'timeout' });
  });

  test('given Asterisk should see to it too, both legs are limited a little later than we would end it', () => {
    const { world, leg, channelId } = aRingingAgent(lasting(60));

    const { effects } = when(world, answered(leg), after(5));

    expect(doing(effects, 'limit')).toEqual([
      { do: 'limit', channelId, until: after(60 + GRACE).at },
      { do: 'limit', channelId: leg.channelId, until: after(60 + GRACE).at },
    ]);
  });

  test('given nobody answers, Asterisk ends the ringing leg of an agent by itself some day', () => {
    const world = aWorld(atTheirPhones({}));

    const { outcome } = givenACaller(world, lasting(60));

    expect(doing(outcome.effects, 'dial')).toMatchObject([{ ringSeconds: 50, lifeSeconds: 110 }]);
    expect(callDueAt(legOf(world))).toBe(after(50).at);
  });
});

describe('how long a number that we called may talk', () => {
  function aTalk(talkSeconds: number) {
    const { world, conversation } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation, { talkSeconds }));
    const call = world.calls.get(answer)!;
    const { effects } = when(world, answered(call), after(5));
    return { world, conversation, call, effects };
  }

  test('given its time is over, it is hung up, and leaves when it has ended', () => {
    const { world, conversation, call } = aTalk(30);
    expect(when(world, due('calls', call), after(34.999))).toEqual(NOTHING);

    const { effects, notifications } = when(world, due('calls', call), after(35));
    expect([hungUp(effects), notifications]).toEqual([[call.channelId], []]);
    expect(when(world, due('calls', call), after(36))).toEqual(NOTHING);

    expect(told(when(world, ended(call), after(36)).notifications)).toEqual(['parts_changed']);
    expect(membersOf(now(world, 'conversations', conversation))).toHaveLength(2);
  });

  test('given it hangs up before, its time comes to nothing', () => {
    const { world, call } = aTalk(30);
    when(world, ended(call), after(20));

    expect(when(world, due('calls', call), after(35))).toEqual(NOTHING);
  });

  test('given Asterisk should see to it too, it is limited a little later than we would hang it up', () => {
    const { call, effects } = aTalk(30);

    expect(doing(effects, 'limit')).toEqual([
      { do: 'limit', channelId: call.channelId, until: after(35 + GRACE).at },
    ]);
  });

  test('given more time than the conversation has, the conversation is the limit', () => {
    const { call, effects } = aTalk(21_600);

    expect(doing(effects, 'limit')).toEqual([
      { do: 'limit', channelId: call.channelId, until: after(21_600 + GRACE).at },
    ]);
  });

  test('given it talks too long after the other has left, nothing is left in the end', () => {
    const { world, conversation, calls } = aRunningConversation();
    const { answer } = when(world, inviteOut(conversation, { talkSeconds: 30 }));
    const call = world.calls.get(answer)!;
    when(world, answered(call));
    when(world, ended(calls[0]!));
    when(world, due('calls', call), after(30));

    expect(told(when(world, ended(call), after(31)).notifications)).toEqual(['end dismiss']);
    expect(only(world.calls.values()).id).toBe(calls[1]!.id);
  });
});
