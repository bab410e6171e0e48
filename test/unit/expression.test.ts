import jsep from 'jsep';
import { parseExpression } from '../../src/adapters/expression/jsep-expression';
import { EvaluationFault, evaluator, failsByTime, usesIdle, valuesIn } from '../../src/domain/expression/evaluate';
import { ExpressionProblem, type Value, type ValueType } from '../../src/domain/expression/expression';
import type { Subject } from '../../src/domain/expression/functions';
import { checked, typeOf } from '../../src/domain/expression/type-check';
import { aSubject, expressionOf, MALFORMED_EXPRESSIONS } from '../support/expressions';

const ANNA = aSubject({ skills: { sales: 7, billing: 0, '"quoted\\': 3, 客服: 5, '😀': 9 } });

function valueOf(text: string, subject: Subject = ANNA): Value {
  const tree = parseExpression(text);
  return evaluator(checked(tree, text, typeOf(tree)))(subject);
}

function problemOf(text: string, wanted: ValueType): unknown {
  try {
    return expressionOf(text, wanted);
  } catch (problem) {
    return problem;
  }
}

function faultOf(text: string, subject: Subject = ANNA): unknown {
  try {
    return valueOf(text, subject);
  } catch (fault) {
    return fault;
  }
}

describe('given an agent, an expression has its value', () => {
  test.each<[text: string, value: Value]>([
    ['12', 12],
    ['1.5', 1.5],
    ['007', 7],
    ['true', true],
    ['false', false],
    ['"text"', 'text'],
    ['""', ''],
    ['"a \\"b\\" \\\\c"', 'a "b" \\c'],
    ['"\'欢迎\' 😀"', "'欢迎' 😀"],

    ['get("sales")', 7],
    ['get("billing")', 0],
    ['get("lacking")', 0],
    ['get("\\"quoted\\\\")', 3],
    ['get("客服") + get("😀")', 14],
    ['has("sales")', true],
    ['has("billing")', true],
    ['has("lacking")', false],
    ['has("constructor") || has("__proto__")', false],
    ['idle()', 90],
    ['name()', 'anna'],
    ['num()', '1001'],

    ['false || true', true],
    ['false || false', false],
    ['true && false', false],
    ['true && true', true],
    ['1 == 1', true],
    ['1 == 2', false],
    ['"a" == "a"', true],
    ['"a" == "b"', false],
    ['true == true', true],
    ['true == false', false],
    ['1 != 2', true],
    ['"a" != "a"', false],
    ['true != false', true],
    ['1 < 2', true],
    ['2 < 2', false],
    ['2 <= 2', true],
    ['3 <= 2', false],
    ['2 > 1', true],
    ['2 > 2', false],
    ['2 >= 2', true],
    ['1 >= 2', false],
    ['"a" < "b"', true],
    ['"b" <= "a"', false],
    ['"b" > "a"', true],
    ['"10" >= "9"', false],
    ['2 + 3', 5],
    ['2 - 3', -1],
    ['2 * 3', 6],
    ['3 / 2', 1.5],
    ['7 % 4', 3],
    ['-7 % 4', -3],
    ['!true', false],
    ['!!true', true],
    ['-2', -2],
    ['--2', 2],

    ['true || false && false', true],
    ['true && 1 == 2', false],
    ['1 + 1 == 2', true],
    ['2 + 3 * 4', 14],
    ['(2 + 3) * 4', 20],
    ['10 - 4 - 3', 3],
    ['10 - (4 - 3)', 9],
    ['100 / 10 / 5', 2],
    ['7 * 3 % 4', 1],
    ['-2 + 3', 1],
    ['-(2 + 3)', -5],
    ['!true == false', true],
    ['!(true == false)', true],
    ['1-1', 0],
    ['1--1', 2],
    ['(1 < 2) == true', true],
    ['true == (1 < 2)', true],
    ['(1 < 2) == (2 < 3)', true],
    ['1 < 2 && 2 < 3 || 3 < 2', true],

    ['true;', true],
    [' true ; ', true],
    ['\tget ( "sales" )\r\n>= 5', true],
    ['((((1))))', 1],
  ])('%s', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  test('given an agent without a number, its number is the empty text', () => {
    expect(valueOf('num() == ""', aSubject({ num: null }))).toBe(true);
  });

  test('given as deep a nesting as fits, it is read and evaluated', () => {
    expect(valueOf(`${'('.repeat(254)}true${')'.repeat(254)}`)).toBe(true);
    expect(valueOf(`${'!'.repeat(508)}true`)).toBe(true);
    expect(valueOf(`${'-('.repeat(170)}1${')'.repeat(170)}`)).toBe(1);
    expect(valueOf(`1${'+1'.repeat(255)}`)).toBe(256);
  });

  test('given 512 characters, it is read, however many units of UTF-16 they take', () => {
    const text = `"${'😀'.repeat(510)}"`;

    expect(valueOf(text)).toBe('😀'.repeat(510));
  });
});

describe('given a rule that fails for an agent, it throws a fault with its place', () => {
  test.each<[text: string, at: number, problem: string]>([
    ['1 / 0', 3, 'division by zero'],
    ['1 / -0', 3, 'division by zero'],
    ['10 % get("lacking") == 1', 4, 'remainder of a division by zero'],
    ['get("客服") / (get("sales") - 7)', 11, 'division by zero'],
    ['true && 0 / 0 == 1', 11, 'division by zero'],
    [`1${'0'.repeat(200)} * 1${'0'.repeat(200)}`, 203, 'the number becomes too large'],
    [`1 / 0.${'0'.repeat(330)}1`, 3, 'division by zero'],
    [`-1${'0'.repeat(200)} / 0.${'0'.repeat(150)}1`, 204, 'the number becomes too large'],
  ])('%s', (text, at, problem) => {
    expect(faultOf(text)).toMatchObject({
      name: 'EvaluationFault',
      at,
      problem: { en: problem },
      message: `character ${at}: ${problem}`,
    });
  });

  test('given what the left side decides, the right side is not evaluated', () => {
    expect(valueOf('false && 1 / 0 == 1')).toBe(false);
    expect(valueOf('true || 1 / 0 == 1')).toBe(true);
    expect(valueOf('!has("lacking") || 10 / get("lacking") > 1')).toBe(true);
  });

  test('given the same failure again, it throws the same object', () => {
    const evaluate = evaluator(expressionOf('1 / get("sales") > 0', 'boolean'));
    const faults = [aSubject(), aSubject({ name: 'bert' })].map((subject) => {
      try {
        return evaluate(subject);
      } catch (fault) {
        return fault;
      }
    });

    expect(faults[0]).toBeInstanceOf(EvaluationFault);
    expect(faults[1]).toBe(faults[0]);
    expect(evaluate(aSubject({ skills: { sales: 2 } }))).toBe(true);
  });
});

describe('given a text that is no expression, or one of the wrong type, it says what is wrong and where', () => {
  test.each(MALFORMED_EXPRESSIONS)('$text', ({ text, wanted, at, problem }) => {
    const found = problemOf(text, wanted);

    expect(found).toBeInstanceOf(ExpressionProblem);
    expect(found).toMatchObject({ at, problem: { en: expect.stringMatching(problem) } });
    const { message, problem: told } = found as ExpressionProblem;
    expect(message).toBe(`character ${at}: ${told.en}`);
  });

  test('no text stands in the corpus twice for the same type', () => {
    const keys = MALFORMED_EXPRESSIONS.map(({ text, wanted }) => `${wanted} ${text}`);

    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('what an expression is made from', () => {
  test('given a text, its tree is plain data with the place of each part', () => {
    const { tree, ...rest } = expressionOf('!has("😀") && 1 - 2 <= -idle();', 'boolean');

    expect(rest).toEqual({ text: '!has("😀") && 1 - 2 <= -idle();', type: 'boolean' });
    expect(tree).toEqual({
      at: 11,
      is: 'infix',
      operator: '&&',
      left: {
        at: 1,
        is: 'prefix',
        operator: '!',
        of: { at: 2, is: 'call', name: 'has', args: [{ at: 6, is: 'literal', value: '😀' }] },
      },
      right: {
        at: 20,
        is: 'infix',
        operator: '<=',
        left: {
          at: 16,
          is: 'infix',
          operator: '-',
          left: { at: 14, is: 'literal', value: 1 },
          right: { at: 18, is: 'literal', value: 2 },
        },
        right: { at: 23, is: 'prefix', operator: '-', of: { at: 24, is: 'call', name: 'idle', args: [] } },
      },
    });
  });

  test('given an expression that comes back from the store, it has the same value', () => {
    const expression = expressionOf('get("sales") * 2 > 13 && has("客服")', 'boolean');

    expect(evaluator(structuredClone(expression))(ANNA)).toBe(true);
    expect(evaluator(JSON.parse(JSON.stringify(expression)) as typeof expression)(ANNA)).toBe(true);
  });

  test('given the same expression twice, it is compiled once', () => {
    const expression = expressionOf('has("sales")', 'boolean');

    expect(evaluator(expression)).toBe(evaluator(expression));
  });
});

describe('jsep, which the whole process shares', () => {
  test('given that we have parsed, it still takes all that it took', () => {
    parseExpression('1 < 2');

    expect(jsep('a.b === [1] ? c ?? d : ~e')).toMatchObject({ type: 'ConditionalExpression' });
    expect(jsep('a == b < c')).toMatchObject({ operator: '==', right: { operator: '<' } });
  });

  test.each(['*', '-'])('given that somebody took %s from it, what it cannot read is refused', (operator) => {
    const precedence = jsep.binary_ops[operator]!;
    jsep.removeBinaryOp(operator);
    try {
      expect(() => parseExpression(`2 ${operator} 1`)).toThrow(ExpressionProblem);
    } finally {
      jsep.addBinaryOp(operator, precedence);
    }
    expect(valueOf(`2 ${operator} 1`)).toBe(operator === '*' ? 2 : 1);
  });
});

describe('what an expression depends on', () => {
  test.each([
    ['idle() > 10', true],
    ['has("a") && -(get("b") * idle()) < 3', true],
    ['false && idle() > 1', true],
    ['has("idle()") || name() == "idle()"', false],
    ['(get("a") > 1) == has("b")', false],
  ])('%s', (text, isTimed) => {
    expect(usesIdle(expressionOf(text, 'boolean'))).toBe(isTimed);
  });

  test.each([
    ['10 / idle()', true],
    ['get("a") % (2 - idle())', true],
    ['-(1 / (get("a") / idle()))', true],
    ['idle() / 10', false],
    ['-idle() % 4 / get("a")', false],
    ['10 - idle()', false],
  ])('time alone changes whether %s fails: %s', (text, isSo) => {
    expect(failsByTime(expressionOf(text, 'number'))).toBe(isSo);
  });

  test('given an agent, it tells what each function gave, once, in the order of the text', () => {
    const text =
      'get("sales")>5 && (has("b") || idle() / get( "sales" ) > 1) && name() != num() && !has("\\"quoted\\\\")';

    expect(valuesIn(expressionOf(text, 'boolean'), ANNA)).toEqual([
      'get("sales") = 7',
      'has("b") = false',
      'idle() = 90',
      'name() = "anna"',
      'num() = "1001"',
      'has("\\"quoted\\\\") = true',
    ]);
    expect(valuesIn(expressionOf('true', 'boolean'), ANNA)).toEqual([]);
  });
});
