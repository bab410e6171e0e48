import type { Agent } from '../../src/domain/agent/agent';
import type { Conversation } from '../../src/domain/conversation/conversation';
import type { Notification } from '../../src/domain/notification';
import type { Change } from '../../src/domain/world';
import { agentTarget, ANN, answered, asking, due, ended, inviteOut, now, told } from '../support/happenings';
import { policyOf, someRules } from '../support/outside-policies';
import { seen, without } from '../support/phone-system-views';
import {
  after,
  aRunningConversation,
  aServedCaller,
  atTheirPhones,
  aWorld,
  givenACaller,
  only,
  SETTINGS,
  when,
} from '../support/worlds';

/** How much later than we do Asterisk acts on its own. */
const GRACE = 10;
/** Long after all limits. */
const AWAY = 1_000;
const lasting = (conversationTimeoutSeconds: number) => ({
  request: asking([agentTarget(ANN)], { conversationTimeoutSeconds }),
});

function conversationIn(changes: readonly Change[]): Conversation {
  return only(changes.flatMap(({ kind, value }) => (kind === 'conversations' ? value : [])));
}

const untilOf = ({ members }: Conversation): readonly unknown[] => members.map(({ until }) => until);

/** Of those events that say when it was, that. */
function timesIn(notifications: readonly Notification[]): readonly unknown[] {
  return notifications.flatMap((each) => {
    if ('currentTime' in each) return [[told([each])[0], each.currentTime]];
    return 'endTime' in each ? [[told([each])[0], each.endTime]] : [];
  });
}

/** Two talk, and a number that was called and may talk for 30 s since 5 s after the beginning. */
function aTalkWithANumber() {
  const { conversation, calls, ...rest } = aRunningConversation();
  const outside = policyOf(() => someRules({ minutesPerDay: 60 }));
  const world = { ...rest.world, settings: { ...SETTINGS, outside } };
  const { answer } = when(world, inviteOut(conversation, { talkSeconds: 30 }));
  const number = now(world, 'calls', { id: answer });
  when(world, answered(number), after(5));
  return { world, conversation, calls, number };
}

describe('a leg that has ended unseen', () => {
  test('given its limit came before the look, it has left when Asterisk was to end it, and has talked as long', () => {
    const { world, conversation, number } = aTalkWithANumber();

    const { notifications } = when(world, seen(world, without(world, number.channelId)), after(AWAY));

    expect(told(notifications)).toEqual(['parts_changed']);
    expect(untilOf(now(world, 'conversations', conversation))).toEqual([null, null, after(35 + GRACE).at]);
    expect(only(world.outsideUse.values()).talkSeconds).toBe(30 + GRACE);
  });

  test.each([
    ['its limit has not come', 20],
    ['only we would have ended it', 35 + GRACE - 0.001],
  ])('given %s, it has left just now, for all that is known', (_, seconds) => {
    const { world, conversation, number } = aTalkWithANumber();

    when(world, seen(world, without(world, number.channelId)), after(seconds));

    expect(untilOf(now(world, 'conversations', conversation))).toEqual([null, null, after(seconds).at]);
    expect(only(world.outsideUse.values()).talkSeconds).toBe(Math.ceil(seconds - 5));
  });

  test('given it came after its conversation was to be over, it was there no less than no time', () => {
    const { world, conversation } = aRunningConversation();
    const late = (conversation.endsAt - after(0).at) / 1000 + AWAY;
    const { answer } = when(world, inviteOut(conversation, { talkSeconds: 30 }));
    const number = now(world, 'calls', { id: answer });
    when(world, answered(number), after(late));

    when(world, seen(world, without(world, number.channelId)), after(late + 1));

    expect(untilOf(now(world, 'conversations', conversation))).toEqual([null, null, after(late).at]);
  });
});

describe('a conversation that has ended unseen', () => {
  const gone = { channels: new Map(), bridges: new Map() };

  test.each([
    ['dismiss', {}],
    ['lost', gone],
  ])(
    'given its limit came before the look, it ended with %s when Asterisk was to end its legs',
    (reason, view) => {
      const { world, agentCall, channelId } = aServedCaller(lasting(60));

      const look = seen(world, { ...without(world, channelId, agentCall.channelId), ...view });
      const { changes, notifications } = when(world, look, after(AWAY));

      const end = after(60 + GRACE).at;
      expect(conversationIn(changes).stage).toMatchObject({ at: 'ended', since: end });
      expect(untilOf(conversationIn(changes))).toEqual([end, end]);
      const times = timesIn(notifications);
      expect(times).toHaveLength(3);
      expect(times).toEqual(
        expect.arrayContaining([
          ['exit ann', end],
          [`end ${reason}`, end],
          // Until now nobody knew, so nobody rang it.
          ['state_changed ann talking>idle', after(AWAY).at],
        ]),
      );
      expect(only(world.agents.values())).toMatchObject<Partial<Agent>>({ state: 'idle', lastTalkAt: end });
    },
  );

  test('given one of two lives on, it was in it until now, and the conversation was as long', () => {
    const { world, agentCall } = aServedCaller(lasting(60));

    const { changes, notifications } = when(world, seen(world, without(world, agentCall.channelId)), after(AWAY));

    expect(untilOf(conversationIn(changes))).toEqual([after(AWAY).at, after(60 + GRACE).at]);
    expect(timesIn(notifications)).toContainEqual(['exit ann', after(60 + GRACE).at]);
    expect(timesIn(notifications)).toContainEqual(['end dismiss', after(AWAY).at]);
  });

  test('given one of two is missing but about to be acted on, it was in it until now', () => {
    const { world, agentCall, channelId } = aServedCaller(lasting(60));
    const unsettled = new Set([channelId]);

    const look = seen(world, { ...without(world, channelId, agentCall.channelId), unsettled });
    const { changes } = when(world, look, after(AWAY));

    expect(untilOf(conversationIn(changes))).toEqual([after(AWAY).at, after(60 + GRACE).at]);
  });

  test('given both live on although their time is over, they were in it until it is ended', () => {
    const { world, conversation } = aServedCaller(lasting(60));
    when(world, seen(world, { afterGap: true }), after(AWAY));

    const { changes } = when(world, due('conversations', conversation), after(AWAY));

    expect(untilOf(conversationIn(changes))).toEqual([after(AWAY).at, after(AWAY).at]);
  });

  test('given the last two went at different times, it ended when the later one did', () => {
    const { world, conversation, calls, number } = aTalkWithANumber();
    when(world, ended(calls[0]!), after(6));
    const [limit, end] = [
      after(35 + GRACE).at,
      (conversation.endsAt + GRACE * 1000) as typeof conversation.endsAt,
    ];

    const look = seen(world, without(world, calls[1]!.channelId, number.channelId));
    const { changes } = when(world, look, { at: (end + 1) as typeof end });

    expect(untilOf(conversationIn(changes))).toEqual([after(6).at, end, limit]);
    expect(conversationIn(changes).stage).toMatchObject({ since: end });
  });

  test('given a caller who waited, and whose agent rang, it is over now: nothing limits who waits', () => {
    const world = aWorld(atTheirPhones({}));
    givenACaller(world, lasting(20));

    const { changes } = when(world, seen(world, gone), after(AWAY));

    expect(conversationIn(changes).stage).toMatchObject({ since: after(AWAY).at });
    expect(untilOf(conversationIn(changes))).toEqual([after(AWAY).at]);
  });
});
