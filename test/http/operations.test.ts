import { z } from 'zod';
import type { Operation } from '../../src/adapters/http/operation';
import { agentRoutes } from '../../src/adapters/http/routes/agent-routes';
import { conversationRoutes } from '../../src/adapters/http/routes/conversation-routes';
import { extensionRoutes } from '../../src/adapters/http/routes/extension-routes';
import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import { RecordingCallCenter } from '../support/http-call-center';
import { ENDPOINTS } from '../support/http-endpoints';

const callCenter = new RecordingCallCenter();
const operations = [
  ...extensionRoutes(callCenter, 'parley'),
  ...agentRoutes(callCenter),
  ...conversationRoutes(callCenter, parseXml, String),
];
const described = operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const);

const asJsonSchema = (schema: z.ZodType): { properties?: object; required?: string[] } =>
  z.toJSONSchema(schema, { io: 'input' });

function operationFor(method: string, path: string): Operation | undefined {
  return operations.find(
    (each) =>
      each.method === method.toLowerCase() &&
      new RegExp(`^${each.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(`/callcenter/${path}`),
  );
}

test('each is described once, and each is tested', () => {
  const names = described.map(([name]) => name);
  const tested = ENDPOINTS.map(({ method, path }) => operationFor(method, path));

  expect(new Set(names).size).toBe(names.length);
  expect(new Set(tested)).toEqual(new Set(operations));
});

test.each(described)('%s can be written down as JSON schemas', (_, { method, summary, query, body, data }) => {
  expect(summary).toMatch(/^[A-Z].{5,}[^.]$/);
  expect(() => asJsonSchema(query)).not.toThrow();
  expect(() => asJsonSchema(data)).not.toThrow();
  expect(JSON.stringify(asJsonSchema(body))).toMatch(method === 'post' ? /"required":\["\w+/ : /^(?!.*required)/);
});

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
