import type { Call } from '../../src/domain/call/call';
import type { AgentName } from '../../src/domain/ids';
import { callDueAt } from '../../src/domain/call/call';
import { callOut, coach, enter, exit, setMode } from '../support/agent-operations';
import { aCoachedTalk, aSupervisedTalk, aTalk, aTalkOfThree, twoTalks } from '../support/agent-talks';
import { ANN, answered, BOB, CAL, dissolve, due, ended, hungUp, now, OTHER_APP } from '../support/happenings';
import { everybodyHangsUp, type Day } from '../support/watched-day';
import { after, doing } from '../support/worlds';

afterEach(everybodyHangsUp);

const whispers = (day: Day, coaching: Call) => now(day.world, 'calls', coaching).whisper !== null;

/** What becomes of a whisper, in this order: its ear and its coach leave the bridge, which is closed then. */
function expectItsEnd(
  effects: Parameters<typeof doing>[0],
  { whisper, ear }: { whisper: string; ear: Call },
): void {
  const about = effects.filter(
    (effect) =>
      (effect.do === 'hang-up' && effect.channelId === ear.channelId) ||
      ((effect.do === 'place' || effect.do === 'hang-up') && effect.from === whisper) ||
      (effect.do === 'close-bridge' && effect.bridgeId === whisper),
  );
  expect(about[0]).toEqual({ do: 'hang-up', channelId: ear.channelId, from: whisper });
  expect(about.at(-1)).toEqual({ do: 'close-bridge', bridgeId: whisper });
}

/** Cal coaches Ann; `whisper`: the bridge in which it is heard. */
function aWhisper(talk = aCoachedTalk()) {
  const cal = talk.day.leg(CAL);
  return { ...talk, cal, ann: talk.day.leg(ANN), whisper: cal.whisper!.bridgeId };
}

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
      { do: 'open-bridge', bridgeId },
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

    const { effects, notifications } = day.take(answered(day.ear()));

    expect(notifications).toEqual([]);
    expect(effects).toEqual([
      { do: 'place', channelId: day.ear().channelId, from: null, placement },
      { do: 'place', channelId: cal.channelId, from: conversation.bridgeId, placement },
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

  test('given it coaches another one now, the first whisper ends and a second one begins', () => {
    const { day, conversation, cal, ear, whisper } = aWhisper(aCoachedTalk(ANN, aTalkOfThree()));

    const { effects } = day.take(coach(CAL, conversation, BOB));

    expectItsEnd(effects, { whisper, ear });
    expect(doing(effects, 'snoop')).toMatchObject([{ on: day.leg(BOB).channelId }]);
    day.settle();
    day.take(answered(day.ear()));
    expect(day.audio(cal)).toBe('whispers');
    expect(now(day.world, 'conversations', conversation).members.at(-1)!.role).toMatchObject({
      coaching: day.leg(BOB).id,
    });
  });
});

describe('a whisper ends', () => {
  test.each([1, 3] as const)(
    'given the coach barges in with mode %d, and begins anew when it only listens',
    (mode) => {
      const { day, conversation, cal, ear, whisper } = aWhisper();

      const { effects } = day.take(setMode(CAL, conversation, mode));

      expectItsEnd(effects, { whisper, ear });
      expect(day.audio(cal)).toBe(mode === 1 ? 'talks' : 'silence');
      day.settle();

      day.take(setMode(CAL, conversation, 2));
      day.take(answered(day.ear()));
      expect(day.audio(cal)).toBe('whispers');
    },
  );

  test('given the coached agent is on hold, and begins anew when it talks again', () => {
    const { day, conversation, cal, ear, whisper } = aWhisper();

    const { effects } = day.take(setMode(ANN, conversation, 4));

    expectItsEnd(effects, { whisper, ear });
    expect(day.audio(cal)).toBe('listens');
    day.settle();

    day.take(setMode(ANN, conversation, 1));
    day.take(answered(day.ear()));
    expect(day.audio(cal)).toBe('whispers');
  });

  test('given the coached agent talks elsewhere, what it says there is none of the coach’s business', () => {
    const { day, cal, ear, whisper } = aWhisper();

    const { effects } = day.take(callOut(ANN));

    expectItsEnd(effects, { whisper, ear });
    expect([day.audio(cal), whispers(day, cal)]).toEqual(['listens', false]);
  });

  test('given the coached agent is on hold here already, none begins until it comes back', () => {
    const { day, held } = twoTalks();
    day.take(coach(CAL, held, ANN));
    day.take(answered(day.leg(CAL)));
    expect(whispers(day, day.leg(CAL))).toBe(false);

    day.take(setMode(ANN, held, 1));
    expect(whispers(day, day.leg(CAL))).toBe(true);
  });

  test('given the coach is on hold', () => {
    const { day, conversation, cal, ear, whisper } = aWhisper();

    expectItsEnd(day.take(setMode(CAL, conversation, 4)).effects, { whisper, ear });
    expect(day.audio(cal)).toBe('silence');
  });

  test('given the coach calls somebody, it is on hold here', () => {
    const { day, conversation, cal, ear, whisper } = aWhisper();

    expectItsEnd(day.take(callOut(CAL)).effects, { whisper, ear });
    expect([day.modes(conversation).cal, whispers(day, cal)]).toEqual([4, false]);
  });

  test('given the coach leaves', () => {
    const { day, conversation, ear, whisper } = aWhisper();

    const { effects } = day.take(exit(CAL, conversation));

    expectItsEnd(effects, { whisper, ear });
    expect(day.told).toEqual(['exit cal', 'parts_changed']);
    expect(day.settle()).toEqual(['state_changed cal talking>idle']);
  });

  test('given the coach hangs up', () => {
    const { day, cal, ear, whisper } = aWhisper();

    const { effects } = day.take(ended(cal));

    expectItsEnd(effects, { whisper, ear });
    expect(day.told).toEqual(['exit cal', 'parts_changed', 'state_changed cal talking>idle']);
  });

  test('given the conversation is dissolved, before its own bridge is closed', () => {
    const { day, conversation, ear, whisper } = aWhisper();

    const { effects } = day.take(dissolve(conversation));

    expect(doing(effects, 'close-bridge').map(({ bridgeId }) => bridgeId)).toEqual([
      whisper,
      conversation.bridgeId,
    ]);
    expect(hungUp(effects)).toContain(ear.channelId);
    day.settle();
    day.expectNothingLeft();
  });
});

describe('an ear', () => {
  test('given it does not come up, it is given up after a moment and the coach listens on', () => {
    const { day, conversation } = aTalk();
    day.take(coach(CAL, conversation, ANN));
    day.take(answered(day.leg(CAL)));
    const ear = day.ear();
    expect(callDueAt(ear)).toBe(after(10).at);

    expect(hungUp(day.pass(10).take(due('calls', ear)).effects)).toEqual([ear.channelId]);
    day.settle();

    expect([day.audio(day.leg(CAL)), whispers(day, day.leg(CAL))]).toEqual(['listens', false]);
  });

  test('given it is there after it was given up, it is hung up once more', () => {
    const { day, conversation } = aTalk();
    day.take(coach(CAL, conversation, ANN));
    day.take(answered(day.leg(CAL)));
    const ear = day.ear();
    day.take(setMode(CAL, conversation, 1));

    expect(hungUp(day.take(answered(ear)).effects)).toEqual([ear.channelId]);
    expect(day.audio(day.leg(CAL))).toBe('talks');
  });

  test('given it ends by itself, the coach listens, and whispers again after the next change', () => {
    const { day, conversation, cal, ear, whisper } = aWhisper();

    const { effects } = day.take(ended(ear));

    expect(effects).toMatchObject([
      { do: 'place', channelId: cal.channelId, from: whisper, placement: { bridgeId: conversation.bridgeId } },
      { do: 'close-bridge', bridgeId: whisper },
    ]);
    day.take(setMode(ANN, conversation, 1));
    expect(whispers(day, cal)).toBe(true);
  });

  test('given its end is told after its whisper is over and another one is open, that is not touched', () => {
    const { day, conversation, cal, ear } = aWhisper();
    day.take(setMode(CAL, conversation, 1));
    day.take(setMode(CAL, conversation, 2));
    const [second] = [now(day.world, 'calls', cal).whisper];

    expect(day.take(ended(ear)).effects).toEqual([]);
    expect(now(day.world, 'calls', cal).whisper).toEqual(second);
  });
});

describe('whom it coaches leaves', () => {
  test('given others talk on, the coach goes with it', () => {
    const { day, conversation } = aWhisper(aCoachedTalk(ANN, aTalkOfThree()));

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
    const { day, caller, conversation, cal } = aWhisper();
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
    const { day, conversation, cal } = aWhisper(aCoachedTalk(ANN, aTalkOfThree()));
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
