import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import { type AgentName, type ConditionId } from '../../src/domain/ids';
import {
  agentEnqueue,
  conditionEnqueue,
  type Enqueue,
  enqueueFrom,
  EnqueueProblem,
  skillEnqueue,
} from '../../src/domain/queue/enqueue';

const ROUTE = '<route><agent name="1001"/></route>';
const CONDITION = '0123456789abcdef0123456789abcdef';

const read = (text: string): Enqueue => enqueueFrom(parseXml(text));

function expectProblem(text: string, message: string | RegExp): void {
  expect(() => read(text)).toThrow(EnqueueProblem);
  expect(() => read(text)).toThrow(typeof message === 'string' ? new Error(message) : message);
}

describe('the shape of a document', () => {
  test('routes and targets keep their order', () => {
    const { routes } = read(`<enqueue>
      <route><agent name="c"/><agent name="a"/><agent name="b"/></route>
      <route><skill name="z"/><skill name="y"/></route>
      <route><condition id="${CONDITION}"/></route>
      <route><agent name="a"/></route>
    </enqueue>`);
    const named = routes.map(({ targets }) =>
      targets.map((each) => (each.kind === 'condition' ? each.id : each.name)),
    );
    expect(named).toStrictEqual([['c', 'a', 'b'], ['z', 'y'], [CONDITION], ['a']]);
  });

  test('an outer response changes nothing', () => {
    const inner = `<enqueue choice="lru">${ROUTE}</enqueue>`;
    expect(read(`<response>\n${inner}\n</response>`)).toStrictEqual(read(inner));
  });

  test.each([
    ['<queue/>', 'document: unknown element "queue", did you mean enqueue?'],
    ['<Enqueue/>', 'document: unknown element "Enqueue", did you mean enqueue?'],
    ['<response/>', 'response: exactly one <enqueue> is needed'],
    [`<response><enqueue/><enqueue/></response>`, 'response: exactly one <enqueue> is needed'],
    ['<response><route/></response>', 'response: unknown element "route", did you mean enqueue?'],
    ['<response><response/></response>', 'response: unknown element "response", did you mean enqueue?'],
    ['<response x="1"><enqueue/></response>', 'response: unknown attribute "x", none is expected here'],
    ['<response>hi<enqueue/></response>', 'response: text is not expected here: "hi"'],
    ['<enqueue/>', 'enqueue: at least one <route> is needed'],
    [`<enqueue>hi${ROUTE}</enqueue>`, 'enqueue: text is not expected here: "hi"'],
    [`<enqueue>${ROUTE}&#65;</enqueue>`, 'enqueue: text is not expected here: "A"'],
    [`<enqueue>${ROUTE}<rout/></enqueue>`, 'route 2: unknown element "rout", did you mean route?'],
    ['<enqueue><agent name="1"/></enqueue>', 'route 1: unknown element "agent", did you mean route?'],
    ['<enqueue><route/></enqueue>', 'route 1: at least one <agent>, <skill> or <condition> is needed'],
    [
      `<enqueue>${ROUTE}<route> </route></enqueue>`,
      'route 2: at least one <agent>, <skill> or <condition> is needed',
    ],
    ['<enqueue><route priority="1"/></enqueue>', 'route 1: unknown attribute "priority", none is expected here'],
    ['<enqueue><route>x<agent name="1"/></route></enqueue>', 'route 1: text is not expected here: "x"'],
    [
      '<enqueue><route><agent name="1"/><agents/></route></enqueue>',
      'route 1, target 2: unknown element "agents", did you mean agent?',
    ],
    [
      '<enqueue><route><agent name="1"/><skill name="1"/></route></enqueue>',
      'route 1: all targets must be of one kind, not agent and skill',
    ],
    [
      `<enqueue><route><condition id="${CONDITION}"/><skill name="1"/></route></enqueue>`,
      'route 1: all targets must be of one kind, not condition and skill',
    ],
    [
      '<enqueue><route><agent name="1"><skill name="1"/></agent></route></enqueue>',
      'route 1, target 1 (agent): unknown element "skill", none is expected here',
    ],
    [
      '<enqueue><route><agent name="1">x</agent></route></enqueue>',
      'route 1, target 1 (agent): text is not expected here: "x"',
    ],
  ])('%s is refused', (text, message) => {
    expectProblem(text, message);
  });

  test.each([
    ['queue_timout', 'agent', 'queue_timeout'],
    ['queueTimeout', 'agent', 'queue_timeout'],
    ['QUEUE_TIMEOUT', 'skill', 'queue_timeout'],
    ['fetchtime', 'skill', 'fetch_timeout'],
    ['FETCHTIMEOUT', 'agent', 'fetch_timeout'],
    ['nmae', 'agent', 'name'],
    ['name', 'condition', 'id'],
    ['__proto__', 'condition', 'id'],
    ['constructor', 'condition', 'id'],
    ['hasOwnProperty', 'condition', 'id'],
    ['toString', 'condition', 'id'],
  ])('attribute %s of %s is refused, %s is offered', (written, kind, nearest) => {
    const text = `<enqueue><route><${kind} ${written}="1"/></route></enqueue>`;
    expectProblem(text, `route 1, target 1 (${kind}): unknown attribute "${written}", did you mean ${nearest}?`);
  });

  test.each([
    ['ringmode', 'ring_mode'],
    ['waitvoice', 'wait_voice'],
    ['Choice', 'choice'],
    ['post_number_voice', 'post_num_voice'],
  ])('attribute %s of enqueue is refused, %s is offered', (written, nearest) => {
    const text = `<enqueue ${written}="1">${ROUTE}</enqueue>`;
    expectProblem(text, `enqueue: unknown attribute "${written}", did you mean ${nearest}?`);
  });

  test('a long or strange text is cut and quoted in the message', () => {
    const text = `<enqueue choice="a&#10;b${'😀'.repeat(3000)}">${ROUTE}</enqueue>`;
    expectProblem(text, `enqueue: choice must be random or lru or order or all, not "a\\nb${'😀'.repeat(37)}…"`);
  });
});

describe('what Stasis arguments mean', () => {
  const names = { agent: '1001' as AgentName, condition: CONDITION as ConditionId };
  test.each([
    ['an agent', agentEnqueue(names.agent), '<agent name="1001"/>'],
    ['a skill', skillEnqueue('sales'), '<skill name="sales"/>'],
    ['a condition', conditionEnqueue(names.condition), `<condition id="${CONDITION}"/>`],
  ])('%s alone is the document with it alone', (_, enqueue, target) => {
    expect(enqueue).toStrictEqual(read(`<enqueue><route>${target}</route></enqueue>`));
  });
});

test('the plan demo asks for anyone with the skill demo', () => {
  const { routes, choice } = read(readFileSync(join(__dirname, '../../plans/demo.xml'), 'utf8'));
  const target = { kind: 'skill', name: 'demo', priority: 0, queueTimeoutSeconds: 60, fetchTimeoutSeconds: 20 };
  expect(choice).toBe('random');
  expect(routes).toStrictEqual([{ targets: [target] }]);
});
