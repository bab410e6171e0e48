import fc from 'fast-check';
import { deltaFrom, withDelta } from '../../src/adapters/storage/past-delta';

const base = JSON.stringify({
  state: 'idle',
  callId: null,
  skills: ['de', 'en', 'fr'],
  name: 'a name, long enough',
});
const value = JSON.parse(base) as object;

describe('a state as what differs from a base', () => {
  test('given nothing else, it is empty', () => {
    expect(deltaFrom(base, value)).toBe('{}');
  });

  test('given other properties and new ones, it has those', () => {
    expect(deltaFrom(base, { ...value, state: 'talking', since: 7 })).toBe('{"state":"talking","since":7}');
  });

  test.each([
    ['a property is gone', { state: 'idle', callId: null, skills: ['de', 'en', 'fr'] }],
    ['a property is undefined', { ...value, name: undefined }],
    ['most of it is other', { ...value, skills: ['it', 'es', 'pt'], name: 'another name, long enough' }],
  ])('given that %s, the base does not do', (_, changed) => {
    expect(deltaFrom(base, changed)).toBeNull();
  });

  test('given any two states, the second comes back from the first and the difference', () => {
    const property = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(fc.record({ score: fc.nat() })),
    );
    const state = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'), property);
    let deltas = 0;
    fc.assert(
      fc.property(state, state, (one, other) => {
        const text = JSON.stringify(one);
        const delta = deltaFrom(text, other);
        if (delta === null) return;
        deltas++;
        expect(JSON.parse(JSON.stringify(withDelta(text, delta)))).toEqual(JSON.parse(JSON.stringify(other)));
      }),
      { numRuns: 2_000 },
    );
    expect(deltas).toBeGreaterThan(50);
  });
});
