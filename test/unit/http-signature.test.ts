import { localTimeIn } from '../../src/adapters/http/local-time';
import { ReplayMemory } from '../../src/adapters/http/replay-memory';
import { isSame, signatureOf, signedAt } from '../../src/adapters/http/signature';

const GIVEN = { timestamp: '20170401120000', appId: 'app0000000000000000000000000000a1' };
const ACCOUNT = '/v1/account/cert00000000000000000000000000001/callcenter';
const POST = {
  ...GIVEN,
  method: 'POST',
  body: Buffer.from('{"to":"13800000000","max_answer_seconds":60}'),
  contentType: 'application/json; charset=utf-8',
  path: `${ACCOUNT}/conversation/c0ffee/invite_out`,
};
const GET = { ...GIVEN, method: 'GET', body: null, contentType: 'text/plain', path: `${ACCOUNT}/agent` };
const SECRET = 'secret-for-tests';

describe('the signature', () => {
  test('of a POST is that of the test vector', () => {
    expect(signatureOf(SECRET, POST)).toBe('lOW2KVb37eFp6OZ+RIezMie+9FLzz0MCz8M5HP7FgFE=');
  });

  test('of a GET is that of the test vector, whatever its content type', () => {
    expect(signatureOf(SECRET, GET)).toBe('ctHnWKjco8ITpscva53+SvjWzqhfJsClKOMU1FWgYV0=');
  });

  test.each([
    ['method', { ...POST, method: 'PUT' }],
    ['body', { ...POST, body: Buffer.from('{"to":"13800000001","max_answer_seconds":60}') }],
    ['content type', { ...POST, contentType: 'application/json; charset=UTF-8' }],
    ['timestamp', { ...POST, timestamp: '20170401120001' }],
    ['application', { ...POST, appId: 'app0000000000000000000000000000a2' }],
    ['path', { ...POST, path: `${POST.path}/` }],
  ])('is another one with another %s', (_, fields) => {
    expect(signatureOf(SECRET, fields)).not.toBe(signatureOf(SECRET, POST));
  });

  test('is another one with another secret, also one beyond ASCII', () => {
    const all = [SECRET, 'secret-for-testſ', '机密机密机密机密'].map((secret) => signatureOf(secret, POST));
    expect(new Set(all).size).toBe(3);
  });

  test('of an empty body is over the hash of nothing, not over nothing', () => {
    const empty = signatureOf(SECRET, { ...POST, body: Buffer.alloc(0), contentType: '' });
    expect(empty).not.toBe(signatureOf(SECRET, { ...POST, body: null, contentType: '' }));
  });

  test('is compared whole', () => {
    const signature = signatureOf(SECRET, POST);
    expect(isSame(signature, signature)).toBe(true);
    for (const other of ['', signature.slice(0, -1), `${signature}=`, signature.toLowerCase(), ` ${signature}`]) {
      expect(isSame(other, signature)).toBe(false);
    }
  });
});

describe('a timestamp', () => {
  const WINDOW = 300_000;
  const read = (timestamp: string, now: string, zone = 'Asia/Shanghai') =>
    signedAt(timestamp, localTimeIn(zone), Date.parse(now), WINDOW);
  const at = (text: string) => Date.parse(text);

  test.each([
    ['20170401120000', '2017-04-01T04:00:00Z'],
    ['20170401115500', '2017-04-01T04:00:00Z'],
    ['20170401120500', '2017-04-01T04:00:00Z'],
    ['20170401120000', '2017-04-01T04:04:59.999Z'],
    ['20170331235900', '2017-03-31T16:01:00Z'],
  ])('%s is of these minutes at %s', (timestamp, now) => {
    expect(read(timestamp, now)).not.toBeNull();
  });

  test.each([
    ['a second too old', '20170401115459'],
    ['a second too new', '20170401120501'],
    ['in UTC', '20170401040000'],
    ['empty', ''],
    ['shorter', '2017040112000'],
    ['longer', '201704011200000'],
    ['of no clock', '20170401126000'],
    ['of no day', '20170332120000'],
    ['with dashes', '2017-04-01 12:00:00'],
    ['in other digits', '２０１７０４０１１２００００'],
    ['in seconds since the epoch', '1491019200'],
  ])('that is %s is none', (_, timestamp) => {
    expect(read(timestamp, '2017-04-01T04:00:00Z')).toBeNull();
  });

  test('is read on the clocks of the zone', () => {
    expect(read('20170401120000', '2017-04-01T12:00:01Z', 'UTC')).toBe(at('2017-04-01T12:00:00Z'));
    expect(read('20170401120000', '2017-04-01T16:00:01Z', 'America/New_York')).toBe(at('2017-04-01T16:00:00Z'));
  });

  test('before the clocks are put back and after it is read as the time that it was', () => {
    const zone = 'Europe/Berlin'; // 2024-10-27 01:00 UTC: from 03:00 to 02:00.
    expect(read('20241027025900', '2024-10-27T01:01:00Z', zone)).toBe(at('2024-10-27T00:59:00Z'));
    expect(read('20241027020100', '2024-10-27T00:59:00Z', zone)).toBe(at('2024-10-27T01:01:00Z'));
    expect(read('20241027023000', '2024-10-27T00:30:00Z', zone)).toBe(at('2024-10-27T00:30:00Z'));
    expect(read('20241027023000', '2024-10-27T01:30:00Z', zone)).toBe(at('2024-10-27T01:30:00Z'));
  });

  test('over the hour that is left out is read as the time that it was', () => {
    const zone = 'Europe/Berlin'; // 2024-03-31 01:00 UTC: from 02:00 to 03:00.
    expect(read('20240331015900', '2024-03-31T01:01:00Z', zone)).toBe(at('2024-03-31T00:59:00Z'));
    expect(read('20240331030100', '2024-03-31T00:59:00Z', zone)).toBe(at('2024-03-31T01:01:00Z'));
  });
});

describe('what has been used', () => {
  const WINDOW = 1_000;

  test('is not used again, as long as it could be', () => {
    const memory = new ReplayMemory(WINDOW);
    expect(memory.use('a', 5_000, 4_500)).toBe('first');
    expect(memory.use('b', 5_000, 4_500)).toBe('first');
    expect(memory.use('a', 5_000, 4_501)).toBe('repeated');
    expect(memory.use('a', 5_000, 6_000)).toBe('repeated');
  });

  test('is not taken for unused when it is forgotten: whose body was long on its way is too old', () => {
    const memory = new ReplayMemory(WINDOW);
    expect(memory.use('a', 5_000, 5_990)).toBe('first');
    expect(memory.use('a', 5_000, 6_001)).toBe('too-old');
  });

  test('needs a bounded memory: what is too old makes room, and nothing else does', () => {
    const memory = new ReplayMemory(WINDOW, 2);
    memory.use('a', 5_000, 5_000);
    memory.use('b', 5_500, 5_500);
    expect(memory.use('c', 6_000, 6_000)).toBe('full');
    expect(memory.use('a', 5_000, 6_000)).toBe('repeated');
    expect(memory.use('c', 6_001, 6_001)).toBe('first');
    expect(memory.use('b', 5_500, 6_001)).toBe('repeated');
    expect(memory.use('d', 6_001, 6_001)).toBe('full');
  });
});
