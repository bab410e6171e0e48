import { greeting } from '../../scripts/greeting';
import { Secret } from '../../src/ports/secret';

type Given = Parameters<typeof greeting>[0];

const CONFIG: Given = {
  http: { host: '127.0.0.1', port: 8080 },
  sip: { host: '127.0.0.1', port: 5060 },
  ari: null,
  authentication: ['none'],
};
const greet = (given: Partial<Given>): string => greeting({ ...CONFIG, ...given });

test('given nothing else, it says where things are, and how to begin without credentials', () => {
  const text = greet({});
  expect(text).toContain('Parley is ready: http://127.0.0.1:8080   SIP: 127.0.0.1:5060 (UDP, TCP)\n');
  expect(text).toContain("'Content-Type: application/json' http://127.0.0.1:8080/v1/callcenter/extension -d ");
  expect(text).not.toContain('$token');
});

test.each<[Given['authentication'], boolean]>([
  [['token'], true],
  [['token', 'signature'], true],
  [['none', 'token'], false],
])('given that clients show who they are by %s, requests with a token: %s', (authentication, hasToken) => {
  expect(greet({ authentication }).includes('-H "Authorization: Bearer $token"')).toBe(hasToken);
  expect(greet({ authentication })).toContain('/v1/callcenter/conversation');
});

test('given signatures alone, it shows no requests, which nobody signs by hand', () => {
  const text = greet({ authentication: ['signature'] });
  expect(text).not.toContain('curl');
  expect(text).toContain('docs/security.md');
});

test('given IPv6 addresses, they stand in brackets', () => {
  const text = greet({ http: { host: '::', port: 8080 }, sip: { host: '::1', port: 5062 } });
  expect(text).toContain('Parley is ready: http://[::1]:8080   SIP: [::1]:5062 ');
  expect(greet({ sip: { host: '::', port: 5062 } })).toMatch(/SIP: \[(?!::\])[0-9a-f:]+\]:5062 /);
});

test('given all addresses, it names one that telephones can use', () => {
  expect(greet({ sip: { host: '0.0.0.0', port: 5060 } })).toMatch(/SIP: (?!0\.0\.0\.0)[0-9.]+:5060 /);
});

test('given an Asterisk that runs already, it names no SIP address, and leaves it running', () => {
  const ari = { url: 'http://127.0.0.1:8088', user: 'parley', password: new Secret('secret') };
  const text = greet({ ari });
  expect(text).not.toContain('SIP:');
  expect(text).toContain('your Asterisk and its calls go on');
});
