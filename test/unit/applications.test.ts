import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { readApplications } from '../../src/applications';

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

const one = (given: object): unknown => ({ applications: [{ id: 'a', ...given }] });

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
