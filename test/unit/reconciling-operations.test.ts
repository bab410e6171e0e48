import { callOut, coach, enter, forward } from '../support/agent-operations';
import { aCallForAnn, aCoachedTalk, aDayOfThree, aTalk } from '../support/agent-talks';
import { ANN, answered, BOB, CAL, hungUp, now } from '../support/happenings';
import { seen } from '../support/phone-system-views';
import { everybodyHangsUp } from '../support/watched-day';
import { doing } from '../support/worlds';

afterEach(everybodyHangsUp);

describe('while nobody listened to Asterisk', () => {
  test('given everything is as the world has it, coaches and all, nothing is asked for', () => {
    const { day } = aCoachedTalk();

    expect(day.take(seen(day.world)).effects).toEqual([]);
  });

  test('given an agent’s own phone was answered, it is in its conversation and the number is called', () => {
    const day = aDayOfThree();
    day.take(callOut());
    const { channelId } = day.leg(ANN);

    const { effects } = day.forget().take({ ...seen(day.world), channels: new Map([[channelId, 'up']]) });

    expect(day.told).toEqual(['state_changed ann fetching>talking', 'enter ann', 'parts_changed']);
    expect(doing(effects, 'dial')).toHaveLength(1);
  });

  test('given an agent’s own phone is gone, it is free, and whoever it was to join talks on', () => {
    const { day, conversation } = aTalk();
    day.take(enter(BOB, conversation));

    expect(day.lose(day.leg(BOB))).toEqual(['state_changed bob fetching>idle']);
    expect(now(day.world, 'conversations', conversation).invited).toEqual([]);
  });

  test.each([
    [true, ['receive', 'place']],
    [false, []],
  ])('given a caller who waits and still rings, it is answered again if it was to be (%s)', (answer, expected) => {
    const { day, caller } = aCallForAnn({}, {}, { answer });
    const { channelId } = caller;
    const view = seen(day.world);

    const { effects } = day.take({ ...view, channels: new Map([...view.channels, [channelId, 'ringing']]) });

    expect(effects.map((each) => each.do)).toEqual(expected);
  });

  test('given the forwarder’s phone is gone, the other one rings', () => {
    const { day, task } = aCallForAnn();
    day.take(forward(ANN, task));

    expect(day.lose(day.leg(ANN))).toContain('queue.select bob');
  });

  test('given an ear is gone, another one is opened in a bridge of its own', () => {
    const { day, ear } = aCoachedTalk();
    const { bridgeId } = day.leg(CAL).whisper!;

    day.lose(ear);

    expect(day.leg(CAL).whisper).toMatchObject({ earId: day.ear().id });
    expect(day.leg(CAL).whisper!.bridgeId).not.toBe(bridgeId);
    day.take(answered(day.ear()));
    expect(day.audio(day.leg(CAL))).toBe('whispers');
  });

  test('given an ear has come up, coach and ear sit together', () => {
    const { day, conversation } = aTalk();
    day.take(coach(CAL, conversation, ANN));
    day.take(answered(day.leg(CAL)));
    const view = seen(day.world);

    day.take({ ...view, channels: new Map([...view.channels, [day.ear().channelId, 'up']]) });

    expect(day.audio(day.leg(CAL))).toBe('whispers');
  });

  test('given the bridge of a whisper is gone, its ear is hung up and another whisper begins', () => {
    const { day, ear } = aCoachedTalk();
    const { bridgeId } = day.leg(CAL).whisper!;
    const view = seen(day.world);

    const { effects } = day.take({
      ...view,
      bridges: new Map([...view.bridges].filter(([each]) => each !== bridgeId)),
    });

    expect(hungUp(effects)).toEqual([ear.channelId]);
    expect(doing(effects, 'snoop')).toMatchObject([{ on: day.leg(ANN).channelId }]);
  });
});
