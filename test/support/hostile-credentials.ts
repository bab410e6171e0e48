import { localTimeIn } from '../../src/adapters/http/local-time';
import type { WayOfAuthentication } from '../../src/adapters/http/http-settings';
import type { Instant } from '../../src/domain/ids';
import { Secret } from '../../src/ports/secret';
import type { SeededRandom } from '../simulation/seeded-random';
import { anApplication, APP, aToken } from './http-client';
import type { HostileRequest } from './hostile-requests';
import { signedHeaders } from './signed-headers';

const TOKEN = 'right-token';
const SECRET = 'right-secret';
const CERT_ID = 'any';

/** Who shows these credentials, if they are right. */
export const CREDENTIALED = anApplication({
  tokens: [aToken(TOKEN)],
  secrets: [new Secret(SECRET)],
  certId: CERT_ID,
});

const HOSTILE_TOKENS: readonly string[] = [
  '',
  'Bearer',
  'Bearer ',
  TOKEN,
  `Bearer ${TOKEN.slice(0, -1)}`,
  `Bearer ${TOKEN}x`,
  `Bearer ${TOKEN} ${TOKEN}`,
  `Bearer ${TOKEN.toUpperCase()}`,
  `Bearer ${CREDENTIALED.tokens[0]!.hash}`,
  `Basic ${Buffer.from(`admin:${TOKEN}`).toString('base64')}`,
  'Bearer __proto__',
  'Bearer constructor',
  'Bearer null',
  'Bearer \xff\xfe\x80',
  'Bearer ../../etc/passwd',
  "Bearer ' OR 1=1 --",
  `Bearer ${'x'.repeat(8_000)}`,
  `${'Bearer '.repeat(800)}`,
];

const HOSTILE_FIELDS: readonly string[] = [
  '',
  ' ',
  '!',
  '=',
  '__proto__',
  'constructor',
  'null',
  '0',
  '-1',
  '20170401120000',
  '99999999999999',
  '20260230250000',
  '00000000000000',
  '2026-11-29 12:00:00',
  '1e13',
  '\xff\xfe',
  '../../x',
  "' OR 1=1 --",
  'A'.repeat(28),
  'x'.repeat(8_000),
  'AAAA, BBBB',
];

const FIELDS = ['AppID', 'CertID', 'Timestamp', 'Signature'] as const;
const shownInShanghai = localTimeIn('Asia/Shanghai');

/** Credentials of this kind: often right ones, as else nothing behind them is reached. */
export function hostileCredentials(
  way: WayOfAuthentication,
  random: SeededRandom,
): (request: HostileRequest) => Readonly<Record<string, string>> {
  switch (way) {
    case 'none':
      return () => ({});
    case 'token':
      return () => ({ Authorization: random.chance(0.75) ? `Bearer ${TOKEN}` : random.pick(HOSTILE_TOKENS) });
    case 'signature':
      return (request) => {
        const right = signed(request);
        if (random.chance(0.75)) return right;
        const field = random.pick(FIELDS);
        const { [field]: value, ...others } = right;
        if (random.chance(0.1)) return others;
        if (random.chance(0.2)) return { ...others, [field]: value!.slice(1) };
        return { ...others, [field]: random.pick(HOSTILE_FIELDS) };
      };
  }
}

function signed({ method, path, headers, body }: HostileRequest): Readonly<Record<string, string>> {
  const fields = signedHeaders(SECRET, {
    method,
    path,
    body,
    contentType: headers['Content-Type'] ?? '',
    timestamp: shownInShanghai(Date.now() as Instant).replace(/\D/g, ''),
    appId: APP,
    certId: CERT_ID,
  });
  return Object.fromEntries(FIELDS.map((name) => [name, fields[name]!]));
}
