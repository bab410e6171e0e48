import fc from 'fast-check';
import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import { type AgentName } from '../../src/domain/ids';
import {
  agentEnqueue,
  type Enqueue,
  enqueueFrom,
  EnqueueProblem,
  type ReserveState,
  type Route,
  type Target,
} from '../../src/domain/queue/enqueue';
import { type Sound } from '../../src/domain/queue/enqueue-sound';
import { enqueueText } from '../support/enqueue-text';
import { XmlProblem } from '../../src/ports/parsing';

const read = (text: string): Enqueue => enqueueFrom(parseXml(text));

/** Records like those that are read, not without a prototype. */
const PLAIN = { noNullPrototype: true } as const;

/** Whatever XML can carry, marks of its own and white space included. */
const character = fc
  .oneof(fc.constantFrom(...`&<>"' \t\n\r;#x/=`), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }))
  .filter((each) => /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]$/u.test(each));
const printable = character.filter((each) => !/\p{Cc}/u.test(each));

const sound = fc.option(
  fc.oneof(
    fc.stringMatching(/^[a-z0-9_-]{1,20}(\.[a-z0-9]{1,4})?$/),
    fc.constantFrom('欢迎.wav', 'sound:letters/a', 'digits:12*#'),
  ),
) as fc.Arbitrary<Sound | null>;

const waiting = {
  priority: fc.integer({ min: 0, max: 999_999_999 }),
  queueTimeoutSeconds: fc.option(fc.integer({ min: 0, max: 86_400 })),
  fetchTimeoutSeconds: fc.integer({ min: 1, max: 300 }),
};
const route: fc.Arbitrary<Route> = fc.record(
  {
    targets: fc.oneof(
      targets({ kind: fc.constant('agent'), name: fc.stringMatching(/^[A-Za-z0-9_]{1,32}$/), ...waiting }),
      targets({
        kind: fc.constant('skill'),
        name: fc.string({ unit: printable, minLength: 1, maxLength: 64 }).filter((each) => [...each].length <= 64),
        ...waiting,
      }),
      targets({
        kind: fc.constant('condition'),
        id: fc.stringMatching(/^[0-9a-f]{32}$/),
      }),
    ),
  },
  PLAIN,
);

function targets(shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<readonly Target[]> {
  return fc.array(fc.record(shape, PLAIN), { minLength: 1, maxLength: 4 }) as unknown as fc.Arbitrary<
    readonly Target[]
  >;
}

const enqueue: fc.Arbitrary<Enqueue> = fc.record(
  {
    conversationLevel: fc.constantFrom(1, 2),
    conversationTimeoutSeconds: fc.integer({ min: 1, max: 21_600 }),
    choice: fc.constantFrom('random', 'lru', 'order', 'all'),
    reserveState: fc.oneof(
      fc.constantFrom<ReserveState>('idle', 'busy', 'away'),
      fc.string({ unit: character, maxLength: 20 }).map((each): ReserveState => `busy/${each}`),
    ),
    failOverflow: fc.boolean(),
    waitVoice: sound,
    ringMode: fc.constantFrom(1, 2, 3, 4, 5),
    ringVoice: sound,
    holdVoice: sound,
    playNum: fc.boolean(),
    preNumVoice: sound,
    postNumVoice: sound,
    userData: fc.option(fc.string({ unit: character, maxLength: 128 })),
    priority: fc.integer({ min: -999_999_999, max: 999_999_999 }),
    routes: fc.array(route, { minLength: 1, maxLength: 4 }),
  },
  PLAIN,
);

test('a document written out in full', () => {
  expect(enqueueText(agentEnqueue('1001' as AgentName))).toBe(
    '<enqueue conversation_level="2" conversation_timeout="21600" choice="random" reserve_state="idle" ' +
      'fail_overflow="false" ring_mode="1" play_num="false" priority="0">' +
      '<route><agent name="1001" priority="0" fetch_timeout="50"/></route></enqueue>',
  );
});

test('what was written out is read as what it was written from', () => {
  fc.assert(
    fc.property(enqueue, (each) => {
      expect(read(enqueueText(each))).toStrictEqual(each);
    }),
    { numRuns: 300 },
  );
});

describe('any text is read, or refused with a problem of ours', () => {
  const MARKUP = [
    '<',
    '>',
    '</',
    '/>',
    '=',
    '"',
    "'",
    '&',
    ';',
    '&#',
    '&#x',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE',
  ];
  const NAMES = [
    '<?xml ',
    '?>',
    'enqueue',
    'response',
    'route',
    'agent',
    'skill',
    'condition',
    'name',
    '__proto__',
    'toString',
  ];
  const anything = fc.string({ unit: 'binary', maxLength: 20 });
  const fragments = fc
    .array(fc.oneof(fc.constantFrom(...MARKUP, ...NAMES, ' ', '\n', '\0', '\uD800', '\uFEFF'), anything), {
      maxLength: 40,
    })
    .map((each) => each.join(''));

  /** A good document with a part of it replaced. */
  const damaged = fc
    .tuple(enqueue.map(enqueueText), fc.nat(), fc.nat({ max: 30 }), fragments)
    .map(([text, at, length, put]) => {
      const from = at % text.length;
      return text.slice(0, from) + put + text.slice(from + length);
    });

  test.each([
    ['characters', anything],
    ['fragments of documents', fragments],
    ['damaged documents', damaged],
  ])('%s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const { routes } = read(text);
          expect(routes.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof XmlProblem || error instanceof EnqueueProblem)) throw error;
          expect(error.message).toMatch(/^.{1,400}$/s);
          expect(error.text.zh).toMatch(/^.{1,400}$/s);
          expect(error.text.zh).not.toMatch('不符合 XML 语法: '); // What the library says, and is not known here.
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a damaged document that is still read says the same when it is written out', () => {
    let readAgain = 0;
    fc.assert(
      fc.property(damaged, (text) => {
        let given: Enqueue;
        try {
          given = read(text);
        } catch {
          return;
        }
        readAgain++;
        expect(read(enqueueText(given))).toStrictEqual(given);
      }),
      { numRuns: 1000 },
    );
    expect(readAgain).toBeGreaterThan(0);
  });
});
