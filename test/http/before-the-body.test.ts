import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { AppId, Instant } from '../../src/domain/ids';
import { Secret } from '../../src/ports/secret';
import { anApplication, aToken, startTestServer, type TestServer } from '../support/http-client';
import { signedHeaders } from '../support/signed-headers';

const SECRET = 'secret-for-tests';
const SOUND = '/v1/callcenter/sound/long.wav';
const STATE = '/v1/callcenter/agent/1001/state';
const MOST = 16 * 1024 * 1024;
const CONTENT = Buffer.alloc(200_000, 1);
const NOW = Date.parse('2017-04-01T04:00:00Z') as Instant;

const applications = [
  anApplication({
    certId: 'cert1',
    secrets: [new Secret(SECRET)],
    tokens: [aToken('admin'), aToken('reads', 'read')],
  }),
  anApplication({
    id: 'far' as AppId,
    certId: 'cert1',
    secrets: [new Secret(SECRET)],
    networks: ['192.0.2.7'],
  }),
  anApplication({ id: 'busy' as AppId, tokens: [aToken('busy')], requestsPerSecond: 1 }),
];

let now = NOW;
let server: TestServer;
const sockets: Socket[] = [];
beforeEach(async () => {
  now = (NOW - 60_000) as Instant; // It has started a while ago.
  server = await startTestServer(
    { authentication: ['token', 'signature'], applications },
    { clock: { now: () => now } },
  );
  now = NOW;
});
afterEach(async () => {
  sockets.splice(0).forEach((socket) => socket.destroy());
  await server.close();
});

type Headers = Readonly<Record<string, string>>;

type Signed = Partial<Parameters<typeof signedHeaders>[1]>;

/** Of an upload, unless something else is given. */
function signed(given: Signed = {}): Headers {
  return signedHeaders(SECRET, {
    method: 'PUT',
    path: SOUND,
    body: CONTENT,
    contentType: 'audio/wav',
    timestamp: '20170401120000',
    appId: 'default',
    certId: 'cert1',
    ...given,
  });
}

/** Sends all of a request but its body. */
function begin(headers: Headers, { method = 'PUT', path = SOUND, length = MOST } = {}): Socket {
  const socket = connect({ host: '127.0.0.1', port: server.port });
  sockets.push(socket);
  socket.on('error', () => undefined);
  const all = { Host: 'localhost', 'Content-Length': String(length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return socket;
}

async function answerTo(socket: Socket): Promise<string> {
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

const statusOf = (answer: string): number => Number(answer.slice(9, 12));

const bearer = (token: string): Headers => ({ Authorization: `Bearer ${token}`, 'Content-Type': 'audio/wav' });

test.each<[string, Headers, number, string | undefined]>([
  ['no credentials', {}, 401, 'no credentials'],
  ['a wrong token', bearer('guess'), 401, 'no such token'],
  ['the token of somebody who may only read', bearer('reads'), 403, undefined],
  ['an unknown AppID', { ...signed(), AppID: 'nobody' }, 401, 'no such AppID'],
  ['a wrong CertID', { ...signed(), CertID: 'cert2' }, 401, 'wrong CertID'],
  ['a Timestamp of yesterday', { ...signed(), Timestamp: '20170331120000' }, 401, 'no Timestamp of these minutes'],
  ['something that is no signature', { ...signed(), Signature: 'x' }, 401, 'wrong Signature'],
  ['no signature', { ...signed(), Signature: '' }, 401, 'wrong Signature'],
  ['a signature from an address that is not allowed', signed({ appId: 'far' }), 403, undefined],
])(
  'given %s, an upload is answered before its body is sent, and what follows is cut',
  async (_, headers, status, why) => {
    const socket = begin(headers);
    expect(statusOf(await answerTo(socket))).toBe(status);
    expect(server.log).toMatchObject([{ status, ...(why && { why }) }]);

    const closed = new Promise((resolve) => socket.once('close', resolve));
    flood(socket, MOST);
    await closed;
    expect(socket.bytesWritten).toBeLessThan(MOST);
    expect(server.sounds.asked).toEqual([]);
  },
);

function flood(socket: Socket, bytes: number): void {
  if (bytes <= 0 || socket.destroyed) return;
  const size = 64 * 1024;
  socket.write(Buffer.alloc(size), (error) => error ?? flood(socket, bytes - size));
}

test('given one request too many of a client, it is too, with the time to wait', async () => {
  const send = () => server.send('GET', '/v1/callcenter/agent', { headers: bearer('busy') });
  expect([(await send()).status, (await send()).status]).toEqual([200, 200]);

  const answer = await answerTo(begin(bearer('busy')));
  expect(statusOf(answer)).toBe(429);
  expect(answer).toMatch(/^retry-after: 1$/im);
});

test('given another account in the path, it is too', async () => {
  const path = '/v1/account/cert2/callcenter/sound/long.wav';
  expect(statusOf(await answerTo(begin(signed({ path }), { path })))).toBe(401);
});

test('given a signature of a POST that was used before, it is answered before its body is sent', async () => {
  const body = '{"state":"idle"}';
  const headers = signed({ method: 'POST', path: STATE, body, contentType: 'application/json' });
  expect((await server.send('POST', STATE, { headers, body })).status).toBe(200);

  const again = begin(headers, { method: 'POST', path: STATE, length: body.length });
  expect(statusOf(await answerTo(again))).toBe(401);
  expect(server.log.at(-1)).toMatchObject({ why: 'Signature used before' });
});

describe('given uploads of which only the whole body tells whether they are signed', () => {
  const unsigned: Headers = { ...signed(), Signature: `${'A'.repeat(43)}=` };
  const put = (headers: Headers) => server.send('PUT', SOUND, { headers, body: CONTENT });

  /** Being read, as far as it has come. */
  async function underWay(): Promise<Socket> {
    const socket = begin({ ...unsigned, Expect: '100-continue' }, { length: CONTENT.length });
    expect(statusOf(await answerTo(socket))).toBe(100);
    return socket;
  }

  test('an address may send two at once, and one more when one has ended', async () => {
    const both = [await underWay(), await underWay()];
    const { status, headers, envelope } = await put(signed());
    expect([status, headers['retry-after'], envelope.code]).toEqual([429, '1', '000005']);
    expect(server.log.at(-1)).toMatchObject({ why: 'too many long bodies of this address at once' });
    expect((await server.send('GET', STATE, { headers: bearer('admin') })).status).toBe(405); // Others go on.

    for (const socket of both) {
      socket.write(CONTENT);
      expect(statusOf(await answerTo(socket))).toBe(401);
    }
    expect(server.sounds.asked).toEqual([]);
    expect((await put(signed())).status).toBe(200);
  });

  test('one that breaks off makes room again', async () => {
    for (const socket of [await underWay(), await underWay()]) socket.destroy();
    let status = 429;
    while (status === 429) ({ status } = await put(signed()));
    expect(status).toBe(200);
  });
});
