import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import { type Enqueue, enqueueFrom, EnqueueProblem, type Target } from '../../src/domain/queue/enqueue';

const ROUTE = '<route><agent name="1001"/></route>';
const CONDITION = '0123456789abcdef0123456789abcdef';

const read = (text: string): Enqueue => enqueueFrom(parseXml(text));
const readWith = (attributes: string): Enqueue => read(`<enqueue ${attributes}>${ROUTE}</enqueue>`);
const readTarget = (target: string): Target =>
  read(`<enqueue><route>${target}</route></enqueue>`).routes[0]!.targets[0]!;

function problemOf(text: string): EnqueueProblem {
  try {
    read(text);
  } catch (error) {
    if (error instanceof EnqueueProblem) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

/** Attribute, field, default, texts that are taken with their values, texts that are not. */
type Row = readonly [string, string, unknown, readonly (readonly [string, unknown])[], readonly string[]];

const SOUNDS: readonly (readonly [string, unknown])[] = [
  ['welcome', 'welcome'],
  ['欢迎-1.wav', '欢迎-1.wav'],
  ['a_b', 'a_b'],
  ['n'.repeat(128), 'n'.repeat(128)],
  ['sound:vm-goodbye', 'sound:vm-goodbye'],
  ['sound:letters/a', 'sound:letters/a'],
  ['digits:12*#', 'digits:12*#'],
];
const NO_SOUNDS = [
  '',
  ' ',
  'a b',
  'a/b',
  '/etc/passwd',
  '..',
  '../a',
  'a..b',
  '.a',
  'a.',
  'a.b.c',
  'a\\b',
  'a&amp;b',
  'a,b',
]
  .concat([
    'n'.repeat(129),
    'sound:',
    'sound:/a',
    'sound:../a',
    'sound:a/../b',
    'sound:a&amp;b',
    'sound:a b',
    'SOUND:a',
  ])
  .concat(['digits:', 'digits:1x', 'recording:a', 'tone:ring', 'http://a', '٪']);
const NO_NUMBERS = ['', ' 1', '1 ', '+1', '1.0', '1e1', '0x1', 'one', '١', '1,0', '9'.repeat(400)];

const ENQUEUE_ROWS: readonly Row[] = [
  [
    'conversation_level',
    'conversationLevel',
    2,
    [
      ['1', 1],
      ['2', 2],
    ],
    ['0', '3', '-1', ...NO_NUMBERS],
  ],
  [
    'conversation_timeout',
    'conversationTimeoutSeconds',
    21600,
    [
      ['1', 1],
      ['21600', 21600],
      ['007', 7],
    ],
    ['0', '21601', '-1', ...NO_NUMBERS],
  ],
  [
    'choice',
    'choice',
    'random',
    [
      ['random', 'random'],
      ['lru', 'lru'],
      ['order', 'order'],
      ['all', 'all'],
    ],
    ['', 'LRU', 'first', 'random ', 'toString'],
  ],
  [
    'reserve_state',
    'reserveState',
    'idle',
    [
      ['idle', 'idle'],
      ['busy', 'busy'],
      ['busy/paper', 'busy/paper'],
      ['away', 'away'],
      ['away/午餐/2', 'away/午餐/2'],
      ['online', 'idle'],
      ['fetching', 'idle'],
      ['talking', 'idle'],
      ['idle/x', 'idle'],
      ['busyness', 'idle'],
      ['Busy', 'idle'],
      [' away', 'idle'],
      ['', 'idle'],
    ],
    [],
  ],
  [
    'fail_overflow',
    'failOverflow',
    false,
    [
      ['true', true],
      ['false', false],
    ],
    ['', '1', 'TRUE', 'yes'],
  ],
  ['wait_voice', 'waitVoice', null, SOUNDS, NO_SOUNDS],
  [
    'ring_mode',
    'ringMode',
    1,
    [
      ['1', 1],
      ['2', 2],
      ['3', 3],
      ['4', 4],
      ['5', 5],
    ],
    ['0', '6', '-1', ...NO_NUMBERS],
  ],
  ['ring_voice', 'ringVoice', null, SOUNDS, NO_SOUNDS],
  ['hold_voice', 'holdVoice', null, SOUNDS, NO_SOUNDS],
  [
    'play_num',
    'playNum',
    false,
    [
      ['true', true],
      ['false', false],
    ],
    ['', '0', 'False', 'no'],
  ],
  ['pre_num_voice', 'preNumVoice', null, SOUNDS, NO_SOUNDS],
  ['post_num_voice', 'postNumVoice', null, SOUNDS, NO_SOUNDS],
  [
    'user_data',
    'userData',
    null,
    [
      ['', ''],
      [' vip  customer ', ' vip  customer '],
      ['&lt;a b=&quot;1&quot;/&gt;', '<a b="1"/>'],
      ['x'.repeat(128), 'x'.repeat(128)],
      ['😀'.repeat(128), '😀'.repeat(128)],
    ],
    ['x'.repeat(129), '😀'.repeat(129)],
  ],
  [
    'priority',
    'priority',
    0,
    [
      ['0', 0],
      ['-0', 0],
      ['-999999999', -999999999],
      ['999999999', 999999999],
    ],
    ['-1000000000', '1000000000', ...NO_NUMBERS],
  ],
];

const WAITING_ROWS: readonly Row[] = [
  [
    'priority',
    'priority',
    0,
    [
      ['0', 0],
      ['999999999', 999999999],
    ],
    ['-1', '1000000000', ...NO_NUMBERS],
  ],
  [
    'queue_timeout',
    'queueTimeoutSeconds',
    null,
    [
      ['0', 0],
      ['86400', 86400],
    ],
    ['-1', '86401', ...NO_NUMBERS],
  ],
  [
    'fetch_timeout',
    'fetchTimeoutSeconds',
    50,
    [
      ['1', 1],
      ['300', 300],
    ],
    ['0', '301', '-1', ...NO_NUMBERS],
  ],
];

const taken = (rows: readonly Row[]) =>
  rows.flatMap(([name, field, , texts]) => texts.map(([text, value]) => [name, text, field, value] as const));
const refused = (rows: readonly Row[]) =>
  rows.flatMap(([name, , , , texts]) => texts.map((text) => [name, text] as const));

describe('the attributes of enqueue', () => {
  test('given none of them, each has its default', () => {
    const defaults = Object.fromEntries(ENQUEUE_ROWS.map(([, field, value]) => [field, value]));
    const { routes, ...rest } = readWith('');
    expect(rest).toStrictEqual(defaults);
    expect(routes).toHaveLength(1);
  });

  test.each(taken(ENQUEUE_ROWS))('%s="%s" is taken', (name, text, field, value) => {
    expect(readWith(`${name}="${text}"`)).toStrictEqual({ ...readWith(''), [field]: value });
  });

  test.each(refused(ENQUEUE_ROWS))('%s="%s" is refused by name', (name, text) => {
    const problem = problemOf(`<enqueue ${name}="${text}">${ROUTE}</enqueue>`);
    expect(problem.place.en).toBe('enqueue');
    expect(problem.message).toMatch(new RegExp(`^enqueue: ${name} must be .+`));
    expect(problem.message.length).toBeLessThan(200);
  });
});

describe.each(['agent', 'skill'])('the attributes of %s', (kind) => {
  test('given only the name, each other has its default', () => {
    const defaults = Object.fromEntries(WAITING_ROWS.map(([, field, value]) => [field, value]));
    expect(readTarget(`<${kind} name="a_1"/>`)).toStrictEqual({ kind, name: 'a_1', ...defaults });
  });

  test.each(taken(WAITING_ROWS))('%s="%s" is taken', (name, text, field, value) => {
    const defaults = readTarget(`<${kind} name="a"/>`);
    expect(readTarget(`<${kind} name="a" ${name}="${text}"/>`)).toStrictEqual({ ...defaults, [field]: value });
  });

  test.each(refused(WAITING_ROWS))('%s="%s" is refused by name and place', (name, text) => {
    const { place, message } = problemOf(
      `<enqueue>${ROUTE}<route><${kind} name="a" ${name}="${text}"/></route></enqueue>`,
    );
    expect(place.en).toBe(`route 2, target 1 (${kind})`);
    expect(message).toMatch(new RegExp(`: ${name} must be a whole number from [01] to [0-9]+, not "`));
  });
});

describe('the names of targets', () => {
  test.each([
    ['agent', 'a'],
    ['agent', '1001'],
    ['agent', 'Zoe_B'],
    ['agent', 'a'.repeat(32)],
    ['skill', 's'],
    ['skill', '售后 支持'],
    ['skill', '😀'.repeat(64)],
  ])('%s "%s" is taken', (kind, name) => {
    expect(readTarget(`<${kind} name="${name}"/>`)).toMatchObject({ kind, name });
  });

  test('a condition has its id and nothing else', () => {
    expect(readTarget(`<condition id="${CONDITION}"/>`)).toStrictEqual({ kind: 'condition', id: CONDITION });
  });

  test.each([
    ['agent', 'name', ''],
    ['agent', 'name', 'a'.repeat(33)],
    ['agent', 'name', 'a-b'],
    ['agent', 'name', 'a b'],
    ['agent', 'name', 'a/b'],
    ['agent', 'name', 'é'],
    ['agent', 'name', '1001&#10;'],
    ['skill', 'name', ''],
    ['skill', 'name', '😀'.repeat(65)],
    ['skill', 'name', 'a&#9;b'],
    ['skill', 'name', 'a&#x85;b'],
    ['condition', 'id', ''],
    ['condition', 'id', CONDITION.slice(1)],
    ['condition', 'id', `${CONDITION}0`],
    ['condition', 'id', CONDITION.toUpperCase()],
    ['condition', 'id', CONDITION.replace('0', 'g')],
  ])('%s %s="%s" is refused', (kind, attribute, value) => {
    const { place, message } = problemOf(`<enqueue><route><${kind} ${attribute}="${value}"/></route></enqueue>`);
    expect(place.en).toBe(`route 1, target 1 (${kind})`);
    expect(message).toContain(`: ${attribute} must be `);
  });

  test.each([
    ['agent', 'name'],
    ['skill', 'name'],
    ['condition', 'id'],
  ])('%s without %s is refused', (kind, attribute) => {
    const problem = problemOf(`<enqueue><route><${kind}/></route></enqueue>`);
    expect(problem.message).toBe(`route 1, target 1 (${kind}): ${attribute} is missing`);
  });
});
