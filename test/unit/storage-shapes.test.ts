import { inTodaysShape, storedEffect, type Lifts } from '../../src/adapters/storage/shapes';
import type { Effect } from '../../src/domain/effect';

const lifts: readonly Lifts[] = [
  { agents: (old) => ({ ...old, second: `${old['first'] as string}-2` }) },
  {},
  { agents: (old) => ({ ...old, fourth: `${old['second'] as string}-4` }), calls: () => ({ fourth: true }) },
];

describe('an aggregate of an earlier version', () => {
  test.each<[version: number, value: object, lifted: object]>([
    [1, { first: 'a' }, { first: 'a', second: 'a-2', fourth: 'a-2-4' }],
    [2, { second: 'b' }, { second: 'b', fourth: 'b-4' }],
    [3, { second: 'c' }, { second: 'c', fourth: 'c-4' }],
    [4, { fourth: 'd' }, { fourth: 'd' }],
  ])('given version %i, it goes through every lift since, in order', (version, value, lifted) => {
    expect(inTodaysShape('x', 'agents', version, () => value, lifts)).toEqual(lifted);
  });

  test('given a kind that has not changed, it is as it was', () => {
    expect(inTodaysShape('x', 'plans', 1, () => ({ first: 'a' }), lifts)).toEqual({ first: 'a' });
    expect(inTodaysShape('x', 'calls', 1, () => ({ first: 'a' }), lifts)).toEqual({ fourth: true });
  });

  test('given a later version than is known, or one that cannot be read or lifted, it is named', () => {
    const unreadable = (): never => {
      throw new SyntaxError('no JSON');
    };
    expect(() => inTodaysShape('agents 1', 'agents', 5, () => ({}), lifts)).toThrow(
      'agents 1 was written by a newer program: it has version 5, the last one known here is 4',
    );
    expect(() => inTodaysShape('agents 1', 'agents', 4, unreadable, lifts)).toThrow('agents 1 is damaged');
    expect(() => inTodaysShape('agents 1', 'agents', 1, () => null, lifts)).toThrow('agents 1 is damaged');
  });
});

describe('an effect of an earlier version', () => {
  const restored = (effect: object): Effect => storedEffect('effect 1', JSON.stringify(effect));

  test('given a bridge without its kind, it is one that mixes', () => {
    const effect = { do: 'open-bridge', bridgeId: 'b1' };
    expect(restored(effect)).toEqual({ ...effect, kind: 'mixing' });
  });

  test('given a limit in seconds, they count from now', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    try {
      expect(restored({ do: 'limit', channelId: 'c1', seconds: 30 })).toEqual({
        do: 'limit',
        channelId: 'c1',
        until: 1_030_000,
      });
    } finally {
      jest.useRealTimers();
    }
  });

  test('given one of today, it is as it was', () => {
    const effect = { do: 'limit', channelId: 'c1', until: 5 };
    expect(restored(effect)).toEqual(effect);
  });
});
