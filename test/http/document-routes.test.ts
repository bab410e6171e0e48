import { anApplication, aToken, startTestServer, type TestServer } from '../support/http-client';
import { API } from '../support/api-document';

let server: TestServer;
beforeAll(async () => {
  const applications = [anApplication({ tokens: [aToken('t')], networks: ['192.0.2.7'] })];
  server = await startTestServer({ authentication: ['token'], applications });
});
afterAll(() => server.close());

const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: 'manual' });

/** The parts of a policy for what a page may load, each with where from. */
function policyOf(response: Response): Readonly<Record<string, string>> {
  const parts = (response.headers.get('content-security-policy') ?? '').split('; ');
  return Object.fromEntries(parts.map((part) => [part.split(' ')[0]!, part.slice(part.indexOf(' ') + 1)]));
}

test.each(['', '/account/any'])(
  'the description is there for everybody, from everywhere, below /v1%s',
  async (account) => {
    const response = await get(`/v1${account}/openapi.json`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(API)));
  },
);

test('what else is below /v1 is not', async () => {
  expect((await get('/v1/openapi.jso')).status).toBe(401);
  expect((await server.send('POST', '/v1/openapi.json')).status).toBe(401);
});

test('the page gets all that it names from here, and its policy allows nothing else', async () => {
  const page = await get('/docs');
  const html = await page.text();
  const named = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path]) => path!);

  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(policyOf(page)).toMatchObject({
    'default-src': "'none'",
    'script-src': "'self'",
    'connect-src': "'self'",
    'img-src': "'self' data:",
    'frame-ancestors': "'none'",
  });
  expect(html).not.toMatch(/https?:|\/\//);
  const parts = await Promise.all(named.map(async (path) => get(new URL(path, page.url).pathname)));
  expect(parts.map(({ status, headers }) => [status, headers.get('content-type')?.split(';')[0]])).toEqual([
    [200, 'image/png'],
    [200, 'text/css'],
    [200, 'text/javascript'],
    [200, 'text/javascript'],
  ]);
  for (const part of parts) expect((await part.arrayBuffer()).byteLength).toBeGreaterThan(100);
});

test('the page asks for the description by an address that leads here', async () => {
  const start = await (await get('/docs/start.js')).text();
  const [, url] = /url: '([^']*)'/.exec(start)!;

  expect((await get(new URL(url!, `http://127.0.0.1:${server.port}/docs`).pathname)).status).toBe(200);
  expect(start).not.toMatch(/\/\//);
});

test('with a slash behind it, it is where it is without', async () => {
  const response = await get('/docs/');
  expect([response.status, response.headers.get('location')]).toEqual([302, '../docs']);
});
