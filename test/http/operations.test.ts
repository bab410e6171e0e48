import { z } from 'zod';
import type { Operation } from '../../src/adapters/http/operation';
import { OPERATIONS } from '../support/described-operations';
import { type Endpoint, ENDPOINTS, REPEATED } from '../support/http-endpoints';

const described = OPERATIONS.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);

const asJsonSchema = (schema: z.ZodType): { properties?: object; required?: string[] } =>
  z.toJSONSchema(schema, { io: 'input' });

function operationFor(method: string, path: string): Operation | undefined {
  return OPERATIONS.find(
    (each) =>
      each.method === method.toLowerCase() &&
      new RegExp(`^${each.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(`/callcenter/${path}`),
  );
}

function nameOf({ method, path }: Pick<Endpoint, 'method' | 'path'>): string {
  const { method: verb, path: template } = operationFor(method, path)!;
  return `${verb} ${template}`;
}

test('each is described once, and each is tested', () => {
  const names = described.map(([name]) => name);
  const tested = ENDPOINTS.map(({ method, path }) => operationFor(method, path));

  expect(new Set(names).size).toBe(names.length);
  expect(new Set(tested)).toEqual(new Set(OPERATIONS));
});

const optional = new Set(ENDPOINTS.filter((each) => each.isBodyOptional).map((each) => nameOf(each)));

test.each(described)(
  '%s can be written down as JSON schemas',
  (name, { method, summary, query, body, content, data }) => {
    const needsBody = (method === 'post' || method === 'put') && content === null && !optional.has(name);
    expect(summary).toMatch(/^[A-Z].{5,}[^.]$/);
    expect(() => asJsonSchema(query)).not.toThrow();
    expect(() => asJsonSchema(data)).not.toThrow();
    expect(JSON.stringify(asJsonSchema(body))).toMatch(needsBody ? /"required":\["\w+/ : /^(?!.*required)/);
  },
);

test.each(ENDPOINTS.map((each) => [`${each.method} ${each.path}`, each] as const))(
  '%s takes an idempotency key if a repeat would start a second thing, and says so',
  (_, { method, path, refusals }) => {
    const { takesIdempotencyKey, refusals: described } = operationFor(method, path)!;
    expect([takesIdempotencyKey, described.includes(REPEATED)]).toEqual(
      Array(2).fill(refusals.includes(REPEATED)),
    );
  },
);

test('ranges, defaults and what is required are in the description', () => {
  const body = asJsonSchema(operationFor('POST', 'conversation/x/invite_out')!.body);

  expect(body.required).toEqual(['to', 'max_answer_seconds']);
  expect(body.properties).toMatchObject({
    to: { type: 'string', pattern: '^\\+?[0-9]{3,20}$', description: 'number to call' },
    max_dial_seconds: { type: 'integer', minimum: 1, maximum: 300, default: 45 },
    max_answer_seconds: { type: 'integer', minimum: 1, maximum: 21600 },
  });
});

test.each(ENDPOINTS.map((each) => [`${each.method} ${each.path}`, each] as const))(
  '%s describes the refusals that it is tested for',
  (_, { method, path, refusals }) => {
    const expected = new Set(refusals.filter((reason) => reason !== 'parameter-illegal'));
    const reasons = new Set(operationFor(method, path)!.refusals);
    for (const reason of expected) expect(reasons).toContain(reason);
  },
);
