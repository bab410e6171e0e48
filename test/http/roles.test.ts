import { CLIENT_ROLES, type ClientRole } from '../../src/adapters/http/client-role';
import { anApplication, aToken, startTestServer, type TestServer } from '../support/http-client';
import { type Endpoint, ENDPOINTS } from '../support/http-endpoints';
import { addWhatEndpointsName } from '../support/http-objects';

const tokens = CLIENT_ROLES.map((role) => aToken(`may-${role}`, role));

let server: TestServer;
beforeEach(() => start());
afterEach(() => server.close());

async function start(alwaysOk = false): Promise<void> {
  const applications = [anApplication({ tokens, alwaysOk })];
  server = await startTestServer({ authentication: ['token'], applications });
  addWhatEndpointsName(server);
}

function sendAs(role: ClientRole, { method, path, body }: Pick<Endpoint, 'method' | 'path' | 'body'>) {
  const headers = { Authorization: `Bearer may-${role}`, 'Accept-Language': 'en' };
  return server.send(method, `/v1/callcenter/${path}`, { headers, ...(body && { body }) });
}

/** Who may do what needs a role. */
const ALLOWED: Readonly<Record<ClientRole, readonly ClientRole[]>> = {
  read: ['read', 'operate', 'admin'],
  operate: ['operate', 'admin'],
  admin: ['admin'],
};

const cases = CLIENT_ROLES.flatMap((role) =>
  ENDPOINTS.map((endpoint) => ({ role, name: `${endpoint.method} ${endpoint.path}`, endpoint })),
);

test.each(cases.filter(({ role, endpoint }) => ALLOWED[endpoint.role].includes(role)))(
  'who may $role is given $name',
  async ({ role, endpoint }) => {
    expect((await sendAs(role, endpoint)).status).toBe(200);
  },
);

test.each(cases.filter(({ role, endpoint }) => !ALLOWED[endpoint.role].includes(role)))(
  'who may $role is refused $name, and nothing is asked of anybody',
  async ({ role, endpoint }) => {
    const { status, envelope } = await sendAs(role, endpoint);

    const msg = `the role of this token is ${role}, needed is ${endpoint.role}`;
    expect([status, envelope]).toEqual([403, { code: '000008', msg, data: null }]);
    expect([...server.callCenter.asked, ...server.callCenter.questions, ...server.sounds.asked]).toEqual([]);
  },
);

test('what somebody may not do is refused before it is looked whether it could be done', async () => {
  const wrong = await sendAs('read', { method: 'POST', path: 'agent/a-b/call_out', body: { to: 'x' } });
  expect([wrong.status, wrong.envelope.code]).toEqual([403, '000008']);
});

test('who only reads an agent keeps it not alive', async () => {
  const agent = { method: 'GET', path: 'agent/1001' } as const;
  expect((await sendAs('read', agent)).envelope.data).toMatchObject({ name: '1001' });
  expect(server.callCenter.asked).toEqual([]);

  await sendAs('operate', agent);
  expect(server.callCenter.asked).toMatchObject([{ type: 'keep-alive' }]);
});

test('an application that wants status 200 always has the code in the envelope', async () => {
  await server.close();
  await start(true);
  const { status, envelope } = await sendAs('read', { method: 'DELETE', path: 'agent/1001' });
  expect([status, envelope.code]).toEqual([200, '000008']);
});
