import { isCountry, readNumber } from '../../src/adapters/numbers/number-plan';
import type { PhoneNumber } from '../../src/domain/ids';
import { isMeant, isNumberPattern } from '../../src/domain/outside/number-pattern';
import {
  brokenByFrom,
  brokenByNumber,
  mayBeCalled,
  type OutsideRules,
} from '../../src/domain/outside/outside-rules';
import { policyOf, someRules } from '../support/outside-policies';
import { APP } from '../support/worlds';

describe('a pattern', () => {
  test.each<[string, string]>([
    ['13800000000', '13800000000'],
    ['138*', '138'],
    ['138*', '13800000000'],
    ['*', '+4420'],
    ['1??', '110'],
    ['+852????????', '+85291234567'],
    ['+*', '+1'],
  ])('%s means %s', (pattern, number) => {
    expect(isMeant(pattern, number)).toBe(true);
  });

  test.each<[string, string]>([
    ['13800000000', '138000000001'],
    ['138*', '13'],
    ['138*', '0138'],
    ['1??', '1100'],
    ['?138', '+138'],
    ['138', '+138'],
    ['+138*', '138'],
  ])('%s does not mean %s', (pattern, number) => {
    expect(isMeant(pattern, number)).toBe(false);
  });

  test.each(['', '13*8', '**', '1-3', '++1', '1+', 'national', '[0-9]', '.*', ' 1', '1'.repeat(21)])(
    'is not %j',
    (text) => {
      expect(isNumberPattern(text)).toBe(false);
    },
  );
});

/** With the number plans of the world. */
const against = (number: string, rules: Partial<OutsideRules> = {}) =>
  brokenByNumber({ ...policyOf(someRules(rules)), read: readNumber }, APP, number as PhoneNumber);

describe('with no more said than that it may call', () => {
  test.each([
    '13800000000',
    '013800000000',
    '+8613800000000',
    '008613800000000',
    '075500000000',
    '01062345678',
    '4008123456',
    '1795113800000000',
  ])('%s is national', (number) => {
    expect(against(number)).toBeNull();
  });

  test.each([
    ['+442079460000', 'international'],
    ['00442079460000', 'international'],
    ['+85291234567', 'international'],
    ['+979123456789', 'international'],
    ['+19005551234', 'international'],
    ['16812345', 'premium'],
    ['+8616812345', 'premium'],
    ['110', 'allow'],
    ['10086', 'allow'],
    ['8001', 'allow'],
    ['12345678901', 'allow'],
    ['9001380000', 'allow'],
    ['179510019005551234', 'international'],
  ] as const)('%s is refused by the rule %s', (number, rule) => {
    expect(against(number)).toBe(rule);
  });
});

describe('what is named', () => {
  test.each<[string, Partial<OutsideRules>]>([
    ['110', { allow: ['national', '110'] }],
    ['8001', { allow: ['8???'] }],
    ['+85291234567', { allow: ['+852*'] }],
    ['0085291234567', { allow: ['+852*'] }],
    ['+442079460000', { allow: ['international'] }],
    ['16812345', { allow: ['premium'] }],
    ['+19005551234', { allow: ['premium', 'international'] }],
    ['913800000000', { prefixes: ['9'] }],
    ['98001', { prefixes: ['9'], allow: ['8???'] }],
    ['2079460000', { country: 'GB', allow: ['national'] }],
    ['+442079460000', { country: 'GB' }],
  ])('%s may be called with %j', (number, rules) => {
    expect(against(number, rules)).toBeNull();
  });

  test.each<[string, string, Partial<OutsideRules>]>([
    ['13800000000', 'allow', { allow: [] }],
    ['13800000000', 'allow', { allow: ['international', 'premium'] }],
    ['13800000000', 'allow', { allow: ['139*'] }],
    ['16812345', 'premium', { allow: ['national', 'international'] }],
    ['+19005551234', 'premium', { allow: ['national', 'international'] }],
    ['+442079460000', 'international', { allow: ['+852*'] }],
    ['+8613800000000', 'international', { country: 'GB' }],
    ['900442079460000', 'international', { prefixes: ['9'] }],
    ['9', 'allow', { prefixes: ['9'] }],
  ])('%s may not, by the rule %s, with %j', (number, rule, rules) => {
    expect(against(number, rules)).toBe(rule);
  });

  test.each([
    '13800000000',
    '013800000000',
    '+8613800000000',
    '008613800000000',
    '1795113800000000',
    '913800000000',
  ])('as denied cannot be called by writing it otherwise: %s', (number) => {
    for (const deny of ['13800000000', '1380*', '+861380000*']) {
      expect(against(number, { prefixes: ['9'], allow: ['national', '*'], deny: [deny] })).toBe('deny');
    }
  });

  test.each(['00852*', '+852*', '852*', '0085291??????'])(
    'as denied cannot be called abroad by writing it otherwise: %s',
    (pattern) => {
      const rules = { allow: ['national', 'international', '*'], deny: [pattern] };
      for (const number of ['0085291234567', '+85291234567', '85291234567', '179510085291234567']) {
        expect(against(number, rules)).toBe('deny');
      }
      expect(against('+442079460000', rules)).toBeNull();
    },
  );

  test.each([
    ['0138*', '13800000000'],
    ['0086138*', '+8613800000000'],
    ['86138*', '013800000000'],
  ])('as denied at home by %s cannot be called by writing %s', (pattern, number) => {
    expect(against(number, { deny: [pattern] })).toBe('deny');
  });

  test('as allowed inside is not allowed outside because it begins like a country', () => {
    expect(against('8001', { allow: ['8*'] })).toBeNull();
    expect(against('13800000000', { allow: ['8*'] })).toBe('allow');
    expect(against('8001', { allow: ['*'], deny: ['8*'] })).toBe('deny');
    expect(against('13800000000', { deny: ['8*'] })).toBeNull();
    expect(against('13800000000', { deny: ['86*'] })).toBe('deny');
    expect(against('85291234567', { allow: ['+852*'] })).toBe('allow');
  });

  test('as denied goes before what is allowed', () => {
    expect(against('16812345', { allow: ['16812345'], deny: ['168*'] })).toBe('deny');
  });
});

test('a number to show has to be named where any is', () => {
  const shown = (from: string, allowed: readonly string[] | null) =>
    brokenByFrom(policyOf(someRules({ from: allowed })), APP, from);
  expect(shown('110', null)).toBeNull();
  expect(shown('02112345678', ['021*'])).toBeNull();
  expect([shown('110', ['021*']), shown('021', [])]).toEqual(['from', 'from']);
});

test('an application without rules may call anything, and so may one whose rules are being tried out', () => {
  const number = '16812345' as PhoneNumber;
  expect(
    mayBeCalled(
      policyOf(() => null),
      APP,
      number,
    ),
  ).toBe(true);
  expect(mayBeCalled(policyOf(someRules({ allow: [], auditOnly: true })), APP, number)).toBe(true);
  expect(mayBeCalled(policyOf(someRules({ allow: [] })), APP, number)).toBe(false);
});

test('countries are those that have a number plan', () => {
  expect(['CN', 'GB', 'cn', 'XX', ''].map(isCountry)).toEqual([true, true, false, false, false]);
});
