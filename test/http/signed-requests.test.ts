import type { AppId, Instant } from '../../src/domain/ids';
import { Secret } from '../../src/ports/secret';
import {
  anApplication,
  aToken,
  type Received,
  sendRaw,
  startTestServer,
  type TestServer,
} from '../support/http-client';
import { ENDPOINTS } from '../support/http-endpoints';
import { addWhatEndpointsName } from '../support/http-objects';
import { hasSignedBody, signedHeaders } from '../support/signed-headers';

const SECRET = 'secret-for-tests';
const [APP_ID, CERT] = ['app0000000000000000000000000000a1', 'cert00000000000000000000000000001'];
const ACCOUNT = `/v1/account/${CERT}/callcenter`;
const STATE = `${ACCOUNT}/agent/1001/state`;
const IDLE = '{"state":"idle"}';
const JSON_TYPE = 'application/json; charset=utf-8';

const SIGNING = anApplication({ id: APP_ID as AppId, certId: CERT, secrets: [new Secret(SECRET)] });
const ROTATING = anApplication({
  id: 'rotating' as AppId,
  certId: CERT,
  secrets: [new Secret('the-secret-of-before'), new Secret('the-secret-of-today')],
});
const TOKENS_ONLY = anApplication({ id: 'tokens' as AppId, tokens: [aToken('a-token')], certId: 'cert2' });
const DEFAULT = anApplication({ tokens: [aToken('default-1')] });

const at = (text: string) => Date.parse(text) as Instant;
let now = at('2017-04-01T04:00:00Z'); // 12:00:00 in Shanghai.
let server: TestServer;

/** The server, `startedAt`; afterwards it is noon in Shanghai. */
async function start(
  given: Parameters<typeof startTestServer>[0] = {},
  startedAt = '2017-04-01T03:50:00Z',
): Promise<void> {
  now = at(startedAt);
  server = await startTestServer(
    { authentication: ['signature'], applications: [SIGNING, ROTATING, TOKENS_ONLY, DEFAULT], ...given },
    { clock: { now: () => now } },
  );
  now = at('2017-04-01T04:00:00Z');
}

beforeEach(() => start());
afterEach(() => server.close());

type Wish = {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly timestamp?: string;
  readonly appId?: string;
  readonly secret?: string;
  /** Take the place of the right ones. */
  readonly headers?: Readonly<Record<string, string>>;
};

const bodyOf = ({ method = 'POST', body }: Wish): string | Buffer | undefined =>
  body ?? (hasSignedBody(method) ? IDLE : undefined);

function headersFor(wish: Wish): Record<string, string> {
  const { method = 'POST', path = STATE, type = JSON_TYPE, timestamp = '20170401120000', appId = APP_ID } = wish;
  const request = { method, path, body: bodyOf(wish) ?? '', contentType: type, timestamp, appId, certId: CERT };
  return { ...signedHeaders(wish.secret ?? SECRET, request), ...wish.headers };
}

function send(wish: Wish = {}): Promise<Received> {
  const { method = 'POST', path = STATE } = wish;
  const body = bodyOf(wish);
  return server.send(method, path, { headers: headersFor(wish), ...(body === undefined ? {} : { body }) });
}

async function expectRefused(answering: Promise<Received>, why: string): Promise<void> {
  const { status, envelope } = await answering;
  expect([status, envelope]).toEqual([401, { code: '000007', msg: '鉴权失败', data: null }]);
  expect(server.callCenter.asked).toEqual([]);
  expect(server.log).toMatchObject([{ status: 401, why, address: '127.0.0.1' }]);
}

describe('the test vectors', () => {
  test('the POST is taken', async () => {
    const path = `${ACCOUNT}/conversation/c0ffee/invite_out`;
    const body = '{"to":"13800000000","max_answer_seconds":60}';
    const headers = { Signature: 'lOW2KVb37eFp6OZ+RIezMie+9FLzz0MCz8M5HP7FgFE=' };

    const { status, envelope } = await send({ path, body, headers });

    expect([status, envelope.code]).toEqual([404, '040501']); // Known, and there is no conversation of that id.
  });

  test.each(['', '?pageNo=1&state=idle'])('the GET is taken, with the query string %j', async (query) => {
    const headers = { Signature: 'ctHnWKjco8ITpscva53+SvjWzqhfJsClKOMU1FWgYV0=' };
    const { status } = await send({ method: 'GET', path: `${ACCOUNT}/agent${query}`, headers });
    expect(status).toBe(200);
  });
});

test.each(ENDPOINTS.map((each) => [`${each.method} ${each.path}`, each] as const))(
  '%s can be signed, without an account too',
  async (_, { method, path, body }) => {
    await server.close();
    await start({ applications: [{ ...SIGNING, id: DEFAULT.id }] });
    addWhatEndpointsName(server);
    const sent = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const type = Buffer.isBuffer(body) ? 'audio/wav' : JSON_TYPE;
    const wish = { method, path: `/v1/callcenter/${path}`, appId: DEFAULT.id, type, ...(sent && { body: sent }) };

    const elsewhere = await server.send(method, `${wish.path}x`, {
      headers: headersFor(wish),
      ...(sent && { body: sent }),
    });
    const asSigned = await send(wish);

    expect([elsewhere.status, asSigned.status]).toEqual([401, 200]);
  },
);

describe('what is signed', () => {
  test.each<[string, Wish]>([
    ['escapes, as existing clients write them', { body: '{"state":"busy\\/\\u5348\\u9910"}' }],
    ['no content type', { type: '' }],
    ['another way of writing the content type', { type: 'Application/JSON;charset="utf8"' }],
    ['a path that ends in a slash', { path: `${STATE}/` }],
    ['a path with an escape', { path: `${ACCOUNT}/agent/%31001/state` }],
    ['a query string that is not signed', { path: `${STATE}?x=1` }],
  ])('may have %s', async (_, wish) => {
    expect((await send(wish)).status).toBe(200);
  });

  test('of a DELETE is not its body', async () => {
    const { status } = await send({ method: 'DELETE', path: `${ACCOUNT}/agent/1001`, body: '[1,2]' });
    expect(status).toBe(200);
  });

  test('of a HEAD is HEAD', async () => {
    expect((await send({ method: 'HEAD', path: `${ACCOUNT}/agent` })).status).toBe(200);
  });

  test.each<[string, Wish & { readonly sent?: string }, string]>([
    ['another secret', { secret: 'secret-for-testz' }, 'wrong Signature'],
    ['no signature', { headers: { Signature: '' } }, 'wrong Signature'],
    ['half a signature', { headers: { Signature: 'lOW2KVb37eFp' } }, 'wrong Signature'],
    ['garbage', { headers: { Signature: 'ü'.repeat(44) } }, 'wrong Signature'],
    ['an unknown application', { appId: 'app2' }, 'no such AppID'],
    ['no application', { headers: { AppID: '' } }, 'no such AppID'],
    ['one that does not sign', { appId: 'tokens' }, 'no such AppID'],
    ['the name of a prototype', { appId: '__proto__' }, 'no such AppID'],
    ['another account', { headers: { CertID: 'cert2' } }, 'wrong CertID'],
    ['no account', { headers: { CertID: '' } }, 'wrong CertID'],
    [
      'another account in the path',
      { path: '/v1/account/cert2/callcenter/agent/1001/state' },
      'the path names another account',
    ],
    ['a timestamp too old', { timestamp: '20170401115459' }, 'no Timestamp of these minutes'],
    ['a timestamp too new', { timestamp: '20170401120501' }, 'no Timestamp of these minutes'],
    ['no timestamp', { timestamp: '' }, 'no Timestamp of these minutes'],
  ])('with %s is refused without a reason, which the log has', async (_, wish, why) => {
    await expectRefused(send(wish), why);
  });

  test('with nothing at all is refused', async () => {
    await expectRefused(server.send('GET', `${ACCOUNT}/agent`), 'no credentials');
  });

  test('with a body that is not the one is refused', async () => {
    const headers = headersFor({});
    await expectRefused(server.send('POST', STATE, { headers, body: '{"state":"away"}' }), 'wrong Signature');
  });

  test('in other bytes of the same meaning is refused', async () => {
    await expectRefused(
      server.send('POST', STATE, { headers: headersFor({}), body: `${IDLE} ` }),
      'wrong Signature',
    );
  });

  test('for another method is refused', async () => {
    const headers = headersFor({ method: 'GET', path: `${ACCOUNT}/agent/1001` });
    await expectRefused(server.send('DELETE', `${ACCOUNT}/agent/1001`, { headers }), 'wrong Signature');
  });

  test('and no path, method or body shows before that', async () => {
    for (const [method, path, body] of [
      ['GET', '/v1/nothing', undefined],
      ['PUT', `${ACCOUNT}/agent`, IDLE],
      ['POST', STATE, '{'],
    ] as const) {
      const headers = { ...headersFor({ method, path }), Signature: 'x' };
      const { status, headers: got } = await server.send(method, path, { headers, ...(body && { body }) });
      expect([status, got.allow]).toEqual([401, undefined]);
    }
  });

  test('of an absolute address is its path', async () => {
    const headers = Object.entries(headersFor({ method: 'GET', path: `${ACCOUNT}/agent`, type: '' }));
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const answer = await sendRaw(
      server.port,
      `GET http://parley.example${ACCOUNT}/agent?x HTTP/1.1\r\nHost: parley.example\r\nConnection: close\r\n${lines}\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('a POST', () => {
  test('is taken once, however its signature is written', async () => {
    const first = await send();
    const again = await send();
    const spaced = await send({ headers: { Signature: ` ${headersFor({})['Signature']} ` } });

    expect([first.status, again.status, spaced.status]).toEqual([200, 401, 401]);
    expect(server.callCenter.asked).toHaveLength(1);
    expect(server.log.map(({ why }) => why)).toEqual([
      undefined,
      'Signature used before',
      'Signature used before',
    ]);
  });

  test('is not taken again at the end of its time, nor at once by several connections', async () => {
    const all = await Promise.all([send(), send(), send(), send()]);
    expect(all.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    now = at('2017-04-01T04:05:00Z');
    expect((await send()).status).toBe(401);
    now = at('2017-04-01T04:05:01Z');
    expect((await send()).status).toBe(401);
    expect(server.callCenter.asked).toHaveLength(1);
  });

  test('with the same content a second later is another one', async () => {
    const answers = [await send(), await send({ timestamp: '20170401120001' })];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('is used even if it is refused for what it asks', async () => {
    const wish = { body: '{"state":"talking"}' };
    expect((await send(wish)).status).toBe(400);
    expect((await send(wish)).status).toBe(401);
  });

  test('is not used by somebody who only guesses', async () => {
    await send({ headers: { CertID: 'cert2' } });
    await send({ headers: { Signature: `${headersFor({})['Signature']!.slice(0, -2)}x=` } });
    expect((await send()).status).toBe(200);
  });

  test.each(['20170401115959', '20170401120000'])(
    'of the time before the service started, or of its second, may have been used, so it is not taken: %s',
    async (timestamp) => {
      now = at('2017-04-01T04:00:00.600Z');
      expect((await send({ timestamp })).status).toBe(200);
      await server.close();
      await start({}, '2017-04-01T04:00:00.900Z');
      await expectRefused(send({ timestamp }), 'signed before the service started');
    },
  );

  test('of the second after the one in which the service started is taken, and so is what may be repeated', async () => {
    await server.close();
    await start({}, '2017-04-01T04:00:00.900Z');
    now = at('2017-04-01T04:00:01Z');
    expect((await send({ timestamp: '20170401120001' })).status).toBe(200);
    expect((await send({ method: 'GET', path: `${ACCOUNT}/agent`, timestamp: '20170401115959' })).status).toBe(
      200,
    );
  });
});

test('a GET may be repeated', async () => {
  const wish = { method: 'GET', path: `${ACCOUNT}/agent` };
  expect([(await send(wish)).status, (await send(wish)).status]).toEqual([200, 200]);
});

test('while one secret takes the place of another, both count', async () => {
  const before = await send({ appId: 'rotating', secret: 'the-secret-of-before' });
  const today = await send({ appId: 'rotating', secret: 'the-secret-of-today' });
  const other = await send({ appId: 'rotating', secret: SECRET });
  expect([before.status, today.status, other.status]).toEqual([200, 200, 401]);
  expect(server.callCenter.asked).toMatchObject([{ app: 'rotating' }, { app: 'rotating' }]);
});

describe('the size of a body', () => {
  test('is limited before the signature is known', async () => {
    const { status, envelope } = await send({ body: `{"x":"${'x'.repeat(70_000)}"}` });
    expect([status, envelope.msg]).toEqual([413, '请求体超过 64 KiB']);
  });

  test('may be that of a sound where one is meant', async () => {
    const sound = {
      method: 'PUT',
      path: `${ACCOUNT}/sound/long.wav`,
      type: 'audio/wav',
      body: Buffer.alloc(200_000, 1),
    };
    expect((await send(sound)).status).toBe(200);
    expect(server.sounds.asked).toMatchObject([{ name: 'long.wav', content: sound.body }]);
  });

  test('is not more for anything else', async () => {
    const { status } = await send({ method: 'PUT', path: `${ACCOUNT}/plan/long`, body: Buffer.alloc(200_000, 1) });
    expect(status).toBe(413);
  });
});

describe('in another time zone', () => {
  beforeEach(async () => {
    await server.close();
    await start({ timeZone: 'UTC', signatureWindowSeconds: 10 });
  });

  test('timestamps are those of its clocks, and the window is as wide as it is set', async () => {
    const stamps = ['20170401040000', '20170401040010', '20170401040011', '20170401120000'];
    const answers = await Promise.all(stamps.map((timestamp) => send({ timestamp })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401]);
  });
});

describe('together with tokens and without credentials', () => {
  beforeEach(async () => {
    await server.close();
    await start({ authentication: ['none', 'token', 'signature'] });
  });
  const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

  test('each acts in its own application', async () => {
    await send();
    await server.send('GET', '/v1/callcenter/agent/1001/keepalive', bearer('a-token'));
    await server.send('GET', '/v1/callcenter/agent/1001/keepalive');
    expect(server.callCenter.asked).toMatchObject([{ app: APP_ID }, { app: 'tokens' }, { app: 'default' }]);
  });

  test('a signature that is wrong is not passed over', async () => {
    await expectRefused(send({ secret: 'secret-for-testz' }), 'wrong Signature');
  });

  test('an account in the path is that of the application, if it has one', async () => {
    const path = (account: string) => `/v1/account/${account}/callcenter/agent`;
    const answers = [
      await server.send('GET', path('cert2'), bearer('a-token')),
      await server.send('GET', path(CERT), bearer('a-token')),
      await server.send('GET', path('anything'), bearer('default-1')),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200]);
  });
});
