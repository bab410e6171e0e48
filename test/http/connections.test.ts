import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { HTTP_LIMITS } from '../../src/adapters/http/http-settings';
import { sendRaw, startTestServer, type TestServer } from '../support/http-client';

const HOST = 'Host: localhost\r\n';
const STATE = '/v1/callcenter/agent/1001/state';
const KEEPALIVE = '/v1/callcenter/agent/1001/keepalive';
const GET = `GET ${KEEPALIVE} HTTP/1.1\r\n${HOST}`;
const CLOSING_GET = `${GET}Connection: close\r\n\r\n`;

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ limits: { headersMs: 200, requestMs: 300, checkMs: 50, closingMs: 300 } });
});
afterEach(() => server.close());

/** The status and the envelope of each answer in what came back. */
function answersIn(received: string): [number, { code: string; msg: string; data: unknown }][] {
  return received
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((answer) => !answer.startsWith('HTTP/1.1 100'))
    .map((answer) => {
      const [head, body] = answer.split('\r\n\r\n', 2) as [string, string];
      expect(head).toMatch(/^content-type: application\/json; charset=utf-8$/im);
      expect(head).toMatch(/^x-request-id: [0-9a-f]{32}$/im);
      return [Number(head.slice(9, 12)), JSON.parse(body) as { code: string; msg: string; data: unknown }];
    });
}

const stillServes = async () => expect((await server.send('GET', KEEPALIVE)).status).toBe(200);

describe('what is no request is answered in the envelope, and the connection is closed', () => {
  test.each<[string, string, number]>([
    ['garbage', '\u0000\u0001\u0002 garbage\r\n\r\n', 400],
    ['a TLS hello', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000', 400],
    ['SIP', 'REGISTER sip:parley SIP/2.0\r\n\r\n', 400],
    ['a header without a colon', `${GET}nonsense\r\n\r\n`, 400],
    ['two lengths', `POST ${STATE} HTTP/1.1\r\n${HOST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    [
      'a length and chunks',
      `POST ${STATE} HTTP/1.1\r\n${HOST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['a line break in a header', `${GET}X-Request-Id: a\rb\r\n\r\n`, 400],
    ['a huge header', `${GET}X-Huge: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a huge path', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, 431],
  ])('%s', async (_, bytes, status) => {
    const received = await sendRaw(server.port, bytes);

    expect(answersIn(received)).toEqual([[status, { code: '000001', msg: expect.any(String), data: null }]]);
    expect(received).toMatch(/^connection: close$/im);
    const requestId = /^x-request-id: (\w+)/im.exec(received)![1];
    expect(server.log).toMatchObject([
      { message: 'incomplete or invalid request', requestId, status, address: '127.0.0.1' },
    ]);
    expect(server.log[0]!['why']).toMatch(/^HPE_\w+$/);
    await stillServes();
  });

  test('a body of chunks that say more than they hold, too, though its request has begun', async () => {
    const head = `POST ${STATE} HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
    const received = await sendRaw(server.port, `${head}2;x=${'x'.repeat(20_000)}\r\n{}`);

    expect(answersIn(received)).toEqual([[413, { code: '000001', msg: '请求体过大', data: null }]]);
    expect(received).toMatch(/^connection: close$/im);
    expect(server.callCenter.asked).toEqual([]);
    await stillServes();
  });

  test('what is too large is named, with the limit', async () => {
    const received = await sendRaw(server.port, `${GET}X-Huge: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answersIn(received)[0]![1].msg).toBe('请求行和请求头超过 16 KiB');
  });
});

test('path and headers of just under 16 KiB are taken', async () => {
  const received = await sendRaw(server.port, `${GET}X-Long: ${'x'.repeat(16_000)}\r\nConnection: close\r\n\r\n`);
  expect(answersIn(received).map(([status]) => status)).toEqual([200]);
});

describe('many headers', () => {
  const headers = (count: number): string =>
    Array.from({ length: count }, (_, each) => `X-${each}: 1\r\n`).join('');

  test('are taken up to a hundred', async () => {
    const received = await sendRaw(server.port, `${GET}${headers(98)}Connection: close\r\n\r\n`);
    expect(answersIn(received).map(([status]) => status)).toEqual([200]);
  });

  test.each([
    ['zh', 101, '请求头超过 100 个'],
    ['en', 1_200, 'there are more than 100 headers'],
  ])('are refused beyond, in %s, and the connection is closed', async (language, count, msg) => {
    const received = await sendRaw(server.port, `${GET}Accept-Language: ${language}\r\n${headers(count)}\r\n`);

    expect(answersIn(received)).toEqual([[431, { code: '000001', msg, data: null }]]);
    expect(received).toMatch(/^connection: close$/im);
    const requestId = /^x-request-id: (\w+)/im.exec(received)![1];
    expect(server.log).toMatchObject([{ message: 'request', requestId, status: 431, code: '000001' }]);
    expect(server.callCenter.asked).toEqual([]);
    await stillServes();
  });
});

describe('what is expected', () => {
  const expecting = (what: string, version = '1.1'): string =>
    `POST ${STATE} HTTP/${version}\r\n${HOST}Connection: close\r\nExpect: ${what}\r\nContent-Length: 16\r\n\r\n{"state":"idle"}`;

  test.each([
    ['zh', '不支持此 Expect 请求头'],
    ['en', 'what Expect asks for is not done here'],
  ])('is refused where it is not done, in %s, as everything is', async (language, msg) => {
    const received = await sendRaw(
      server.port,
      expecting('200-maybe').replace('Connection', `Accept-Language: ${language}\r\nConnection`),
    );

    expect(answersIn(received)).toEqual([[417, { code: '000001', msg, data: null }]]);
    const requestId = /^x-request-id: (\w+)/im.exec(received)![1];
    expect(server.log).toMatchObject([{ message: 'request', requestId, status: 417, code: '000001' }]);
    expect(server.callCenter.asked).toEqual([]);
    await stillServes();
  });

  test('is done where it is that the body be asked for, and means nothing before HTTP/1.1', async () => {
    const asked = await sendRaw(server.port, expecting('100-continue'));
    const old = await sendRaw(server.port, expecting('200-maybe', '1.0'));

    expect(asked).toMatch(/^HTTP\/1\.1 100 /);
    expect([asked, old].map((each) => /HTTP\/1\.1 200 /.test(each))).toEqual([true, true]);
    expect(server.callCenter.asked).toHaveLength(2);
  });
});

describe('a client that is too slow is told so', () => {
  test.each([
    ['with its first byte', ''],
    ['with its headers', `GET ${KEEPALIVE} HTTP/1.1\r\n${HOST}X-Slow: `],
    ['with its body', `POST ${STATE} HTTP/1.1\r\n${HOST}Content-Length: 16\r\n\r\n{"state":`],
    ['with its chunks', `POST ${STATE} HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\n{"st`],
  ])('%s', async (_, bytes) => {
    expect(answersIn(await sendRaw(server.port, bytes))).toEqual([
      [408, { code: '000001', msg: '请求超时', data: null }],
    ]);
    expect(server.callCenter.asked).toEqual([]);
    await stillServes();
  });

  test('with its headers, however long its body may take', async () => {
    const patient = await startTestServer({ limits: { headersMs: 100, requestMs: 60_000, checkMs: 50 } });
    const bytes = `GET ${KEEPALIVE} HTTP/1.1\r\n${HOST}X-Slow: `;
    const received = await sendRaw(patient.port, bytes).finally(() => patient.close());

    expect(answersIn(received).map(([status]) => status)).toEqual([408]);
    expect(patient.log).toMatchObject([{ status: 408, why: 'ERR_HTTP_REQUEST_TIMEOUT' }]);
  });

  test('but gets its answer where the body does not matter, and no second one', async () => {
    const received = await sendRaw(server.port, `${GET}Content-Length: 16\r\n\r\n{"sta`);

    expect(answersIn(received)).toEqual([[200, { code: '000000', msg: '请求成功', data: null }]]);
  });
});

describe('a connection can be used again', () => {
  test.each([
    ['a GET with a body', `${GET}Content-Length: 7\r\n\r\ngarbage`, 200],
    [
      'a DELETE with a body',
      `DELETE /v1/callcenter/agent/1001 HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\n[]`,
      200,
    ],
    ['a body for nothing', `POST /v1/nothing HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\n12345`, 404],
    ['a refused body', `POST ${STATE} HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\n[]`, 400],
    [
      'a body too large',
      `POST ${STATE} HTTP/1.1\r\n${HOST}Content-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`,
      413,
    ],
    [
      'chunks too many',
      `POST ${STATE} HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n11170\r\n${'x'.repeat(70_000)}\r\n0\r\n\r\n`,
      413,
    ],
  ])('after %s', async (_, bytes, status) => {
    const received = await sendRaw(server.port, bytes + CLOSING_GET);
    expect(answersIn(received).map(([each]) => each)).toEqual([status, 200]);
  });

  test('by requests that do not wait for answers, which come in order', async () => {
    const received = await sendRaw(server.port, `GET /v1/nothing HTTP/1.1\r\n${HOST}\r\n${GET}\r\n${CLOSING_GET}`);
    expect(answersIn(received).map(([status]) => status)).toEqual([404, 200, 200]);
  });

  test('for a body that waits to be asked for', async () => {
    const head = `POST ${STATE} HTTP/1.1\r\n${HOST}Connection: close\r\nExpect: 100-continue\r\nContent-Length: 16\r\n\r\n`;
    const received = await sendRaw(server.port, `${head}{"state":"idle"}`);

    expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n/);
    expect(server.callCenter.asked).toMatchObject([{ type: 'set-state', state: 'idle' }]);
  });
});

test.each([
  ['nobody wants', `${GET}Content-Length: 99000000\r\n\r\n`, 200],
  ['that is too large', `POST ${STATE} HTTP/1.1\r\n${HOST}Content-Length: 99000000\r\n\r\n`, 413],
  [
    'in one endless chunk',
    `POST ${STATE} HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n7000000\r\n${'x'.repeat(70_000)}`,
    413,
  ],
])('a flood %s is answered, then cut', async (_, head, status) => {
  const patient = await startTestServer();
  const socket = connect({ host: '127.0.0.1', port: patient.port });
  socket.write(head);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answersIn(answer.toString()).map(([each]) => each)).toEqual([status]);

  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  flood(socket, 20 * 1024 * 1024);
  await closed;

  expect(socket.bytesWritten).toBeLessThan(20 * 1024 * 1024);
  await patient.close();
});

function flood(socket: Socket, bytes: number): void {
  if (bytes <= 0 || socket.destroyed) return;
  const size = 64 * 1024;
  socket.write(Buffer.alloc(size), (error) => error ?? flood(socket, bytes - size));
}

test('a connection on which nothing more comes is closed, without a word', async () => {
  const brief = await startTestServer({ limits: { keepAliveMs: 50 } });
  const received = await sendRaw(brief.port, `${GET}\r\n`).finally(() => brief.close());

  expect(answersIn(received).map(([status]) => status)).toEqual([200]);
  expect(received).not.toMatch(/^connection: close$/im);
});

test('the limits of time are those that the document names', () => {
  const document = readFileSync(join(__dirname, '../../docs/security.md'), 'utf8');
  const { headersMs, requestMs, keepAliveMs, failuresAtOnce } = HTTP_LIMITS;

  expect(document).toContain(
    `headers within ${headersMs / 1000} s, all of a request within ${requestMs / 1000} s`,
  );
  expect(document).toContain(`an idle connection ${keepAliveMs / 1000} s`);
  expect(document).toContain(`after ${failuresAtOnce} in a row`);
});

test('a client that goes away in the middle of its body does no harm', async () => {
  const socket = connect({ host: '127.0.0.1', port: server.port });
  socket.write(`POST ${STATE} HTTP/1.1\r\n${HOST}Content-Length: 16\r\n\r\n{"sta`);
  await once(socket, 'connect');
  socket.end();
  await once(socket.resume(), 'close');

  await stillServes();
  expect(server.callCenter.asked).toMatchObject([{ type: 'keep-alive' }]);
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([]);
});

describe('closing', () => {
  let patient: TestServer;
  beforeEach(async () => {
    patient = await startTestServer({ limits: { closingMs: 60_000 } });
  });
  afterEach(() => patient.close());

  function answerLater({ callCenter }: TestServer): { asked: Promise<void>; release: () => void } {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const asked = new Promise<void>((resolve) => {
      callCenter.beforeAnswer = () => {
        resolve();
        return released;
      };
    });
    return { asked, release };
  }

  test('lets a request under way end, takes no other, and keeps no connection', async () => {
    const { asked, release } = answerLater(patient);
    const underWay = sendRaw(patient.port, `${GET}\r\n`);
    await asked;

    const closed = patient.close();
    await expect(patient.send('GET', KEEPALIVE)).rejects.toThrow(/ECONNREFUSED/);
    release();
    await closed;

    const received = await underWay;
    expect(answersIn(received).map(([status]) => status)).toEqual([200]);
    expect(received).toMatch(/^connection: close$/im);
  });

  test('does not wait for an idle connection', async () => {
    const socket = connect({ host: '127.0.0.1', port: patient.port });
    socket.write(`${GET}\r\n`);
    await once(socket, 'data');
    const ended = once(socket, 'close');

    await patient.close();

    await ended;
  });

  test('does not wait for ever for a request under way', async () => {
    const { asked } = answerLater(server);
    const underWay = sendRaw(server.port, `${GET}\r\n`);
    await asked;

    await server.close();

    expect(await underWay).toBe('');
  });

  test('may be asked for twice', async () => {
    await Promise.all([server.close(), server.close()]);
    await server.close();
  });
});
