import { agentEnqueue } from '../../src/domain/queue/enqueue';
import type { AgentName, AppId } from '../../src/domain/ids';
import { MALFORMED_DOCUMENTS } from '../support/enqueue-documents';
import { APP, startTestServer, type TestServer } from '../support/http-client';
import { addPlans, aPlan, idOf } from '../support/http-objects';
import { expectRefused } from '../support/http-refused';
import { englishIn } from '../support/languages';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const TEXT = '<response>\n  <enqueue><route><agent name="1001"/></route></enqueue>\n</response>';

describe('putting', () => {
  test('asks for the document, as it was written and as it was read, and answers true', async () => {
    const { envelope } = await server.call('PUT', 'plan/support', { enqueue: TEXT });

    expect(envelope.data).toBe(true);
    expect(server.callCenter.asked).toEqual([
      { type: 'put-plan', app: APP, name: 'support', text: TEXT, enqueue: agentEnqueue('1001' as AgentName) },
    ]);
  });

  test.each(['a', 'A-b_9', 'x'.repeat(64), '0', '__proto__', 'constructor'])('takes the name %s', async (name) => {
    await server.call('PUT', `plan/${name}`, { enqueue: TEXT });
    expect(server.callCenter.asked).toMatchObject([{ name }]);
  });

  test.each(['a.b', 'a%20b', 'a%2Fb', '..', 'x'.repeat(65), '%E6%96%B9%E6%A1%88', '%00', '%zz', 'a%0A'])(
    'refuses the name %s',
    async (name) => {
      await expectRefused(server, 'name', server.call('PUT', `plan/${name}`, { enqueue: TEXT }), /64/);
    },
  );

  test.each([undefined, null, 5, true, ['<enqueue/>'], {}])('refuses %j for a document', async (enqueue) => {
    await expectRefused(server, 'enqueue', server.call('PUT', 'plan/support', { enqueue }));
  });

  test('takes JSON only, like POST', async () => {
    const path = '/v1/callcenter/plan/support';
    const xml = await server.send('PUT', path, { body: TEXT, headers: { 'Content-Type': 'application/xml' } });
    const broken = await server.send('PUT', path, { body: TEXT });
    const large = await server.send('PUT', path, { body: { enqueue: TEXT + ' '.repeat(65_536) } });

    expect([xml.status, broken.status, large.status]).toEqual([415, 400, 413]);
    expect(server.callCenter.asked).toEqual([]);
  });
});

describe.each([
  ['PUT', 'plan/support'],
  ['POST', `conversation/${idOf(1)}/invite_agent`],
  ['POST', 'routing/explain'],
])('%s %s', (method, path) => {
  test.each(MALFORMED_DOCUMENTS)(
    'refuses $text and tells $told, and the same in Chinese',
    async ({ text, told }) => {
      const sent = { body: { enqueue: text }, headers: { 'Accept-Language': 'en' } };
      const english = await server.send(method, `/v1/callcenter/${path}`, sent);
      const chinese = server.call(method, path, sent.body);

      expect(english.envelope.msg).toMatch(/^parameter error: enqueue: /);
      expect(english.envelope.msg).toMatch(told);
      await expectRefused(server, 'enqueue', chinese);
      expect(englishIn((await chinese).envelope.msg)).toEqual([]);
    },
  );
});

test('deleting asks for it by name and answers true', async () => {
  const { envelope } = await server.call('DELETE', 'plan/support');

  expect(envelope.data).toBe(true);
  expect(server.callCenter.asked).toEqual([{ type: 'delete-plan', app: APP, name: 'support' }]);
});

describe('what there is', () => {
  beforeEach(() =>
    addPlans(
      server.callCenter,
      aPlan('support', { text: TEXT }),
      aPlan('Sales', { source: 'file' }),
      aPlan('night'),
      aPlan('alien', { app: 'other' as AppId }),
    ),
  );

  test('is shown as it was written', async () => {
    const { text } = await server.call('GET', 'plan/support');
    const data = { name: 'support', enqueue: TEXT, source: 'api' };
    expect(text).toBe(JSON.stringify({ code: '000000', msg: '请求成功', data }));
  });

  test('says when it comes from a file', async () => {
    const { envelope } = await server.call('GET', 'plan/Sales');
    expect(envelope.data).toMatchObject({ name: 'Sales', source: 'file' });
  });

  test('is listed in order of name, bare', async () => {
    const { envelope } = await server.call('GET', 'plan');
    expect(envelope.data).toMatchObject([{ name: 'Sales' }, { name: 'night' }, { name: 'support' }]);
  });

  test.each(['alien', 'SUPPORT', 'nothing'])('does not include %s', async (name) => {
    const { status, envelope } = await server.call('GET', `plan/${name}`);
    expect([status, envelope.code, envelope.msg]).toEqual([404, '040701', `排队方案不存在: name ${name}`]);
  });
});
