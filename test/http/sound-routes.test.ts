import type { AppId } from '../../src/domain/ids';
import { SoundRefused } from '../../src/ports/sounds';
import { APP, sendRaw, type Sent, startTestServer, type TestServer } from '../support/http-client';
import { expectRefused } from '../support/http-refused';
import { MALFORMED_SOUND_NAMES } from '../support/sound-names';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const MIB = 1024 * 1024;
const CONTENT = Buffer.from([0x52, 0x49, 0x46, 0x46, 0x00, 0xff, 0xfe, 0x0a]);
const AUDIO = { 'Content-Type': 'audio/wav' };
const pathOf = (name: string) => `/v1/callcenter/sound/${encodeURIComponent(name)}`;
const put = (name: string, sent: Sent = { body: CONTENT, headers: AUDIO }) =>
  server.send('PUT', pathOf(name), sent);

describe('putting', () => {
  test('keeps the very bytes and answers what is known of them', async () => {
    const { envelope } = await put('欢迎.wav');

    expect(envelope.data).toEqual({ name: '欢迎.wav', bytes: CONTENT.length, seconds: 1.5 });
    expect(server.sounds.asked).toEqual([{ app: APP, name: '欢迎.wav', content: CONTENT }]);
    expect(server.callCenter.asked).toEqual([]);
  });

  test.each([
    'a.wav',
    '_-.W',
    'vm_good-bye.gsm',
    '１２.ulaw',
    'é.wav',
    'e\u0301.wav',
    `${'a'.repeat(124)}.wav`,
    `${'欢'.repeat(83)}.wav`,
    '__proto__.wav',
  ])('takes the name %s', async (name) => {
    expect((await put(name)).status).toBe(200);
    expect(server.sounds.asked).toMatchObject([{ name }]);
  });

  test.each([
    ['no content type', {}],
    ['audio/wav', { 'Content-Type': 'audio/wav' }],
    ['audio/x-wav with a parameter', { 'Content-Type': 'Audio/X-Wav; codecs=1' }],
    ['audio/basic', { 'Content-Type': 'audio/basic' }],
    ['bytes', { 'Content-Type': 'application/octet-stream' }],
  ])('takes %s', async (_, headers) => {
    expect((await put('a.wav', { body: CONTENT, headers })).status).toBe(200);
    expect(server.sounds.asked).toMatchObject([{ content: CONTENT }]);
  });

  test.each([
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['several parts', { 'Content-Type': 'multipart/form-data; boundary=x' }],
    ['JSON', { 'Content-Type': 'application/json' }],
    ['text', { 'Content-Type': 'text/plain' }],
    ['a film', { 'Content-Type': 'video/mp4' }],
    ['something like audio', { 'Content-Type': 'audiobook/x' }],
    ['compressed audio', { 'Content-Type': 'audio/wav', 'Content-Encoding': 'gzip' }],
  ])('does not take %s', async (_, headers) => {
    const { status, envelope } = await put('a.wav', { body: CONTENT, headers });

    expect([status, envelope]).toEqual([
      415,
      { code: '000001', msg: '请求体应为 audio/*, application/octet-stream', data: null },
    ]);
    expect(server.sounds.asked).toEqual([]);
  });

  test.each([[{}], [{ body: '' }], [{ body: '', headers: AUDIO }]])('refuses an empty one: %j', async (sent) => {
    await expectRefused(server, 'body', put('a.wav', sent), /缺少/);
  });

  test('tells why Asterisk would not play it', async () => {
    server.sounds.refusal = new SoundRefused({ zh: '是 44100 Hz', en: 'is 44100 Hz' });
    const { status, envelope } = await put('a.wav');

    expect([status, envelope.code, envelope.data]).toEqual([400, '000001', null]);
    expect(envelope.msg).toBe('参数错误: body: 是 44100 Hz');
  });

  test('says nothing of what goes wrong with the disk', async () => {
    server.sounds.refusal = new Error('ENOSPC: no space left on device, write /srv/sounds/a.wav');
    const { status, envelope } = await put('a.wav');

    expect([status, envelope.code, envelope.msg]).toEqual([500, '000002', '未知错误']);
    expect(server.log).toContainEqual(expect.objectContaining({ level: 'error', message: 'request failed' }));
  });

  test('as large as may be is taken whole', async () => {
    const body = Buffer.alloc(16 * MIB, 7);
    const { envelope } = await put('a.wav', { body, headers: AUDIO });

    expect(envelope.data).toMatchObject({ bytes: 16 * MIB });
    const [asked] = server.sounds.asked;
    expect(asked!.content!.equals(body)).toBe(true);
  });

  test.each([
    ['told', {}],
    ['not told', { 'Transfer-Encoding': 'chunked' }],
  ])('of a byte more, its length %s, is 413, and the server goes on', async (_, headers) => {
    const body = Buffer.alloc(16 * MIB + 1);
    const { status, envelope } = await put('a.wav', { body, headers: { ...AUDIO, ...headers } });

    expect([status, envelope]).toEqual([413, { code: '000001', msg: '请求体超过 16 MiB', data: null }]);
    expect(server.sounds.asked).toEqual([]);
    expect((await put('a.wav')).status).toBe(200);
  });

  test('of a byte more leaves a connection that can be used again', async () => {
    const size = 16 * MIB + 1;
    const head = `PUT /v1/callcenter/sound/a.wav HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`;
    const next = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const received = await sendRaw(server.port, head + 'x'.repeat(size) + next);

    expect(received.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  });

  test('without end is cut off', async () => {
    const head = `PUT /v1/callcenter/sound/a.wav HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000\r\n\r\n`;
    const received = await sendRaw(server.port, head + 'x'.repeat(18 * MIB));

    expect(received).toMatch(/^HTTP\/1\.1 413 /);
    expect(server.sounds.asked).toEqual([]);
  });

  test('that breaks off keeps nothing', async () => {
    const hasty = await startTestServer({ limits: { headersMs: 200, requestMs: 300, checkMs: 50 } });
    const head = `PUT /v1/callcenter/sound/a.wav HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n`;
    const received = await sendRaw(hasty.port, `${head}RIFF`);
    await hasty.close();

    expect(received).toMatch(/^HTTP\/1\.1 408 /);
    expect(hasty.sounds.asked).toEqual([]);
  });
});

describe.each(MALFORMED_SOUND_NAMES.filter(({ name }) => !/^\.{1,2}$/.test(name)))(
  'the name $name',
  ({ name, at, problem }) => {
    test('is refused with the place of the mistake', async () => {
      const headers = { ...AUDIO, 'Accept-Language': 'en' };
      const { status, envelope } = await put(name, { body: CONTENT, headers });

      expect([status, envelope.code, envelope.data]).toEqual([400, '000001', null]);
      expect(envelope.msg).toMatch(problem);
      const place = at === null ? '' : `character ${at}: `;
      expect(envelope.msg.startsWith(`parameter error: name: ${place}`)).toBe(true);
      expect(server.sounds.asked).toEqual([]);
    });

    test.each(['GET', 'DELETE'])('names nothing that %s could find', async (method) => {
      server.sounds.files.push({ app: APP, name, bytes: 1, seconds: null });
      const { status, envelope } = await server.send(method, pathOf(name));

      expect([status, envelope.code]).toEqual([404, '040801']);
      expect(server.sounds.asked).toEqual([]);
    });
  },
);

test.each(['.', '..', '%2e', '%2E%2e'])('%s is a name, and no way out', async (written) => {
  await expectRefused(server, 'name', server.send('PUT', `/v1/callcenter/sound/${written}`, { body: CONTENT }));
});

describe('what there is', () => {
  const WELCOME = { name: 'welcome.wav', bytes: 16_044, seconds: 1 };
  const MUSIC = { name: '音乐.gsm', bytes: 33, seconds: null };
  beforeEach(() =>
    server.sounds.files.push(
      { app: APP, ...WELCOME },
      { app: APP, ...MUSIC },
      { app: 'other' as AppId, name: 'alien.wav', bytes: 1, seconds: 0 },
    ),
  );

  test('is told one by one', async () => {
    expect((await server.send('GET', pathOf('welcome.wav'))).envelope.data).toEqual(WELCOME);
    expect((await server.send('GET', pathOf('音乐.gsm'))).envelope.data).toEqual(MUSIC);
  });

  test('is listed as it comes, bare', async () => {
    expect((await server.call('GET', 'sound')).envelope.data).toEqual([WELCOME, MUSIC]);
  });

  test('is deleted, which answers true', async () => {
    expect((await server.send('DELETE', pathOf('音乐.gsm'))).envelope.data).toBe(true);
    expect(server.sounds.asked).toEqual([{ app: APP, name: '音乐.gsm' }]);
  });

  test.each(['GET', 'DELETE'])('%s of another names the nearest that there is', async (method) => {
    const { status, envelope } = await server.send(method, pathOf('welcom.wav'));

    expect([status, envelope.code]).toEqual([404, '040801']);
    expect(envelope.msg).toBe('语音文件不存在: name welcom.wav: nearest welcome.wav');
  });

  test.each(['GET', 'DELETE'])("%s finds no other application's", async (method) => {
    const { status, envelope } = await server.send(method, pathOf('alien.wav'));

    expect([status, envelope.code]).toEqual([404, '040801']);
    expect(envelope.msg).not.toContain('nearest alien.wav');
  });
});

test('where there is nothing, no name is near', async () => {
  const { envelope } = await server.send('GET', pathOf('a.wav'));
  expect(envelope.msg).toBe('语音文件不存在: name a.wav');
});
