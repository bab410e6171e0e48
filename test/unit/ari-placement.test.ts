import {
  audioAt,
  JUST_ANSWERED,
  NOTHING_KNOWN,
  stepsTo,
  type Audio,
  type Target,
} from '../../src/adapters/ari/ari-placement';
import type { BridgeId } from '../../src/domain/ids';

const HERE = 'here' as BridgeId;
const THERE = 'there' as BridgeId;
const QUIET = 'parley-silence';
const IN_BRIDGE: Target = { bridgeId: HERE, muted: false, music: null };
const SHUT_OUT: Target = { bridgeId: HERE, muted: true, music: QUIET };
const HELD: Target = { bridgeId: null, muted: true, music: 'hold' };

/** The steps in words: groups apart by `|`, what goes side by side by `+`. */
function wayTo(target: Target, known: Audio): string {
  const groups = stepsTo(target, known).map((group) =>
    group
      .map((step) => {
        if (step.step === 'enter') return `${step.endingMusic ? 'stop-music, ' : ''}enter ${step.bridgeId}`;
        return step.step === 'start-music' ? `play ${step.musicClass}` : step.step;
      })
      .join(' + '),
  );
  return groups.join(' | ');
}

const at = (target: Target): Audio => audioAt(target, JUST_ANSWERED);

describe('The way to a placement', () => {
  test.each<[string, Target, Audio, string]>([
    ['a leg just answered that may do all', IN_BRIDGE, JUST_ANSWERED, 'enter here'],
    [
      'a leg just answered that may do nothing',
      SHUT_OUT,
      JUST_ANSWERED,
      'mute + play parley-silence | enter here',
    ],
    ['the same again', SHUT_OUT, at(SHUT_OUT), ''],
    ['all allowed in the same bridge', IN_BRIDGE, at(SHUT_OUT), 'unmute + stop-music'],
    ['out of the bridge, with music', HELD, at(IN_BRIDGE), 'mute + play hold | leave'],
    ['back from being held', IN_BRIDGE, at(HELD), 'stop-music, enter here | unmute'],
    ['from music to silence', { ...HELD, music: QUIET }, at(HELD), 'play parley-silence'],
    [
      'to another bridge, shut out',
      { ...SHUT_OUT, bridgeId: THERE },
      at(IN_BRIDGE),
      'mute + play parley-silence | enter there',
    ],
    [
      'to another bridge, allowed all',
      { ...IN_BRIDGE, bridgeId: THERE },
      at(SHUT_OUT),
      'enter there | unmute + stop-music',
    ],
    ['one way only', { ...IN_BRIDGE, muted: true }, at({ ...IN_BRIDGE, music: QUIET }), 'mute | stop-music'],
  ])('given %s, only what differs is asked: restrict, move, free', (_, target, known, way) => {
    expect(wayTo(target, known)).toBe(way);
  });

  test('given nothing known, everything is asked', () => {
    expect(wayTo(IN_BRIDGE, NOTHING_KNOWN)).toBe('answer | enter here | unmute + stop-music');
    expect(wayTo(SHUT_OUT, NOTHING_KNOWN)).toBe('answer | mute + play parley-silence | enter here');
    expect(wayTo(HELD, NOTHING_KNOWN)).toBe('mute + play hold | leave');
  });

  test('given an unanswered caller with music, it is answered before its music is started again', () => {
    const waiting: Audio = { ...at(HELD), answered: false };
    expect(wayTo({ ...HELD, bridgeId: HERE }, waiting)).toBe('answer | play hold | enter here');
    expect(wayTo(HELD, waiting)).toBe('');
  });

  test('given it was placed, all of it is known', () => {
    expect(audioAt(SHUT_OUT, NOTHING_KNOWN)).toEqual({
      answered: true,
      muted: true,
      music: QUIET,
      bridgeId: HERE,
    });
    expect(audioAt(HELD, NOTHING_KNOWN)).toEqual({
      answered: undefined,
      muted: true,
      music: 'hold',
      bridgeId: null,
    });
  });
});
