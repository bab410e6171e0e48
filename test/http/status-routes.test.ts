import { startTestServer, type TestServer } from '../support/http-client';

const AWAY = { zh: 'Asterisk 未连接', en: 'Asterisk is not connected' };

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

test.each(['/healthz', '/readyz', '/healthz/'])('%s is fine when nothing is in the way', async (path) => {
  const { status, text } = await server.send('GET', path);
  expect([status, text]).toEqual([200, '{"code":"000000","msg":"请求成功","data":null}']);
});

test('given obstacles, the process is alive but not ready, and says why', async () => {
  server.callCenter.problems.push(AWAY, { zh: '没有中继', en: 'there is no trunk' });

  const ready = await server.send('GET', '/readyz');
  const healthy = await server.send('GET', '/healthz');

  const msg = '服务未就绪: Asterisk 未连接; 没有中继';
  expect([ready.status, ready.envelope]).toEqual([503, { code: '000004', msg, data: null }]);
  expect(ready.headers['retry-after']).toBe('2');
  expect(healthy.status).toBe(200);

  const headers = { 'Accept-Language': 'en' };
  const { envelope } = await server.send('GET', '/readyz', { headers });
  expect(envelope.msg).toBe('not ready: Asterisk is not connected; there is no trunk');
});

test('given obstacles that go away, it becomes ready', async () => {
  server.callCenter.problems.push(AWAY);
  await server.send('GET', '/readyz');
  server.callCenter.problems.pop();

  expect((await server.send('GET', '/readyz')).status).toBe(200);
});

test('they are not part of the API, and take GET alone', async () => {
  expect((await server.send('GET', '/v1/healthz')).status).toBe(404);
  expect((await server.send('GET', '/Healthz')).status).toBe(404);
  const { status, headers } = await server.send('POST', '/healthz', { body: {} });
  expect([status, headers.allow]).toEqual([405, 'HEAD, GET']);
});
