import { callDueAt } from '../../src/domain/call/call';
import type { AgentName, ConversationId, PhoneNumber, SipUser } from '../../src/domain/ids';
import { callOut, enter, setMode } from '../support/agent-operations';
import { aCallForAnn, aDayOfThree, aTalk, twoTalks } from '../support/agent-talks';
import {
  ANN,
  answered,
  BOB,
  CAL,
  dissolve,
  due,
  ended,
  hungUp,
  inviteOut,
  now,
  OTHER_APP,
  released,
} from '../support/happenings';
import { everybodyHangsUp } from '../support/watched-day';
import { anId, doing, only, SETTINGS } from '../support/worlds';

afterEach(everybodyHangsUp);

describe('an agent with its phone on hook enters a conversation', () => {
  test('given a running one, its phone rings, shows the number that it is known by and it has a seat', () => {
    const { day, conversation } = aTalk();

    const { answer, effects } = day.pass(200).take(enter(BOB, conversation));

    const leg = day.leg(BOB);
    expect(answer).toBeNull();
    expect(day.told).toEqual(['state_changed bob idle>fetching']);
    expect(doing(effects, 'dial')).toMatchObject([
      { channelId: leg.channelId, from: '13900000001', ringSeconds: 45, lifeSeconds: 45 + 21_600 - 200 },
    ]);
    expect(now(day.world, 'conversations', conversation).invited).toEqual([leg.id]);
  });

  test.each([1, 2, 3, 4] as const)(
    'given it answers, it is a member in mode %d for as long as the conversation lasts',
    (mode) => {
      const { day, conversation } = aTalk();
      day.take(enter(BOB, conversation, mode));
      const leg = day.leg(BOB);

      expect(day.forget().events(answered(leg))).toEqual([
        'state_changed bob fetching>talking',
        'enter bob',
        'parts_changed',
      ]);
      expect(day.modes(conversation).bob).toBe(mode);
      expect(day.audio(leg)).toBe({ 1: 'talks', 2: 'listens', 3: 'silence', 4: 'silence' }[mode]);
      expect(callDueAt(now(day.world, 'calls', leg))).toBeNull();
      expect(now(day.world, 'conversations', conversation).invited).toEqual([]);
    },
  );

  test.each(['is declined', 'is given up'])(
    'given its phone %s, the conversation goes on and its seat is free',
    (how) => {
      const { day, conversation } = aTalk();
      day.take(enter(BOB, conversation));
      const leg = day.leg(BOB);

      day.pass(45).take(how === 'is declined' ? ended(leg, 21) : due('calls', leg));
      day.settle();

      expect(day.told).toEqual(['state_changed bob idle>fetching', 'state_changed bob fetching>idle']);
      expect(now(day.world, 'conversations', conversation).invited).toEqual([]);
    },
  );

  test('given the agent leaves meanwhile, the caller waits for it in silence and talks to it', () => {
    const { day, caller, conversation } = aTalk();
    day.take(enter(BOB, conversation));

    expect(day.events(ended(day.leg(ANN)))).toEqual([
      'exit ann',
      'parts_changed',
      'state_changed ann talking>idle',
    ]);
    expect(day.audio(caller)).toBe('silence');
    day.take(answered(day.leg(BOB)));

    expect([day.audio(caller), day.audio(day.leg(BOB))]).toEqual(['talks', 'talks']);
  });

  test('given the conversation is dissolved meanwhile, its phone stops and its late answer joins nothing', () => {
    const { day, conversation } = aTalk();
    day.take(enter(BOB, conversation));
    const leg = day.leg(BOB);

    expect(hungUp(day.take(dissolve(conversation)).effects)).toContain(leg.channelId);
    expect(hungUp(day.take(answered(leg)).effects)).toEqual([leg.channelId]);
    day.settle();
    day.expectNothingLeft();
  });

  test('given a caller whose agent still rings, the one who enters is who it talks to, and the other one may join', () => {
    const { day, caller, conversation } = aCallForAnn();
    day.take(enter(BOB, conversation));

    expect(day.forget().events(answered(day.leg(BOB)))).toEqual([
      'state_changed bob fetching>talking',
      'begin',
      'enter bob',
      'parts_changed',
    ]);
    expect(day.audio(caller)).toBe('talks');
    expect(day.events(answered(day.leg(ANN)))).toEqual([
      'state_changed ann fetching>talking',
      'queue.success ann',
      'enter ann',
      'parts_changed',
    ]);
  });

  describe('on hold, while the caller’s agent still rings', () => {
    function bobOnHold(answer = true) {
      const { day, caller, conversation } = aCallForAnn({}, {}, { answer });
      day.take(enter(BOB, conversation, 4));
      const events = day.forget().events(answered(day.leg(BOB)));
      return { day: day.forget(), caller, conversation, events };
    }

    test('it begins nothing, and the caller waits on', () => {
      const { day, caller, conversation, events } = bobOnHold();

      expect(events).toEqual(['state_changed bob fetching>talking', 'enter bob', 'parts_changed']);
      expect(now(day.world, 'calls', caller).stage.at).toBe('queued');
      expect([day.audio(caller), day.audio(day.leg(BOB))]).toEqual(['music', 'silence']);
      expect(day.events(answered(day.leg(ANN)))).toEqual([
        'state_changed ann fetching>talking',
        'begin',
        'queue.success ann',
        'enter ann',
        'parts_changed',
      ]);
      expect(day.modes(conversation)).toEqual({ '13900000001': 1, bob: 4, ann: 1 });
    });

    test('given the agent declines, the caller comes back as one whom nobody has served', () => {
      const { day } = bobOnHold();

      const { effects } = day.take(ended(day.leg(ANN), 21));

      expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'call_fail' });
      expect(day.told).toEqual(['queue.fail call_fail', 'exit bob', 'state_changed ann fetching>idle']);
      day.settle();
      day.expectNothingLeft();
    });

    test('given the caller hangs up, it has waited in vain', () => {
      const { day, caller } = bobOnHold();

      expect(day.events(ended(caller))).toEqual(['queue.fail hangup', 'exit bob']);
    });

    test.each([1, 3] as const)(
      'given it is active in mode %d then, it has begun, and the caller is connected',
      (mode) => {
        const { day, caller, conversation } = bobOnHold(false);
        expect(day.audio(caller)).toBe('music');

        const { effects } = day.take(setMode(BOB, conversation, mode));

        expect(day.told).toEqual(['begin']);
        expect(doing(effects, 'receive')).toEqual([{ do: 'receive', channelId: caller.channelId, answer: true }]);
        expect(now(day.world, 'calls', caller).stage.at).toBe('up');
        expect(day.audio(caller)).toBe('talks');
        expect(day.events(ended(day.leg(ANN), 21))).toEqual([
          'queue.fail call_fail',
          'state_changed ann fetching>idle',
        ]);
      },
    );
  });

  test('given a number that is called out to still rings, and it is on hold, the number begins it', () => {
    const day = aDayOfThree();
    day.take(callOut(ANN));
    day.take(answered(day.leg(ANN)));
    const own = day.conversation();
    day.take(enter(BOB, own, 4));
    expect(day.forget().events(answered(day.leg(BOB)))).not.toContain('begin');
    day.take(setMode(ANN, own, 4));
    expect(day.forget().events(setMode(ANN, own, 1))).toEqual([]);

    expect(day.events(answered(day.number()))).toEqual(['begin', 'parts_changed']);
  });

  test('given a number that is called out to still rings, the conversation has begun', () => {
    const { day, number, talk } = twoTalks();
    day.take(ended(number));
    expect(day.world.conversations.has(talk.id)).toBe(false);
    day.take(callOut(ANN));
    const own = only([...day.world.conversations.values()].filter(({ stage }) => stage.at === 'gathering'));

    day.take(enter(BOB, own));
    expect(day.forget().events(answered(day.leg(BOB)))).toContain('begin');
    expect(day.events(answered(day.number()))).toEqual(['parts_changed']);
  });
});

describe('an agent who is in a call enters another one', () => {
  /** Bob talks with a number, and may go to the caller and Ann. */
  function bobTalks() {
    const { day, caller, conversation } = aTalk();
    day.take(callOut(BOB, { to: '13700000001' as PhoneNumber }));
    day.take(answered(day.leg(BOB)));
    const number = day.number();
    day.take(answered(number));
    const own = only([...day.world.conversations.values()].filter(({ type }) => type === 'call_out'));
    return { day: day.forget(), caller, conversation, number, own, leg: day.leg(BOB) };
  }

  test('given nothing else is said, its own conversation is on hold and it talks here', () => {
    const { day, conversation, number, own, leg } = bobTalks();

    const { effects } = day.take(enter(BOB, conversation));

    expect(doing(effects, 'dial')).toEqual([]);
    expect(day.told).toEqual(['enter bob', 'parts_changed']);
    expect([day.modes(own), day.modes(conversation)]).toEqual([
      { bob: 4, '13700000001': 1 },
      { '13900000001': 1, ann: 1, bob: 1 },
    ]);
    expect([day.audio(number), day.audio(leg)]).toEqual(['music', 'talks']);
  });

  test('given it holds nothing, it leaves the conversation that it was active in, which ends', () => {
    const { day, conversation, number, leg } = bobTalks();

    const { effects } = day.take(enter(BOB, conversation, 1, false));

    expect(day.told).toEqual(['exit bob', 'end dismiss', 'enter bob', 'parts_changed']);
    expect(hungUp(effects)).toEqual([number.channelId]);
    expect(day.audio(leg)).toBe('talks');
    expect(now(day.world, 'calls', leg).memberOf).toEqual([conversation.id]);
  });

  test('given it holds nothing, it leaves only the conversation that it is active in', () => {
    const { day, conversation, own } = bobTalks();
    day.take(callOut(BOB));
    const second = only([...day.world.conversations.values()].filter(({ stage }) => stage.at === 'gathering'));

    day.take(enter(BOB, conversation, 1, false));

    expect(day.world.conversations.has(second.id)).toBe(false);
    expect(day.modes(own).bob).toBe(4);
  });

  test.each([true, false])('given it enters in mode 4, it talks on where it is (holding %s)', (holding) => {
    const { day, conversation, number, own, leg } = bobTalks();

    day.take(enter(BOB, conversation, 4, holding));

    expect([day.modes(own).bob, day.modes(conversation).bob]).toEqual([1, 4]);
    expect([day.audio(number), day.audio(leg)]).toEqual(['talks', 'talks']);
  });

  test('given it is a member already, it gets the mode, and is on hold elsewhere', () => {
    const { day, held, talk } = twoTalks();

    expect(day.events(enter(ANN, held, 1, false))).toEqual([]);

    expect([day.modes(held).ann, day.modes(talk).ann]).toEqual([1, 4]);
  });

  test('given it hangs up, it leaves both', () => {
    const { day, conversation, leg } = bobTalks();
    day.take(enter(BOB, conversation));

    expect(day.forget().events(ended(leg))).toEqual([
      'exit bob',
      'end dismiss',
      'exit bob',
      'parts_changed',
      'state_changed bob talking>idle',
    ]);
  });
});

describe('entering is refused', () => {
  test('given an agent or a conversation that is not there, or another application’s', () => {
    const { day, conversation } = aTalk();

    expect(day.refusal(enter('nobody' as AgentName, conversation))).toBe('agent-not-found');
    expect(day.refusal(enter(BOB, { id: anId<ConversationId>() }))).toBe('conversation-not-found');
    expect(day.refusal({ ...enter(BOB, conversation), app: OTHER_APP })).toBe('agent-not-found');
    day.take(dissolve(conversation));
    expect(day.refusal(enter(BOB, conversation))).toBe('conversation-not-found');
  });

  test('given no seat is free, with those who are on their way', () => {
    const { day, conversation } = aTalk();
    for (let more = 0; more < 5; more++) day.take(inviteOut(conversation));
    day.take(enter(BOB, conversation));

    expect(day.refusal(enter(CAL, conversation))).toBe('conversation-full');
    expect(day.refusal(enter(CAL, conversation, 2))).toBe('conversation-full');
  });

  test('given its phone rings for something, or is not registered, or it has expired', () => {
    const { day, conversation } = aTalk();
    day.take(enter(BOB, conversation));
    expect(day.refusal(enter(BOB, conversation))).toBe('agent-busy');

    day.take({ type: 'phone-reachable', user: '100003' as SipUser, reachable: false });
    expect(day.refusal(enter(CAL, conversation))).toBe('extension-unavailable');
    expect(day.pass(SETTINGS.keepaliveSeconds).refusal(enter(CAL, conversation))).toBe('agent-expired');
  });
});
