import type { Call } from '../../src/domain/call/call';
import type { ChannelId } from '../../src/domain/ids';
import { enter, exit, merge, setMode, transfer } from '../support/agent-operations';
import { aCoachedTalk, aDayOfThree, aSupervisedTalk, aTalk, aTalkOfThree, twoTalks } from '../support/agent-talks';
import {
  agentTarget,
  ANN,
  answered,
  asking,
  BOB,
  CAL,
  dissolve,
  ended,
  handedOn,
  held,
  hungUp,
  NOTHING,
  now,
} from '../support/happenings';
import { BOTH_ORDERS } from '../support/orders';
import { everybodyHangsUp, type Day } from '../support/watched-day';
import { aChannelId, after, aServedCaller, when } from '../support/worlds';

afterEach(everybodyHangsUp);

const BY = '1795898683.2' as ChannelId;

const callOn = (day: Day, channelId: ChannelId): Call =>
  day.world.calls.get(day.world.callOnChannel.get(channelId)!)!;

describe('given an agent’s phone that hands its call on', () => {
  test('whoever is at the other end takes part for it, the agent’s leg ends, and the agent is free', () => {
    const { day, caller, conversation } = aTalk();
    const leg = day.leg(ANN);

    expect(day.handOn(leg, BY)).toEqual(['exit ann', 'parts_changed']);
    const heir = callOn(day, BY);
    expect(heir).toMatchObject({ party: { kind: 'outside', telnumber: null }, memberOf: [conversation.id] });
    expect([day.audio(heir), day.audio(caller)]).toEqual(['talks', 'talks']);

    expect(day.settle()).toEqual(['state_changed ann talking>idle']);
    const { members } = day.conversation();
    expect(members.map(({ callId, until }) => [callId, until === null])).toEqual([
      [caller.id, true],
      [leg.id, false],
      [heir.id, true],
    ]);
  });

  test('the new channel gets all that a leg of ours has, and the old one is hung up', () => {
    const { world, agentCall, conversation } = aServedCaller();
    const { channelId } = agentCall;

    const { effects } = when(world, handedOn(agentCall, BY));

    const { bridgeId } = now(world, 'conversations', conversation);
    const placement = { bridgeId, speaks: true, hears: { from: 'bridge' } };
    const about = effects.filter((each) => 'channelId' in each && [channelId, BY].includes(each.channelId));
    expect(about).toEqual([
      { do: 'hang-up', channelId, from: conversation.bridgeId },
      { do: 'receive', channelId: BY, answer: false },
      { do: 'place', channelId: BY, from: null, placement },
      { do: 'limit', channelId: BY, until: after(21_610).at },
    ]);
  });

  test('told twice, it changes nothing', () => {
    const { day } = aTalk();
    const leg = day.leg(ANN);
    day.handOn(leg, BY);
    expect(day.take(handedOn(leg, BY))).toEqual(NOTHING);
    day.settle();
    expect(day.take(handedOn(leg, BY))).toEqual(NOTHING);
  });

  test('what it had put on hold before is what it hands on: the caller talks again', () => {
    const { day, caller, conversation } = aTalk();
    const leg = day.leg(ANN);
    day.take(held(leg));
    expect(day.audio(caller)).toBe('music');

    day.handOn(leg, BY);
    expect([day.audio(callOn(day, BY)), day.audio(caller)]).toEqual(['talks', 'talks']);
    expect(day.modes(conversation)).toEqual({ [telnumberOf(caller)]: 1, '': 1 });
  });

  test('in two conversations, it hands on the one in which it is active, and is gone from the other', () => {
    const { day, number, talk, held: onHold } = twoTalks();

    expect(day.handOn(day.leg(ANN), BY)).toEqual(['exit ann', 'parts_changed']);
    expect([day.audio(callOn(day, BY)), day.audio(number)]).toEqual(['talks', 'talks']);
    expect(day.settle()).toEqual(['exit ann', 'end dismiss', 'state_changed ann talking>idle']);
    expect([...day.world.conversations.keys()]).toEqual([talk.id]);
    expect(talk.id).not.toBe(onHold.id);
  });

  test('before its leg has ended, the agent hands over what it had on hold: another one rings as soon as it has', () => {
    const { day, held: onHold } = twoTalks();
    const leg = day.leg(ANN);
    day.handOn(leg, BY);

    day.take(transfer(ANN, onHold));
    expect(day.task().phase.at).toBe('starting');
    expect(day.events(ended(leg))).toContain('queue.select bob');
    expect(day.task().phase.at).toBe('ringing');
  });

  test('with three who talk, the other two and whoever is at the other end go on', () => {
    const { day, caller } = aTalkOfThree();
    day.handOn(day.leg(ANN), BY);
    day.settle();
    expect([caller, day.leg(BOB), callOn(day, BY)].map((call) => day.audio(call))).toEqual(Array(3).fill('talks'));
  });

  test('in a full conversation, its seat is taken over', () => {
    const { day, conversation } = aTalk({ conversationLevel: 1 });
    day.handOn(day.leg(ANN), BY);
    day.settle();
    expect(Object.keys(day.modes(conversation))).toHaveLength(2);
  });

  test('who coached it has nobody to coach, and is gone too', () => {
    const { day } = aCoachedTalk();
    const cal = day.leg(CAL);
    day.handOn(day.leg(ANN), BY);
    day.settle();
    expect(day.world.calls.has(cal.id)).toBe(false);
    expect(day.states()).toMatchObject({ ann: 'idle', cal: 'idle' });
  });

  test.each([
    ['who listens', aSupervisedTalk],
    ['who coaches', () => aCoachedTalk()],
  ])('of a supervisor %s, there is nothing to hand on: both channels end, and the talk goes on', (_, given) => {
    const { day, caller } = given();
    const cal = day.leg(CAL);

    const { effects } = day.take(handedOn(cal, BY));
    expect(hungUp(effects)).toEqual(expect.arrayContaining([cal.channelId, BY]));
    day.settle();
    expect([day.audio(caller), day.audio(day.leg(ANN))]).toEqual(['talks', 'talks']);
    expect(day.states()).toMatchObject({ ann: 'talking', cal: 'idle' });
  });

  test('held by request everywhere, it has nothing to hand on: both channels end', () => {
    const { day, conversation } = aTalk();
    const leg = day.leg(ANN);
    day.take(setMode(ANN, conversation, 4));
    expect(hungUp(day.take(handedOn(leg, BY)).effects)).toEqual([leg.channelId, BY]);
  });
});

describe('a call is handed on while things change', () => {
  test('the other end hangs up: the caller is left alone, and its conversation ends', () => {
    const { day } = aTalk();
    day.handOn(day.leg(ANN), BY);
    day.settle();
    expect(day.events(ended({ channelId: BY }))).toEqual(['end dismiss']);
    day.expectNothingLeft();
  });

  test.each(BOTH_ORDERS)('the caller hangs up at the same time (%d first): nothing is left', (...order) => {
    const { day, caller } = aTalk();
    const leg = day.leg(ANN);
    const happenings = [() => void day.handOn(leg, BY), () => void day.take(ended(caller))];
    for (const which of order) happenings[which]!();
    day.settle();
    day.expectNothingLeft();
    expect(day.states()).toMatchObject({ ann: 'idle' });
  });

  test('the agent’s leg is on its way out: the new channel goes too', () => {
    const { day, conversation } = aTalkOfThree();
    const leg = day.leg(ANN);
    day.take(exit(ANN, conversation));
    expect(hungUp(day.take(handedOn(leg, BY)).effects)).toEqual([BY]);
  });

  test('the agent’s answer was missed: it has answered, and hands on', () => {
    const day = aDayOfThree();
    day.caller({ request: asking([agentTarget(ANN)]) });
    const leg = day.leg(ANN);
    expect(day.handOn(leg, BY)).toEqual(expect.arrayContaining(['begin', 'enter ann', 'exit ann']));
    expect(callOn(day, BY).memberOf).toHaveLength(1);
  });

  test('its conversation is dissolved: the new channel is hung up', () => {
    const { day, conversation } = aTalk();
    day.handOn(day.leg(ANN), BY);
    day.settle();
    expect(hungUp(day.take(dissolve(conversation)).effects)).toEqual([BY]);
    day.settle();
    day.expectNothingLeft();
  });

  test('while it holds, its two conversations become one: it hands that on', () => {
    const { day, held: into, talk: from } = twoTalks();
    const leg = day.leg(ANN);
    day.take(held(leg));
    day.take(merge(ANN, { into, from }));
    const { bridgeId } = now(day.world, 'conversations', into);
    expect(now(day.world, 'calls', leg).placement).toEqual({
      bridgeId,
      speaks: false,
      hears: { from: 'silence' },
    });
    day.handOn(leg, BY);
    expect(callOn(day, BY).memberOf).toEqual([into.id]);
  });

  test('while it holds, it enters another conversation: that is what it hands on', () => {
    const { day, conversation } = aTalk();
    const bobs = day.caller({ request: asking([agentTarget(BOB)]) });
    day.take(answered(day.leg(BOB)));
    const [other] = now(day.world, 'calls', bobs).memberOf;
    const leg = day.leg(ANN);
    day.take(held(leg));
    day.take(enter(ANN, { id: other! }, 1));
    day.handOn(leg, BY);
    expect([callOn(day, BY).memberOf, conversation.id === other]).toEqual([[other], false]);
  });
});

describe('given an agent’s second line, on which it calls as anybody would', () => {
  test('it and the first are handed to each other: the second goes on as the same caller, the first as somebody else', () => {
    const { day, caller } = aTalk();
    const second = day.caller({ request: asking([agentTarget(BOB)]) });
    day.take(answered(day.leg(BOB)));
    const by = aChannelId();

    expect([...day.handOn(second, by), ...day.handOn(day.leg(ANN), BY)]).toEqual(['exit ann', 'parts_changed']);

    expect(callOn(day, by)).toMatchObject({ id: second.id, channelId: by });
    expect([caller, callOn(day, by), callOn(day, BY), day.leg(BOB)].map((call) => day.audio(call))).toEqual(
      Array(4).fill('talks'),
    );
  });
});

const telnumberOf = ({ party }: Call): string => (party.kind === 'outside' ? (party.telnumber ?? '') : '');
