import type { AgentName } from '../../src/domain/ids';
import { callOut, coach, enter, exit, setMode } from '../support/agent-operations';
import { aCoachedTalk, aSupervisedTalk, aTalk, aTalkOfThree } from '../support/agent-talks';
import { ANN, answered, BOB, CAL, dissolve, ended, hungUp, now, OTHER_APP } from '../support/happenings';
import { everybodyHangsUp } from '../support/watched-day';

afterEach(everybodyHangsUp);

describe('a coach comes', () => {
  test('given its phone is on hook, it rings, and on its answer an ear is opened on the leg that it coaches', () => {
    const { day, conversation } = aTalk();
    day.take(coach(CAL, conversation, ANN));
    expect(day.states()).toMatchObject({ cal: 'fetching' });

    const { effects } = day.take(answered(day.leg(CAL)));

    const { bridgeId, earId } = day.leg(CAL).whisper!;
    expect(day.told).toEqual([
      'state_changed cal idle>fetching',
      'state_changed cal fetching>talking',
      'enter cal',
      'parts_changed',
    ]);
    expect(effects.filter(({ do: what }) => what !== 'limit')).toEqual([
      { do: 'open-bridge', bridgeId, kind: 'mixing' },
      { do: 'snoop', channelId: earId, on: day.leg(ANN).channelId },
      { do: 'place', channelId: day.leg(CAL).channelId, from: null, placement: expect.anything() },
    ]);
    expect(day.audio(day.leg(CAL))).toBe('listens'); // Until there is an ear.
    expect(day.ear()).toMatchObject({ party: { kind: 'ear', coach: day.leg(CAL).id }, memberOf: [] });
  });

  test('given the ear is there, both sit in a bridge of their own, and the talk is not touched', () => {
    const { day, caller, conversation } = aTalk();
    day.take(coach(CAL, conversation, ANN));
    day.take(answered(day.leg(CAL)));
    const cal = day.leg(CAL);
    const placement = { bridgeId: cal.whisper!.bridgeId, speaks: true, hears: { from: 'bridge' } };
    const { bridgeId: from } = now(day.world, 'conversations', conversation);

    const { effects, notifications } = day.take(answered(day.ear()));

    expect(notifications).toEqual([]);
    expect(effects).toEqual([
      { do: 'place', channelId: day.ear().channelId, from: null, placement },
      { do: 'place', channelId: cal.channelId, from, placement },
    ]);
    expect([day.audio(caller), day.audio(day.leg(ANN)), day.audio(cal)]).toEqual(['talks', 'talks', 'whispers']);
    expect(day.modes(conversation)).toEqual({ '13900000001': 1, ann: 1, cal: 2 });
  });

  test('given it talks elsewhere, it is on hold there and coaches with the same leg', () => {
    const { day, conversation } = aTalk();
    day.take(callOut(CAL));
    day.take(answered(day.leg(CAL)));
    const leg = day.leg(CAL);
    const own = [...day.world.conversations.values()].find(({ type }) => type === 'call_out')!;

    day.take(coach(CAL, conversation, ANN));
    day.take(answered(day.ear()));

    expect(day.leg(CAL).id).toBe(leg.id);
    expect([day.modes(own).cal, day.audio(leg)]).toEqual([4, 'whispers']);
  });

  test('given it listens already, it coaches from now on', () => {
    const { day, conversation } = aSupervisedTalk();

    expect(day.events(coach(CAL, conversation, ANN))).toEqual([]);
    day.take(answered(day.ear()));

    expect(day.audio(day.leg(CAL))).toBe('whispers');
  });
});

describe('whom it coaches leaves', () => {
  test('given others talk on, the coach goes with it', () => {
    const { day, conversation } = aCoachedTalk(ANN, aTalkOfThree());

    expect(day.events(exit(ANN, conversation))).toEqual([
      'exit ann',
      'parts_changed',
      'exit cal',
      'parts_changed',
    ]);
    expect(day.settle()).toEqual(['state_changed ann talking>idle', 'state_changed cal talking>idle']);
    expect(day.modes(conversation)).toEqual({ '13900000001': 1, bob: 1 });
  });

  test('given the coach has barged in, it stays and coaches nobody', () => {
    const { day, caller, conversation } = aCoachedTalk();
    const cal = day.leg(CAL);
    day.take(setMode(CAL, conversation, 1));

    expect(day.forget().events(ended(day.leg(ANN)))).toEqual([
      'exit ann',
      'parts_changed',
      'state_changed ann talking>idle',
    ]);
    day.settle();
    expect([day.audio(caller), day.audio(cal)]).toEqual(['talks', 'talks']);
    expect(now(day.world, 'conversations', conversation).members.at(-1)!.role).toMatchObject({ coaching: null });
  });

  test('given the coach’s phone still rings, it stops', () => {
    const { day, conversation } = aTalkOfThree();
    day.take(coach(CAL, conversation, ANN));
    const leg = day.leg(CAL);

    expect(hungUp(day.take(exit(ANN, conversation)).effects)).toContain(leg.channelId);
    expect(hungUp(day.take(answered(leg)).effects)).toEqual([leg.channelId]);
    day.settle();
    expect(day.states()).toMatchObject({ cal: 'idle' });
  });

  test('given it is in another conversation too, the coach goes back on hold there', () => {
    const { day, conversation } = aCoachedTalk(ANN, aTalkOfThree());
    const cal = day.leg(CAL);
    day.take(callOut(CAL));
    day.take(setMode(CAL, conversation, 2));
    day.forget().take(exit(ANN, conversation));

    expect(now(day.world, 'calls', cal).memberOf).toHaveLength(1);
    expect(day.states()).toMatchObject({ cal: 'talking' });
  });
});

describe('coaching is refused', () => {
  test('given the one to coach is not in the conversation, or not there at all', () => {
    const { day, conversation } = aTalk();

    expect(day.refusal(coach(CAL, conversation, BOB))).toBe('not-a-member');
    expect(day.refusal(coach(CAL, conversation, 'nobody' as AgentName))).toBe('agent-not-found');
    expect(day.refusal(coach('nobody' as AgentName, conversation, ANN))).toBe('agent-not-found');
  });

  test('given itself, or one who talks in the conversation', () => {
    const { day, conversation } = aTalkOfThree();

    expect(day.refusal(coach(ANN, conversation, ANN))).toBe('parameter-illegal');
    expect(day.refusal(coach(BOB, conversation, ANN))).toBe('agent-busy');
  });

  test('given a coach who has barged in and without whom nobody would be left to talk to', () => {
    const { day, conversation } = aSupervisedTalk();
    day.take(setMode(CAL, conversation, 1));
    day.take(enter(BOB, conversation, 2));
    day.take(answered(day.leg(BOB)));
    day.take(ended(day.leg(ANN)));

    expect(day.refusal(coach(CAL, conversation, BOB))).toBe('agent-busy');
  });

  test('given another application’s conversation, or one that is over, or full', () => {
    const { day, conversation } = aTalk({ conversationLevel: 1 });

    expect(day.refusal({ ...coach(CAL, conversation, ANN), app: OTHER_APP })).toBe('agent-not-found');
    expect(day.refusal(coach(CAL, conversation, ANN))).toBe('conversation-full');
    day.take(dissolve(conversation));
    expect(day.refusal(coach(CAL, conversation, ANN))).toBe('conversation-not-found');
  });
});
