import { APP, startTestServer, type TestServer } from '../support/http-client';
import { expectRefused } from '../support/http-refused';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const PATH = 'agent/1001/skills';

test('given several changes, they are asked in order, and the answer is null', async () => {
  const opts = [
    { opt: 0 },
    { opt: 1, name: '英语', score: 80, enabled: true },
    { opt: 1, name: 'sales' },
    { opt: 2, name: 'tax' },
  ];
  const { text } = await server.call('POST', PATH, { opts });

  expect(text).toBe('{"code":"000000","msg":"请求成功","data":null}');
  expect(server.callCenter.asked).toEqual([
    {
      type: 'set-skills',
      app: APP,
      name: '1001',
      changes: [
        { do: 'delete-all' },
        { do: 'add', name: '英语', score: 80, enabled: true },
        { do: 'add', name: 'sales' },
        { do: 'delete', name: 'tax' },
      ],
    },
  ]);
});

test.each([
  [
    'texts for numbers',
    { opt: '1', name: 7, score: '-5', enabled: 'no' },
    { name: '7', score: -5, enabled: false },
  ],
  ['nulls', { opt: 1, name: 'sales', score: null, enabled: null }, { name: 'sales' }],
  ['a score of 0', { opt: 1, name: 'sales', score: 0 }, { name: 'sales', score: 0 }],
  ['enabled alone', { opt: 1, name: 'sales', enabled: 'off' }, { name: 'sales', enabled: false }],
  ['unknown keys', { opt: 1, name: 'sales', level: [1] }, { name: 'sales' }],
  ['the longest name', { opt: 1, name: '😀'.repeat(64) }, { name: '😀'.repeat(64) }],
])('takes %s', async (_, opt, expected) => {
  await server.call('POST', PATH, { opts: [opt] });
  expect(server.callCenter.asked).toMatchObject([{ changes: [{ do: 'add', ...expected }] }]);
  expect(Object.keys((server.callCenter.asked as { changes?: object[] }[])[0]!.changes![0]!)).toHaveLength(
    1 + Object.keys(expected).length,
  );
});

test('deleting all needs no name, whatever else is said', async () => {
  await server.call('POST', PATH, { opts: [{ opt: '0', name: '', score: 'x' }] });
  expect(server.callCenter.asked).toMatchObject([{ changes: [{ do: 'delete-all' }] }]);
});

test.each([
  ['opts', {}],
  ['opts', { opts: null }],
  ['opts', { opts: [] }],
  ['opts', { opts: {} }],
  ['opts', { opts: '0' }],
  ['opts', { opts: Array.from({ length: 201 }, () => ({ opt: 0 })) }],
  ['opts.0', { opts: [0] }],
  ['opts.0', { opts: [null] }],
  ['opts.0.opt', { opts: [{}] }],
  ['opts.0.opt', { opts: [{ opt: null, name: 'sales' }] }],
  ['opts.0.opt', { opts: [{ opt: 3, name: 'sales' }] }],
  ['opts.0.opt', { opts: [{ opt: -1, name: 'sales' }] }],
  ['opts.0.opt', { opts: [{ opt: 'add', name: 'sales' }] }],
  ['opts.0.opt', { opts: [{ opt: 1.5, name: 'sales' }] }],
  ['opts.0.opt', { opts: [{ opt: true, name: 'sales' }] }],
  ['opts.0.name', { opts: [{ opt: 1 }] }],
  ['opts.0.name', { opts: [{ opt: 2 }] }],
  ['opts.0.name', { opts: [{ opt: 2, name: null }] }],
  ['opts.0.name', { opts: [{ opt: 1, name: '' }] }],
  ['opts.0.name', { opts: [{ opt: 1, name: 'a\nb' }] }],
  ['opts.0.name', { opts: [{ opt: 1, name: 'a'.repeat(65) }] }],
  ['opts.1.score', { opts: [{ opt: 0 }, { opt: 1, name: 'sales', score: 1.5 }] }],
  ['opts.0.score', { opts: [{ opt: 1, name: 'sales', score: 2 ** 53 }] }],
  ['opts.0.enabled', { opts: [{ opt: 1, name: 'sales', enabled: 'perhaps' }] }],
])('refuses a wrong %s by name: %j', async (parameter, body) => {
  await expectRefused(server, parameter, server.call('POST', PATH, body));
});

test('as many changes as may be are taken', async () => {
  const opts = Array.from({ length: 200 }, (_, index) => ({ opt: 1, name: `skill ${index}` }));
  const { status } = await server.call('POST', PATH, { opts });

  expect(status).toBe(200);
  expect((server.callCenter.asked as { changes?: object[] }[])[0]!.changes).toHaveLength(200);
});

test.each([
  [{ opts: [] }, '参数错误: opts: 不得小于 1 项', 'parameter error: opts: must be at least 1 entries long'],
  [
    { opts: [{ opt: 9 }] },
    '参数错误: opts.0.opt: 应为 0、1、2',
    'parameter error: opts.0.opt: must be 0 or 1 or 2',
  ],
])('%j is refused in both languages', async (body, chinese, english) => {
  const path = `/v1/callcenter/${PATH}`;
  const zh = await server.send('POST', path, { body });
  const en = await server.send('POST', path, { body, headers: { 'Accept-Language': 'en' } });

  expect([zh.envelope.msg, en.envelope.msg]).toEqual([chinese, english]);
});
