import { createContext, Script } from 'node:vm';
import fc from 'fast-check';
import { parseExpression } from '../../src/adapters/expression/jsep-expression';
import { EvaluationFault, evaluator } from '../../src/domain/expression/evaluate';
import { type ExpressionNode, ExpressionProblem, type Value } from '../../src/domain/expression/expression';
import type { Subject } from '../../src/domain/expression/functions';
import { checked, typeOf } from '../../src/domain/expression/type-check';
import { expressionText, type Manner } from '../support/expression-text';
import { aSubject } from '../support/expressions';

const SKILLS = ['sales', 'a', '客服', '😀', 'with "quotes" and \\'] as const;
const MAX_CHARACTERS = 512;

const literal = (value: Value): ExpressionNode => ({ at: 0, is: 'literal', value });
const call = (name: string, ...args: readonly ExpressionNode[]): ExpressionNode => ({
  at: 0,
  is: 'call',
  name,
  args,
});
const prefix = (operator: '!' | '-') => (of: ExpressionNode) => ({ at: 0, is: 'prefix', operator, of }) as const;

type Infix = Extract<ExpressionNode, { readonly is: 'infix' }>['operator'];
type Trees = Record<'number' | 'boolean' | 'string', ExpressionNode>;

const skill = fc.constantFrom(...SKILLS).map(literal);

function infix(
  operand: fc.Arbitrary<ExpressionNode>,
  ...operators: readonly Infix[]
): fc.Arbitrary<ExpressionNode> {
  const parts = fc.record({ operator: fc.constantFrom(...operators), left: operand, right: operand });
  return parts.map((each) => ({ at: 0, is: 'infix', ...each }));
}

/** Trees of each type, as deep as chance has it. */
const { number, boolean, string } = fc.letrec<Trees>((tie) => ({
  number: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.integer({ min: 0, max: 12 }).map((quarters) => literal(quarters / 4)),
    skill.map((each) => call('get', each)),
    fc.constant(call('idle')),
    tie('number').map(prefix('-')),
    infix(tie('number'), '+', '-', '*', '/', '%'),
    infix(tie('number'), '+', '-'),
  ),
  boolean: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.boolean().map(literal),
    skill.map((each) => call('has', each)),
    tie('boolean').map(prefix('!')),
    infix(tie('boolean'), '||', '&&'),
    infix(tie('number'), '==', '!=', '<', '<=', '>', '>='),
    infix(tie('string'), '==', '!=', '<', '<=', '>', '>='),
    infix(tie('boolean'), '==', '!='),
  ),
  string: fc.oneof(
    fc.string({ unit: fc.constantFrom('a', '1', '"', '\\', ' ', '(', '中', '😀'), maxLength: 3 }).map(literal),
    fc.constantFrom(call('name'), call('num')),
  ),
}));
const tree = fc.oneof({ arbitrary: boolean, weight: 5 }, { arbitrary: number, weight: 5 }, string);

const manner: fc.Arbitrary<Manner> = fc.record({
  parentheses: fc.constantFrom('few', 'all'),
  space: fc.constantFrom('', ' ', '\r\n\t'),
});

const subject: fc.Arbitrary<Subject> = fc
  .record({
    skills: fc.dictionary(fc.constantFrom(...SKILLS), fc.integer({ min: -3, max: 10 }), { noNullPrototype: true }),
    name: fc.constantFrom('a', 'anna'),
    num: fc.constantFrom(null, '1', '1001'),
    idleSeconds: fc.integer({ min: 0, max: 90 }),
  })
  .map(aSubject);

function fits(text: string): boolean {
  return Array.from(text).length <= MAX_CHARACTERS;
}

test('given any tree, its text is read as that tree, part for part at its place', () => {
  fc.assert(
    fc.property(tree, manner, fc.constantFrom('', ';', ' ; '), (any, written, end) => {
      const { text, tree: placed } = expressionText(any, written);
      fc.pre(fits(text + end));

      expect(parseExpression(text + end)).toEqual(placed);
    }),
    { numRuns: 2000 },
  );
});

test('given any tree and agent, its value or its fault is what walking the tree gives', () => {
  fc.assert(
    fc.property(tree, subject, (any, agent) => {
      const { text, tree: placed } = expressionText(any, { parentheses: 'few', space: ' ' });
      fc.pre(fits(text));
      const expression = checked(parseExpression(text), text, typeOf(placed));

      expect(outcome(() => evaluator(expression)(agent))).toEqual(outcome(() => walk(placed, agent)));
    }),
    { numRuns: 2000 },
  );
});

test('given any tree and agent, its value is what JavaScript makes of the same text', () => {
  const context = createContext({});
  fc.assert(
    fc.property(tree, subject, (any, agent) => {
      const { text } = expressionText(any, { parentheses: 'few', space: ' ' });
      fc.pre(fits(text));
      const result = outcome(() => {
        const parsed = parseExpression(text);
        return evaluator(checked(parsed, text, typeOf(parsed)))(agent);
      });
      fc.pre(!('problem' in result)); // JavaScript knows no fault.
      Object.assign(context, {
        get: (name: string) => agent.score(name) ?? 0,
        has: (name: string) => agent.score(name) !== undefined,
        idle: () => agent.idleSeconds,
        name: () => agent.name,
        num: () => agent.num ?? '',
      });

      expect(result).toEqual({ value: new Script(text).runInContext(context) as Value });
    }),
    { numRuns: 500 },
  );
});

const PIECES =
  '1 0.5 "a" "😀" true false get has idle name num foo and ( ) ( ) , ; ! - + * / % == != < <= > >= && || = === & ? : . [ ] {'.split(
    ' ',
  );

test.each([
  [
    'pieces of the language',
    fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((each) => each.join(' ')),
  ],
  ['pieces without space', fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((each) => each.join(''))],
  ['any characters', fc.string({ unit: 'binary', maxLength: 30 })],
])('given %s, it is read, and then in one way only, or it is refused at a place in it', (_, texts) => {
  fc.assert(
    fc.property(texts, (text) => {
      let read: ExpressionNode;
      try {
        read = parseExpression(text);
      } catch (problem) {
        expect(problem).toBeInstanceOf(ExpressionProblem);
        const { at } = problem as ExpressionProblem;
        expect(at).toBeGreaterThanOrEqual(1);
        expect(at).toBeLessThanOrEqual(Array.from(text).length + 1);
        return;
      }
      const again = expressionText(read, { parentheses: 'all', space: ' ' });
      expect(parseExpression(again.text)).toEqual(again.tree);
      expect(withoutPlaces(again.tree)).toEqual(withoutPlaces(read));
    }),
    { numRuns: 3000 },
  );
});

test('given a text with one piece taken out, put in or replaced, it is read or refused, and nothing else', () => {
  fc.assert(
    fc.property(tree, fc.nat(), fc.nat(2), fc.constantFrom('', ...PIECES), (any, where, removed, piece) => {
      const { text } = expressionText(any, { parentheses: 'few', space: ' ' });
      const characters = Array.from(text);
      characters.splice(where % (characters.length + 1), removed, piece);
      try {
        const changed = characters.join('');
        const parsed = parseExpression(changed);
        evaluator(checked(parsed, changed, typeOf(parsed)))(aSubject());
      } catch (problem) {
        expect(problem instanceof ExpressionProblem || problem instanceof EvaluationFault).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

type Outcome = { readonly value: Value } | { readonly at: number; readonly problem: string };

function outcome(evaluate: () => Value): Outcome {
  try {
    return { value: evaluate() };
  } catch (fault) {
    if (!(fault instanceof EvaluationFault || fault instanceof Fault)) throw fault;
    const { at, problem } = fault;
    return { at, problem: typeof problem === 'string' ? problem : problem.en };
  }
}

class Fault extends Error {
  constructor(
    readonly at: number,
    readonly problem: string,
  ) {
    super(problem);
  }
}

/** What the language means, written as plainly as can be. */
function walk(node: ExpressionNode, agent: Subject): Value {
  switch (node.is) {
    case 'literal':
      return node.value;
    case 'call': {
      const [given] = node.args.map((each) => walk(each, agent));
      if (node.name === 'get') return agent.score(given as string) ?? 0;
      if (node.name === 'has') return agent.score(given as string) !== undefined;
      if (node.name === 'idle') return agent.idleSeconds;
      return node.name === 'name' ? agent.name : (agent.num ?? '');
    }
    case 'prefix':
      return node.operator === '!' ? !walk(node.of, agent) : -(walk(node.of, agent) as number);
    case 'infix': {
      const left = walk(node.left, agent);
      if (node.operator === '&&' && left === false) return false;
      if (node.operator === '||' && left === true) return true;
      return infixValue(node.operator, left, walk(node.right, agent), node.at);
    }
  }
}

function infixValue(operator: Infix, left: Value, right: Value, at: number): Value {
  if (operator === '&&' || operator === '||') return right;
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (operator === '<') return left < right;
  if (operator === '<=') return left < right || left === right;
  if (operator === '>') return right < left;
  if (operator === '>=') return right < left || left === right;
  const [one, other] = [left as number, right as number];
  if (operator === '/' && other === 0) throw new Fault(at, 'division by zero');
  if (operator === '%' && other === 0) throw new Fault(at, 'remainder of a division by zero');
  const result =
    operator === '+'
      ? one + other
      : operator === '-'
        ? one - other
        : operator === '*'
          ? one * other
          : operator === '/'
            ? one / other
            : one % other;
  if (!Number.isFinite(result)) throw new Fault(at, 'the number becomes too large');
  return result;
}

function withoutPlaces(node: ExpressionNode): unknown {
  return JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === 'at' ? undefined : value)));
}
