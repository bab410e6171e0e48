import type { AppId } from '../../src/domain/ids';
import { anApplication, aToken, startTestServer, type TestServer } from '../support/http-client';

const applications = [
  anApplication({ id: 'anywhere' as AppId, tokens: [aToken('anywhere-1')] }),
  anApplication({
    id: 'office' as AppId,
    tokens: [aToken('office-1')],
    networks: ['192.0.2.0/24', '2001:db8::/32'],
  }),
  anApplication({ id: 'here' as AppId, tokens: [aToken('here-1')], networks: ['127.0.0.1'] }),
  anApplication({ id: 'closed' as AppId, tokens: [aToken('closed-1')], networks: ['192.0.2.7'], disabled: true }),
];

let server: TestServer;
afterEach(() => server.close());

const start = async (...trustedProxies: string[]) => {
  server = await startTestServer({ authentication: ['token'], applications, trustedProxies });
};
const call = (app: string, forwarded?: string) =>
  server.send('GET', '/v1/callcenter/agent/1001/keepalive', {
    headers: {
      Authorization: `Bearer ${app}-1`,
      ...(forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded }),
    },
  });

test('an application may be called from its networks only', async () => {
  await start();
  const answers = [await call('anywhere'), await call('here'), await call('office')];

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 403]);
  expect(answers[2]!.envelope).toEqual({ code: '010004', msg: '调用方地址不被允许', data: null });
  expect(server.callCenter.asked).toMatchObject([{ app: 'anywhere' }, { app: 'here' }]);
  expect(server.log[2]).toMatchObject({ status: 403, code: '010004', address: '127.0.0.1' });
});

test('what a client says of its own address counts for nothing', async () => {
  await start();
  const answers = [await call('office', '192.0.2.7'), await call('here', '192.0.2.7')];
  expect(answers.map(({ status }) => status)).toEqual([403, 200]);
});

test('what a trusted proxy says does, and what a client has told the proxy does not', async () => {
  await start('127.0.0.0/8', '10.0.0.0/8');
  const answers = [
    await call('office', '192.0.2.7'),
    await call('office', '192.0.2.7, 10.0.0.1'),
    await call('office', '2001:db8::7'),
    await call('office', '192.0.2.7, 198.51.100.1'),
    await call('here', '127.0.0.1, 198.51.100.1'),
    await call('here'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 403, 403, 200]);
});

test('whoever is not known learns nothing of that', async () => {
  await start();
  const { status, envelope } = await server.send('GET', '/v1/callcenter/agent', {
    headers: { Authorization: 'Bearer office-2' },
  });
  expect([status, envelope.code]).toEqual([401, '000007']);
});

test('of a disabled application only those learn it who may call it', async () => {
  await start('127.0.0.1');
  const answers = [await call('closed', '192.0.2.7'), await call('closed', '192.0.2.8')];
  expect(answers.map(({ envelope }) => envelope.code)).toEqual(['010002', '010004']);
});
