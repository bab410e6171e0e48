import { validate } from '@readme/openapi-parser';
import { startTestServer } from '../support/http-client';
import { API, DESCRIBED, problemsOf, type Response, resolved } from '../support/api-document';
import { addWhatEndpointsName } from '../support/http-objects';

const named = DESCRIBED.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);

/** All that stand in one place of the document. */
type Shown = { readonly example?: unknown; readonly examples?: Readonly<Record<string, unknown>> };
function valuesIn({ example, examples = {} }: Shown): readonly unknown[] {
  const several = Object.values(examples).map(
    (each) => resolved<{ readonly value: unknown }>(each as never).value,
  );
  return [...(example === undefined ? [] : [example]), ...several];
}

test('it is OpenAPI 3.1', async () => {
  const copy = structuredClone(API) as unknown as Parameters<typeof validate>[0];
  expect(await validate(copy)).toMatchObject({ valid: true, specification: 'OpenAPI', warnings: [] });
});

test('each operation has a name of its own', () => {
  expect(new Set(DESCRIBED.map(({ operationId }) => operationId)).size).toBe(DESCRIBED.length);
});

test.each(named)('%s: what it shows is as it says', (_, { parameters = [], requestBody, responses }) => {
  const answers = Object.values(responses).flatMap((each) => Object.values(resolved<Response>(each).content));
  const places = [...parameters, ...Object.values(requestBody?.content ?? {}), ...answers];
  for (const place of places) {
    for (const value of valuesIn(place)) expect(problemsOf(place.schema ?? {}, value)).toBe('');
  }
  const shown = answers.filter((place) => valuesIn(place).length > 0);
  expect(shown.length).toBeGreaterThanOrEqual(Object.keys(responses).length - 1); // Metrics show none.
});

const bodies = DESCRIBED.flatMap((operation) =>
  Object.values(operation.requestBody?.content ?? {}).flatMap((media) =>
    valuesIn(media).map((body) => [`${operation.method} ${operation.path}`, operation, body] as const),
  ),
);

test.each(bodies)('%s: the service takes the body that it shows: %#', async (_, { method, path }, body) => {
  const server = await startTestServer();
  addWhatEndpointsName(server);
  const filled = path.replace(/\{(\w*id)\}/g, '1'.repeat(32)).replace(/\{name\}/, 'alice');

  const { status, text } = await server.send(method, `/v1${filled}`, { body });
  await server.close();

  expect([status, text]).toEqual([200, text]);
});
