import { callDueAt } from '../../src/domain/call/call';
import type { AgentName, PhoneNumber } from '../../src/domain/ids';
import { callOut, transfer } from '../support/agent-operations';
import { aDayOfThree, aTalk, twoTalks } from '../support/agent-talks';
import {
  alerting,
  ANN,
  answered,
  BOB,
  due,
  ended,
  hungUp,
  now,
  OTHER_APP,
  released,
  theAgent,
} from '../support/happenings';
import { aDay, aDayIn, type Day, everybodyHangsUp } from '../support/watched-day';
import { after, APP, atTheirPhones, aWorld, doing, NOW, SETTINGS, TRUNK } from '../support/worlds';

afterEach(everybodyHangsUp);

/** Ann's own phone has been answered, and the number rings. */
function aNumberRings() {
  const day = aDay({ name: ANN });
  const { answer } = day.take(callOut());
  day.take(answered(day.leg(ANN)));
  return { day: day.forget(), answer, number: day.number(), conversation: day.conversation() };
}

describe('an agent with its phone on hook calls a number', () => {
  test.each(['online', 'idle', 'busy/lunch', 'away'] as const)(
    'given it is %s, its own phone rings first and shows the number, and there is no conversation yet',
    (state) => {
      const day = aDay({ name: ANN, state });

      const { answer, effects } = day.take(callOut());

      const leg = day.leg(ANN);
      expect(answer).toEqual({ callId: leg.id, conversationId: expect.stringMatching(/^[0-9a-f]{32}$/) });
      expect(effects).toEqual([
        {
          do: 'dial',
          callId: leg.id,
          channelId: leg.channelId,
          to: { kind: 'endpoint', user: '100001' },
          from: '13700000000',
          ringSeconds: 45,
          lifeSeconds: 21_645,
        },
      ]);
      expect(callDueAt(leg)).toBe(NOW + 45_000);
      expect(theAgent(day.world)).toMatchObject({ state: 'fetching', callId: leg.id, reserveState: 'idle' });
      expect(day.world.conversations.size).toBe(0);
    },
  );

  test('given it answers, it is alone in a conversation of its own, and the number is dialled', () => {
    const day = aDay({ name: ANN });
    const wish = { from: '13900000000' as PhoneNumber, ringSeconds: 20, talkSeconds: 600, userData: 'vip' };
    const { answer } = day.take(callOut(ANN, wish));

    const { effects } = day.pass(3).take(answered(day.leg(ANN)));

    expect(day.conversation()).toMatchObject({
      id: answer.conversationId,
      type: 'call_out',
      agentCallId: answer.callId,
      queueId: null,
      channelId: null,
      conditionId: null,
      beginTime: after(3).at,
      endsAt: after(3 + 21_600).at,
      userData: 'vip',
      maxMembers: 8,
      stage: { at: 'gathering' },
    });
    expect(doing(effects, 'dial')).toMatchObject([
      {
        to: { kind: 'number', number: '13700000000', trunk: TRUNK },
        from: '13900000000',
        ringSeconds: 20,
        lifeSeconds: 620,
      },
    ]);
    expect(callDueAt(day.number())).toBe(after(23).at);
  });

  test('given the number is on its way, rings and answers, it hears silence, ringback and the other', () => {
    const { day, number } = aNumberRings();
    const heard = [day.audio(day.leg(ANN))];

    day.take(alerting(number));
    heard.push(day.audio(day.leg(ANN)));
    day.take(answered(number));
    heard.push(day.audio(day.leg(ANN)), day.audio(number));

    expect(heard).toEqual(['silence', 'ringback', 'talks', 'talks']);
  });

  test('given the number answers, the conversation has begun and its talk is limited from then on', () => {
    const { day, number, conversation } = aNumberRings();

    expect(day.pass(9).events(answered(number))).toEqual(['begin', 'parts_changed']);
    expect(now(day.world, 'conversations', conversation).stage).toEqual({ at: 'begun', since: after(9).at });
    expect(callDueAt(now(day.world, 'calls', number))).toBe(after(3609).at);
    expect(day.modes(conversation)).toEqual({ ann: 1, '13700000000': 1 });
  });

  test('given the talk has lasted as long as it may, the number is hung up and the conversation ends', () => {
    const { day, number } = aNumberRings();
    day.take(answered(number));

    expect(hungUp(day.pass(3600).take(due('calls', number)).effects)).toEqual([number.channelId]);

    expect(day.settle()).toEqual(['exit ann', 'end dismiss', 'state_changed ann talking>idle']);
    day.expectNothingLeft();
  });

  test.each(['ends', 'is given up'])(
    'given the number %s, the conversation ends as silently as it came',
    (how) => {
      const { day, number, conversation } = aNumberRings();

      const { changes, effects } = day.pass(45).take(how === 'ends' ? ended(number, 17) : due('calls', number));

      expect(hungUp(effects)).toContain(day.leg(ANN).channelId);
      expect(changes).toContainEqual(
        expect.objectContaining({ live: false, value: expect.objectContaining({ id: conversation.id }) }),
      );
      day.settle();
      expect(day.told).toEqual(['exit ann', 'state_changed ann talking>idle']);
      day.expectNothingLeft();
    },
  );

  test.each([
    ['is declined', (day: Day) => ended(day.leg(ANN), 21)],
    ['is given up', (day: Day) => due('calls', day.leg(ANN))],
  ])('given its own phone %s, nobody else is called and it is idle', (_, how) => {
    const day = aDay({ name: ANN, state: 'away' });
    day.take(callOut());
    day.forget().pass(45);

    day.take(how(day));
    day.settle();

    expect(day.told).toEqual(['state_changed ann fetching>idle']);
    expect(theAgent(day.world).restsUntil).toBeNull(); // It has missed nobody.
    day.expectNothingLeft();
  });

  test('given its own phone rings no longer than it should, its time changes nothing', () => {
    const day = aDay({ name: ANN });
    day.take(callOut());

    expect(day.pass(44).take(due('calls', day.leg(ANN))).changes).toEqual([]);
  });

  test('given the trunk has gone while its phone rang, it is in the conversation for a moment and hung up', () => {
    const day = aDay({ name: ANN });
    day.take(callOut());
    day.loseTrunk();
    const leg = day.leg(ANN);

    expect(day.forget().events(answered(leg))).toEqual([
      'state_changed ann fetching>talking',
      'enter ann',
      'parts_changed',
      'exit ann',
    ]);
    expect(day.settle()).toEqual(['state_changed ann talking>idle']);
    day.expectNothingLeft();
  });

  test('given it hangs up while the number rings, the number stops ringing', () => {
    const { day, number } = aNumberRings();

    expect(hungUp(day.take(ended(day.leg(ANN))).effects)).toEqual([number.channelId]);

    day.settle();
    day.expectNothingLeft();
  });

  test('given a telephone at the trunk, that is called first', () => {
    const { agents, extensions } = atTheirPhones({ name: ANN });
    const line = { type: '3', telnum: '13600000000' as PhoneNumber } as const;
    const day = aDayIn(aWorld({ agents, extensions: [{ ...extensions[0]!, line }] }));

    expect(doing(day.take(callOut()).effects, 'dial')).toMatchObject([
      { to: { kind: 'number', number: '13600000000', trunk: TRUNK } },
    ]);
  });
});

describe('an agent who is in a call calls a number', () => {
  test('given it talks, the same leg is in the new conversation and the first one is on hold', () => {
    const { day, caller, conversation } = aTalk({ reserveState: 'busy/paperwork' });
    const leg = day.leg(ANN);

    const { answer, effects } = day.take(callOut());

    expect(answer.callId).toBe(leg.id);
    expect(doing(effects, 'dial')).toHaveLength(1);
    expect(day.told).toEqual(['enter ann', 'parts_changed']);
    expect(day.modes(conversation)).toEqual({ '13900000001': 1, ann: 4 });
    expect(day.modes({ id: answer.conversationId })).toEqual({ ann: 1 });
    expect([day.audio(caller), day.audio(leg)]).toEqual(['music', 'silence']);
  });

  test('given the new conversation ends, its leg stays on hold in the other one, and both can talk again', () => {
    const { day, caller, number, held } = twoTalks();
    const leg = day.leg(ANN);

    expect(day.events(ended(number))).toEqual(['exit ann', 'end dismiss']);
    expect(theAgent(day.world)).toMatchObject({ state: 'talking', callId: leg.id });
    expect([day.modes(held).ann, day.audio(caller), day.audio(leg)]).toEqual([4, 'music', 'silence']);

    day.take({ type: 'set-agent-mode', app: APP, name: ANN, conversationId: held.id, mode: 1 });
    expect([day.audio(caller), day.audio(leg)]).toEqual(['talks', 'talks']);
  });

  test('given the caller on hold hangs up, the talk goes on', () => {
    const { day, caller, number, talk } = twoTalks();

    expect(day.events(ended(caller))).toEqual(['exit ann', 'end dismiss']);
    expect([day.audio(number), day.audio(day.leg(ANN))]).toEqual(['talks', 'talks']);
    expect(day.conversation().id).toBe(talk.id);
  });

  test('given it hangs up, both end and what it becomes is what the first has said', () => {
    const { day } = twoTalks({ reserveState: 'busy/paperwork' });

    const { effects, notifications } = day.take(ended(day.leg(ANN)));

    expect(day.told).toEqual([
      'exit ann',
      'end dismiss',
      'exit ann',
      'end dismiss',
      'state_changed ann talking>busy/paperwork',
    ]);
    expect(notifications).toHaveLength(5);
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'success', PARLEY_END_REASON: 'dismiss' });
    day.settle();
    day.expectNothingLeft();
  });
});

describe('a call that is refused', () => {
  const aTelephone = (changes = {}) => {
    const { agents, extensions } = atTheirPhones({ name: ANN });
    return aDayIn(aWorld({ agents, extensions: [{ ...extensions[0]!, ...changes }] }));
  };

  test('given an agent that is not there, or another application’s', () => {
    const day = aDayOfThree();

    expect(day.refusal(callOut('nobody' as AgentName))).toBe('agent-not-found');
    expect(day.refusal({ ...callOut(), app: OTHER_APP })).toBe('agent-not-found');
  });

  test('given no trunk', () => {
    const day = aDay({ name: ANN });
    day.loseTrunk();

    expect(day.refusal(callOut())).toBe('no-line');
  });

  test('given its own phone is not registered', () => {
    expect(aTelephone({ enabled: false }).refusal(callOut())).toBe('extension-unavailable');
  });

  test('given no keepalive for too long, in a call too, until there is one again', () => {
    const day = aDay({ name: ANN });
    const { day: other } = aTalk();

    expect(day.pass(SETTINGS.keepaliveSeconds).refusal(callOut())).toBe('agent-expired');
    expect(other.pass(SETTINGS.keepaliveSeconds).refusal(callOut())).toBe('agent-expired');
    other.take({ type: 'keep-alive', app: APP, name: ANN });
    expect(other.take(callOut()).answer.callId).toBe(other.leg(ANN).id);
  });

  test('given its phone rings already, for a caller or for a call of its own', () => {
    const day = aDayOfThree();
    day.caller();
    day.take(callOut(BOB));

    expect([day.refusal(callOut(ANN)), day.refusal(callOut(BOB))]).toEqual(['agent-busy', 'agent-busy']);
  });

  test('given its leg is being hung up', () => {
    const { day, conversation } = aTalk();
    day.take(transfer(ANN, conversation));

    expect(day.refusal(callOut())).toBe('agent-busy');
  });
});
