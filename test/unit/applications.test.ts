import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { DEFAULT_OUTSIDE_RULES, readApplications } from '../../src/config/applications';

const TOKEN = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const SECRET = 'secret-for-tests';
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'parley-applications-'))));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function appsFile(content: unknown, mode = 0o600): string {
  const file = join(folder, `${++files}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(file, mode);
  return file;
}

function read(content: unknown, mode?: number) {
  const problems: string[] = [];
  const file = appsFile(content, mode);
  const applications = readApplications(file, problems);
  return { file, applications, problems };
}

const one = (given: object): unknown => ({ applications: [{ id: 'a', ...given }] });

test('without a file there is one application, open to nobody who has to show who they are', () => {
  expect(readApplications(null, [])).toMatchObject([{ id: 'default', tokens: [], secrets: [], networks: [] }]);
});

test('what is left out is not there', () => {
  expect(read({ applications: [{ id: 'shop', tokens: [TOKEN], alwaysOk: true }] }).applications).toEqual([
    {
      id: 'shop',
      tokens: [{ hash: TOKEN, role: 'admin' }],
      secrets: [],
      certId: null,
      networks: [],
      disabled: false,
      alwaysOk: true,
      sipPrefix: '',
      requestsPerSecond: null,
      callbacks: [],
      outside: DEFAULT_OUTSIDE_RULES,
    },
  ]);
});

test('a token has a role; without one it may do everything', () => {
  const tokens = [{ hash: TOKEN, role: 'read' }, { hash: OTHER }];
  expect(read({ applications: [{ id: 'shop', tokens }] }).applications![0]!.tokens).toEqual([
    { hash: TOKEN, role: 'read' },
    { hash: OTHER, role: 'admin' },
  ]);
});

test('secrets can be used, and show up nowhere', () => {
  const { applications } = read({ applications: [{ id: 'shop', certId: 'c1', secrets: [SECRET] }] });
  expect(applications![0]!.secrets.map((each) => each.reveal())).toEqual([SECRET]);
  expect(JSON.stringify(applications)).not.toContain(SECRET);
  expect(inspect(applications, { depth: 9, showHidden: true })).not.toContain(SECRET);
});

test('left to itself, an application may call national numbers and nothing else', () => {
  expect(DEFAULT_OUTSIDE_RULES).toEqual({
    auditOnly: false,
    country: 'CN',
    prefixes: [],
    allow: ['national'],
    deny: [],
    from: null,
    callsAtOnce: null,
    callsPerSecond: null,
    minutesPerDay: null,
  });
});

test('rules for calls outside are as they are written', () => {
  const outside = {
    auditOnly: true,
    country: 'GB',
    prefixes: ['9'],
    allow: ['national', 'premium', '+852*'],
    deny: ['0900*'],
    from: ['020????????'],
    callsAtOnce: 20,
    callsPerSecond: 2,
    minutesPerDay: 3000,
  };
  expect(read(one({ outside })).applications![0]!.outside).toEqual(outside);
});

const withSecret = { applications: [{ id: 'shop', certId: 'c1', secrets: [SECRET] }] };

test.each([0o644, 0o604, 0o602, 0o601, 0o666])(
  'a file with secrets that is open to others is refused: %i',
  (mode) => {
    const { applications, problems, file } = read(withSecret, mode);
    expect([applications, problems]).toEqual([null, [expect.stringContaining(`${file}: others can read`)]]);
  },
);

test('one that its group may read is not, nor one with hashes only', () => {
  expect(read(withSecret, 0o640).problems).toEqual([]);
  expect(read({ applications: [{ id: 'shop', tokens: [TOKEN] }] }, 0o644).problems).toEqual([]);
});

test.each([
  ['no JSON', '{', /is no valid JSON/],
  ['a token that is no hash', one({ tokens: ['secret'] }), /tokens\.0 must be a SHA-256/],
  ['a role that there is not', one({ tokens: [{ hash: TOKEN, role: 'root' }] }), /read, operate, admin/],
  ['a token twice', one({ tokens: [TOKEN, { hash: TOKEN, role: 'read' }] }), /different tokens/],
  ['an id twice', { applications: [{ id: 'a' }, { id: 'a' }] }, /different ids/],
  ['an unknown key', one({ token: TOKEN }), /token/],
  ['a short secret', one({ certId: 'c', secrets: ['too-short'] }), /secrets\.0 must be 16 characters/],
  ['a secret without an account', one({ secrets: [SECRET] }), /certId is needed/],
  ['a network that is none', one({ networks: ['10.0.0.0/33'] }), /networks\.0 must be an IP address or a network/],
  [
    'a class of numbers that there is not',
    one({ outside: { allow: ['everything'] } }),
    /outside\.allow\.0 must be nat/,
  ],
  ['a pattern that is none', one({ outside: { deny: ['09-*'] } }), /outside\.deny\.0 must be a number with \?/],
  [
    'a country that there is not',
    one({ outside: { country: 'China' } }),
    /outside\.country must be the two letters/,
  ],
  ['a prefix that is none', one({ outside: { prefixes: ['+'] } }), /outside\.prefixes\.0 must be digits/],
  ['a limit of nothing', one({ outside: { callsAtOnce: 0 } }), /outside\.callsAtOnce must be 1 at least/],
  ['half a call', one({ outside: { callsPerSecond: 0.5 } }), /outside\.callsPerSecond must be a whole number/],
  ['a misspelt rule', one({ outside: { minutesPerday: 1 } }), /minutesPerday/],
  ['nothing in it', { applications: [] }, /applications/],
])('one with %s is refused by its name', (_, content, problem) => {
  const { applications, problems, file } = read(content);
  expect([applications, problems]).toEqual([null, [expect.stringMatching(problem)]]);
  expect(problems[0]).toContain(file);
});

test.each([
  `{"applications":[{"id":"a","certId":"c","secrets":["${SECRET}" "x"]}]}`,
  `{"applications":[{"id":"a","certId":"c","secrets":"${SECRET}"}]}`,
  `{"applications":[{"id":"a","certId":"${SECRET} ","secrets":[]}]}`,
  `{"applications":[{"id":"a","tokens":["${SECRET}"]}]}`,
  SECRET,
])('a mistake next to a secret does not tell it: %#', (content) => {
  const { problems } = read(content);
  expect(problems).not.toEqual([]);
  expect(problems.join()).not.toContain(SECRET);
});

test('a file that is not there is said to be so', () => {
  const problems: string[] = [];
  expect(readApplications(join(folder, 'none.json'), problems)).toBeNull();
  expect(problems).toEqual([expect.stringContaining('no such file')]);
});
