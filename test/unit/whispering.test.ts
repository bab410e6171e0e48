import type { Call } from '../../src/domain/call/call';
import { callDueAt } from '../../src/domain/call/call';
import { callOut, coach, exit, setMode } from '../support/agent-operations';
import { aCoachedTalk, aTalk, aTalkOfThree, twoTalks } from '../support/agent-talks';
import { ANN, answered, BOB, CAL, dissolve, due, ended, hungUp, now } from '../support/happenings';
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

describe('a whisper ends', () => {
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

    const { bridgeId: own } = now(day.world, 'conversations', conversation);

    const { effects } = day.take(dissolve(conversation));

    expect(doing(effects, 'close-bridge').map(({ bridgeId }) => bridgeId)).toEqual([whisper, own]);
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
    const { bridgeId } = now(day.world, 'conversations', conversation);

    const { effects } = day.take(ended(ear));

    expect(effects).toMatchObject([
      { do: 'place', channelId: cal.channelId, from: whisper, placement: { bridgeId } },
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
