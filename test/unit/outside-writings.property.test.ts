import fc from 'fast-check';
import { readNumber } from '../../src/adapters/numbers/number-plan';
import type { PhoneNumber } from '../../src/domain/ids';
import { isMeant } from '../../src/domain/outside/number-pattern';
import { brokenByNumber } from '../../src/domain/outside/outside-rules';
import { policyOf, someRules } from '../support/outside-policies';
import { APP } from '../support/worlds';

type Home = {
  readonly country: string;
  readonly code: string;
  /** What is dialled for calls abroad, and within the country. */
  readonly access: string;
  readonly trunk: string;
  /** Beginnings of its numbers, and how many digits follow. */
  readonly ranges: readonly (readonly [string, number])[];
};

const CHINA: Home = {
  country: 'CN',
  code: '86',
  access: '00',
  trunk: '0',
  ranges: [
    ['138', 8],
    ['159', 8],
    ['755', 8],
    ['21', 8],
    ['16812', 3],
  ],
};
const HOMES: readonly Home[] = [
  CHINA,
  {
    country: 'GB',
    code: '44',
    access: '00',
    trunk: '0',
    ranges: [
      ['20794', 5],
      ['7911', 6],
    ],
  },
  {
    country: 'US',
    code: '1',
    access: '011',
    trunk: '1',
    ranges: [
      ['202555', 4],
      ['900555', 4],
    ],
  },
  { country: 'RU', code: '7', access: '810', trunk: '8', ranges: [['916', 7]] },
  { country: 'JP', code: '81', access: '010', trunk: '0', ranges: [['9012', 6]] },
];
/** Hong Kong, Australia and Germany, seen from all of those. */
const ABROAD: readonly Pick<Home, 'code' | 'ranges'>[] = [
  { code: '852', ranges: [['91', 6]] },
  { code: '61', ranges: [['412', 6]] },
  { code: '49', ranges: [['151', 8]] },
];

const PREFIX = '9';
const digits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const numberOf = ({ ranges }: Pick<Home, 'ranges'>): fc.Arbitrary<string> =>
  fc.constantFrom(...ranges).chain(([begins, length]) => digits(length).map((rest) => begins + rest));

/** The ways to write a number, by whoever dials it in its country or abroad. */
const written: fc.Arbitrary<{ readonly country: string; readonly writings: readonly string[] }> = fc
  .constantFrom(...HOMES)
  .chain((home) => {
    const { country, code, access, trunk } = home;
    const own = numberOf(home).map((number) => [
      number,
      trunk + number,
      ...[`${code}${number}`, `${code}${trunk}${number}`].flatMap((whole) => [whole, `+${whole}`, access + whole]),
    ]);
    const foreign = fc
      .constantFrom(...ABROAD)
      .chain((abroad) => numberOf(abroad).map((number) => abroad.code + number))
      .map((whole) => [whole, `+${whole}`, access + whole]);
    return fc.oneof(own, foreign).map((writings) => ({ country, writings }));
  });

/** Of one writing, with digits left open, to its end or to somewhere before it. */
const wish = fc.record({
  of: written,
  which: fc.nat(),
  length: fc.integer({ min: 1, max: 20 }),
  open: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
  more: fc.array(fc.string({ unit: fc.constantFrom(...'0123456789?'), minLength: 3, maxLength: 12 })),
});

function patternOf(writing: string, length: number, open: readonly boolean[]): string {
  const meant = [...writing.slice(0, length)].map((each, at) => (open[at] && each !== '+' ? '?' : each)).join('');
  return length < writing.length ? `${meant}*` : meant;
}

test('a number that is denied in one way of writing is denied in all, with a prefix of the trunk before it too', () => {
  let foundOut = 0;
  fc.assert(
    fc.property(wish, ({ of: { country, writings }, which, length, open, more }) => {
      const deny = [patternOf(writings[which % writings.length]!, length, open), ...more];
      const rules = someRules({ country, prefixes: [PREFIX], allow: ['*'], deny });
      const policy = { ...policyOf(rules), read: readNumber };
      const against = (number: string) => brokenByNumber(policy, APP, number as PhoneNumber);
      const judged = writings.filter((each) => !each.startsWith(PREFIX));
      const all = [...judged, ...writings.filter((each) => !each.startsWith('+')).map((each) => PREFIX + each)];
      // A pattern that leaves the code of a country open means other numbers.
      const codeIn = (writing: string): string =>
        readNumber(writing, country).bare.find(({ form, code }) => form === writing && code !== '')?.code ?? '';
      const isNamed = judged.some((each) =>
        deny.some((pattern) => pattern.startsWith(codeIn(each)) && isMeant(pattern, each)),
      );
      const isRead = judged.some((each) => readNumber(each, country).classes.length > 0);
      if (!isNamed || !isRead) return;
      foundOut++;
      expect(all.map((each) => [each, against(each)])).toEqual(all.map((each) => [each, 'deny']));
    }),
    { numRuns: 2_000 },
  );
  expect(foundOut).toBeGreaterThan(1_000);
});
