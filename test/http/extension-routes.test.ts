import { createHash } from 'node:crypto';
import type { AppId } from '../../src/domain/ids';
import { NEW_ID } from '../support/http-call-center';
import { anApplication, APP, startTestServer, type TestServer } from '../support/http-client';
import { addExtensions, aGateway, aTelephone, aTerminal, idOf } from '../support/http-objects';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ applications: [anApplication({ sipPrefix: 'acme' })], sipRealm: 'office' });
});
afterEach(() => server.close());

const TERMINAL = { type: '1', user: '100001', password: 'secret1' };

test('given a SIP terminal, only its digest reaches the engine and the answer shows the password', async () => {
  const { envelope } = await server.call('POST', 'extension', TERMINAL);

  const digest = createHash('md5').update('acme100001:office:secret1').digest('hex');
  const line = { type: '1', user: 'acme100001', digest };
  expect(server.callCenter.asked).toEqual([{ type: 'create-extension', app: APP, line }]);
  expect(envelope.data).toEqual({
    id: NEW_ID,
    type: '1',
    user: 'acme100001',
    password: 'secret1',
    ipaddr: null,
    telnum: null,
    enable: false,
  });
});

test('given an ordinary telephone, it has a number and nothing else', async () => {
  const { envelope } = await server.call('POST', 'extension', { type: 3, telnum: '+8613800000000', user: 'odd' });

  const line = { type: '3', telnum: '+8613800000000' };
  expect(server.callCenter.asked).toEqual([{ type: 'create-extension', app: APP, line }]);
  expect(envelope.data).toEqual({
    id: NEW_ID,
    type: '3',
    user: null,
    password: null,
    ipaddr: null,
    telnum: '+8613800000000',
    enable: true,
  });
});

test.each([
  ['a gateway', { type: 2, ipaddr: '10.0.0.1' }, { ipaddr: '10.0.0.1', telnum: null }],
  [
    'a gateway, its port, and whom it is asked for',
    { type: '2', ipaddr: '192.0.2.255:65535', telnum: 201, user: 'odd', password: 'odd' },
    { ipaddr: '192.0.2.255:65535', telnum: '201' },
  ],
  ['one of IPv6', { type: '2', ipaddr: '[2001:db8::7]', telnum: null }, { ipaddr: '[2001:db8::7]', telnum: null }],
  ['one of IPv6 with a port', { type: '2', ipaddr: '[::1]:1' }, { ipaddr: '[::1]:1', telnum: null }],
  [
    'one with letters large and small, as they are',
    { type: '2', ipaddr: '[2001:DB8::a]:5060', telnum: '+49301234' },
    { ipaddr: '[2001:DB8::a]:5060', telnum: '+49301234' },
  ],
])('given %s, it has an address and nothing that is not its own', async (_, body, its) => {
  const { envelope } = await server.call('POST', 'extension', body);

  const line = { type: '2', ...its };
  expect(server.callCenter.asked).toEqual([{ type: 'create-extension', app: APP, line }]);
  expect(envelope.data).toEqual({ id: NEW_ID, type: '2', user: null, password: null, enable: false, ...its });
});

const NO_GATEWAY = {
  zh: '参数错误: ipaddr: 应为 <ip>[:port]：单个设备的 IPv4 地址，或方括号中的 IPv6 地址，端口 1 至 65535',
  en: 'parameter error: ipaddr: must be <ip>[:port]: the IPv4 address of one device, or an IPv6 address in brackets, and a port from 1 to 65535',
};

test.each([
  ...['', ' ', 'gateway', 'gateway.example:5060', 'localhost', '10.0.0', '10.0.0.256', '010.0.0.1', '0x0a.0.0.1'],
  ...['167772161', '10.0.0.1 ', '10.0.0.1\n', '１0.0.0.1', '10.0.0.1,10.0.0.2', '201@10.0.0.1', 'sip:10.0.0.1'],
  ...['10.0.0.1;transport=tcp', '10.0.0.1/24', '10.0.0.1:', '10.0.0.1:0', '10.0.0.1:65536', '10.0.0.1:05060'],
  ...[
    '10.0.0.1:-1',
    '10.0.0.1:5060:5060',
    '[10.0.0.1]',
    '0.0.0.0',
    '0.1.2.3:5060',
    '224.0.0.1',
    '239.255.255.255',
  ],
  ...['240.0.0.1', '255.255.255.255', '::1', '::1:5060', '2001:db8::7', '[::1', '[::1]5060', '[::1]:0', '[::]'],
  ...[
    '[ff02::1]',
    '[fe80::1%eth0]',
    '[::ffff:10.0.0.1]',
    '[::ffff:a00:1]',
    '[0:0:0:0:0:ffff:e000:1]',
    '[1::2::3]',
  ],
  ...[true, 1.5, ['10.0.0.1'], { ip: '10.0.0.1' }],
])('an address of a gateway like %j is refused by name', async (ipaddr) => {
  const { status, envelope } = await server.call('POST', 'extension', { type: '2', ipaddr });

  expect([status, envelope.code, envelope.data]).toEqual([400, '000001', null]);
  if (typeof ipaddr === 'string') expect(envelope.msg).toBe(NO_GATEWAY.zh);
  else expect(envelope.msg).toBe('参数错误: ipaddr: 应为字符串');
  expect(server.callCenter.asked).toEqual([]);
});

test('what an address of a gateway has to be is English on demand', async () => {
  const headers = { 'Accept-Language': 'en' };
  const body = { type: '2', ipaddr: 'gateway.example' };

  const { envelope } = await server.send('POST', '/v1/callcenter/extension', { body, headers });

  expect(envelope.msg).toBe(NO_GATEWAY.en);
});

test.each([
  ['numbers for texts', { type: 1, user: 100001, password: 1234567 }, '1234567'],
  ['nulls and unknown keys', { ...TERMINAL, ipaddr: null, telnum: null, remark: { deep: [1] } }, 'secret1'],
  ['a password that begins with zeros', { ...TERMINAL, password: '000123' }, '000123'],
  [
    'the longest user and password',
    { ...TERMINAL, user: '9'.repeat(12), password: 'Z'.repeat(12) },
    'Z'.repeat(12),
  ],
])('it takes %s', async (_, body, password) => {
  const { status, envelope } = await server.call('POST', 'extension', body);

  expect(status).toBe(200);
  expect(envelope.data).toMatchObject({ type: '1', password });
});

test.each([
  ['type', {}],
  ['type', { ...TERMINAL, type: null }],
  ['type', { ...TERMINAL, type: '4', ipaddr: '10.0.0.1' }],
  ['type', { ...TERMINAL, type: 'sip' }],
  ['type', { ...TERMINAL, type: true }],
  ['user', { ...TERMINAL, user: undefined }],
  ['user', { ...TERMINAL, user: null }],
  ['user', { ...TERMINAL, user: '12345' }],
  ['user', { ...TERMINAL, user: '1234567890123' }],
  ['user', { ...TERMINAL, user: '10000a' }],
  ['user', { ...TERMINAL, user: '100001\n' }],
  ['user', { ...TERMINAL, user: '１０００００１' }],
  ['user', { ...TERMINAL, user: 100001.5 }],
  ['user', { ...TERMINAL, user: ['100001'] }],
  ['password', { ...TERMINAL, password: undefined }],
  ['password', { ...TERMINAL, password: 'short' }],
  ['password', { ...TERMINAL, password: 'longer-than-12' }],
  ['password', { ...TERMINAL, password: 'with:colon' }],
  ['telnum', { type: '3' }],
  ['telnum', { type: '3', telnum: '12' }],
  ['telnum', { type: '3', telnum: '1380000&PJSIP/x' }],
  ['ipaddr', { type: '2' }],
  ['ipaddr', { type: '2', ipaddr: null, telnum: '201' }],
  ['telnum', { type: '2', ipaddr: '10.0.0.1', telnum: '' }],
  ['telnum', { type: '2', ipaddr: '10.0.0.1', telnum: '12' }],
  ['telnum', { type: '2', ipaddr: '10.0.0.1', telnum: '201@10.0.0.2' }],
  ['telnum', { type: '2', ipaddr: '10.0.0.1', telnum: '1'.repeat(21) }],
])('a wrong %s is refused by name: %j', async (parameter, body) => {
  const { status, envelope } = await server.call('POST', 'extension', body);

  expect([status, envelope.code, envelope.data]).toEqual([400, '000001', null]);
  expect(envelope.msg).toMatch(new RegExp(`^参数错误: ${parameter}: .`));
  expect(server.callCenter.asked).toEqual([]);
});

test('a password is never told again', async () => {
  addExtensions(server.callCenter, aTerminal(1, { enabled: true }), aTelephone(2), aGateway(3));

  const one = await server.call('GET', `extension/${idOf(1)}`);
  const two = await server.call('GET', `extension/${idOf(2)}`);
  const three = await server.call('GET', `extension/${idOf(3)}`);

  expect(one.envelope.data).toEqual({
    id: idOf(1),
    type: '1',
    user: '100001',
    password: null,
    ipaddr: null,
    telnum: null,
    enable: true,
  });
  expect(two.envelope.data).toMatchObject({ type: '3', user: null, telnum: '+8613800000000', enable: true });
  expect(three.envelope.data).toEqual({
    id: idOf(3),
    type: '2',
    user: null,
    password: null,
    ipaddr: '10.0.0.1:5070',
    telnum: '201',
    enable: false,
  });
});

test("another application's extension does not exist", async () => {
  addExtensions(server.callCenter, aTerminal(1, { app: 'other' as AppId }), aTerminal(2));

  const single = await server.call('GET', `extension/${idOf(1)}`);
  const list = await server.call('GET', 'extension');

  expect([single.status, single.envelope.code]).toEqual([404, '040103']);
  expect(single.envelope.msg).toBe(`分机不存在: id ${idOf(1)}`);
  expect(list.envelope.data).toMatchObject({ totalCount: 1, result: [{ id: idOf(2) }] });
});

test('an extension that was never made does not exist', async () => {
  const { status, envelope } = await server.call('GET', `extension/${idOf(9)}`);
  expect([status, envelope.code]).toEqual([404, '040103']);
});

test('deleting asks for it by id and answers null', async () => {
  const { text } = await server.call('DELETE', `extension/${idOf(7)}`);

  expect(text).toBe('{"code":"000000","msg":"请求成功","data":null}');
  expect(server.callCenter.asked).toEqual([{ type: 'delete-extension', app: APP, extensionId: idOf(7) }]);
});

describe('the list', () => {
  beforeEach(() => addExtensions(server.callCenter, ...[3, 1, 5, 2, 4].map((number) => aTerminal(number))));

  const ids = (...numbers: readonly number[]) => numbers.map((number) => ({ id: idOf(number) }));

  test('is a page, in order of creation', async () => {
    const { envelope } = await server.call('GET', 'extension?pageNo=2&pageSize=2');

    expect(Object.keys(envelope.data as object)).toEqual([
      'pageSize',
      'startIndex',
      'totalCount',
      'totalPageCount',
      'currentPageNo',
      'result',
    ]);
    expect(envelope.data).toMatchObject({
      pageSize: 2,
      startIndex: 3,
      totalCount: 5,
      totalPageCount: 3,
      currentPageNo: 2,
      result: ids(3, 4),
    });
  });

  test.each([
    ['', 20, 1, ids(1, 2, 3, 4, 5)],
    ['?pageNo=&pageSize=', 20, 1, ids(1, 2, 3, 4, 5)],
    ['?page=3&size=2', 2, 3, ids(5)],
    ['?page=3&pageNo=1&size=9&pageSize=1', 1, 1, ids(1)],
    ['?pageNo=&page=2&size=4', 4, 2, ids(5)],
    ['?pageNo=9&unknown=1', 20, 9, []],
    ['?pageSize=1000', 1000, 1, ids(1, 2, 3, 4, 5)],
    ['?pageNo=2147483647&pageSize=1000', 1000, 2_147_483_647, []],
  ])('takes %s', async (query, pageSize, currentPageNo, result) => {
    const { envelope } = await server.call('GET', `extension${query}`);

    expect(envelope.data).toMatchObject({ pageSize, currentPageNo, totalCount: 5 });
    expect((envelope.data as { result: { id: string }[] }).result.map(({ id }) => ({ id }))).toEqual(result);
  });

  test.each([
    ['pageNo=0', 'pageNo'],
    ['pageNo=-1', 'pageNo'],
    ['pageNo=one', 'pageNo'],
    ['pageNo=1.5', 'pageNo'],
    ['pageNo=1&pageNo=2', 'pageNo'],
    ['pageNo=99999999999999999999', 'pageNo'],
    ['pageSize=0', 'pageSize'],
    ['pageSize=1001', 'pageSize'],
    ['page=0', 'page'],
    ['size=x', 'size'],
    ['pageNo=%zz', 'pageNo'],
  ])('refuses %s by name', async (query, parameter) => {
    const { status, envelope } = await server.call('GET', `extension?${query}`);

    expect([status, envelope.code]).toEqual([400, '000001']);
    expect(envelope.msg).toMatch(new RegExp(`^参数错误: ${parameter}: .`));
  });
});

test('an empty list has no pages', async () => {
  const { envelope } = await server.call('GET', 'extension');
  expect(envelope.data).toEqual({
    pageSize: 20,
    startIndex: 1,
    totalCount: 0,
    totalPageCount: 0,
    currentPageNo: 1,
    result: [],
  });
});
