import { atCharacter, type Text } from '../text';
import {
  type Expression,
  type ExpressionNode,
  type InfixOperator,
  type PrefixOperator,
  type ValueOf,
  type ValueType,
} from './expression';
import { type Evaluate, FUNCTIONS, type Subject } from './functions';

/** A rule gives nothing for this agent. One object for each place in a rule, so that throwing it costs little. */
export class EvaluationFault extends Error {
  override readonly name = 'EvaluationFault';

  constructor(
    /** Where, as `ExpressionNode.at`. */
    readonly at: number,
    readonly problem: Text,
  ) {
    super(atCharacter(at, problem).en);
  }
}

const FAULTS = {
  division: { zh: '除数为零', en: 'division by zero' },
  remainder: { zh: '求余的除数为零', en: 'remainder of a division by zero' },
  tooLarge: { zh: '数值过大', en: 'the number becomes too large' },
} as const satisfies Readonly<Record<string, Text>>;

type Call = ExpressionNode & { readonly is: 'call' };
type Numbers = Evaluate<number>;
type Booleans = Evaluate<boolean>;

type Compiled = {
  readonly evaluate: Evaluate;
  readonly isTimed: boolean;
  readonly failsByTime: boolean;
  readonly calls: readonly { readonly text: string; readonly evaluate: Evaluate }[];
};

const compiled = new WeakMap<Expression, Compiled>();

/**
 * What the expression gives for an agent, as a function that is made once for each expression object.
 * It throws an EvaluationFault when it divides by zero, or when a number becomes too large.
 */
export function evaluator<Type extends ValueType>(expression: Expression<Type>): Evaluate<ValueOf<Type>> {
  return compiledOf(expression).evaluate as Evaluate<ValueOf<Type>>; // Its type was checked when it was made.
}

/** Whether time alone may change what it gives. */
export function usesIdle(expression: Expression): boolean {
  return compiledOf(expression).isTimed;
}

/** Whether time alone may change that it gives anything at all: it divides by what time changes. */
export function failsByTime(expression: Expression): boolean {
  return compiledOf(expression).failsByTime;
}

/** What the functions in it give for an agent, each once, in the order of the text: `get("sales") = 3`. */
export function valuesIn(expression: Expression, subject: Subject): readonly string[] {
  return compiledOf(expression).calls.map(
    ({ text, evaluate }) => `${text} = ${JSON.stringify(evaluate(subject))}`,
  );
}

function compiledOf(expression: Expression): Compiled {
  let found = compiled.get(expression);
  if (found === undefined) {
    const calls = new Map(callsIn(expression.tree).map((call) => [callText(call), call]));
    found = {
      evaluate: compile(expression.tree),
      isTimed: isAnyTimed([...calls.values()]),
      failsByTime: divisorsIn(expression.tree).some((divisor) => isAnyTimed(callsIn(divisor))),
      calls: [...calls].map(([text, call]) => ({ text, evaluate: compileCall(call) })),
    };
    compiled.set(expression, found);
  }
  return found;
}

function callsIn(node: ExpressionNode): readonly Call[] {
  switch (node.is) {
    case 'literal':
      return [];
    case 'call':
      return [node]; // Arguments are literals.
    case 'prefix':
      return callsIn(node.of);
    case 'infix':
      return [...callsIn(node.left), ...callsIn(node.right)];
  }
}

function divisorsIn(node: ExpressionNode): readonly ExpressionNode[] {
  switch (node.is) {
    case 'literal':
    case 'call':
      return [];
    case 'prefix':
      return divisorsIn(node.of);
    case 'infix': {
      const within = [...divisorsIn(node.left), ...divisorsIn(node.right)];
      return node.operator === '/' || node.operator === '%' ? [...within, node.right] : within;
    }
  }
}

function isAnyTimed(calls: readonly Call[]): boolean {
  return calls.some(({ name }) => FUNCTIONS.get(name)?.isTimed === true);
}

function callText({ name, args }: Call): string {
  return `${name}(${args
    .map(skillOf)
    .map((skill) => JSON.stringify(skill))
    .join(', ')})`;
}

function compile(node: ExpressionNode): Evaluate {
  switch (node.is) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'call':
      return compileCall(node);
    case 'prefix':
      return PREFIXES[node.operator](compile(node.of) as never);
    case 'infix':
      return INFIXES[node.operator](compile(node.left) as never, compile(node.right) as never, node.at);
  }
}

function compileCall({ name, args }: Call): Evaluate {
  const called = FUNCTIONS.get(name)!; // An expression knows no other, nor anything but a skill's name as argument.
  return called.takes === 'nothing' ? called.bind() : called.bind(skillOf(args[0]!));
}

function skillOf(node: ExpressionNode): string {
  return String((node as ExpressionNode & { readonly is: 'literal' }).value);
}

/** The check has seen to it that the operands give what is taken here. Strings stand for numbers where both will do. */
const PREFIXES: Readonly<Record<PrefixOperator, (of: never) => Evaluate>> = {
  '!': (of: Booleans) => (subject) => !of(subject),
  '-': (of: Numbers) => (subject) => -of(subject),
};

const INFIXES: Readonly<Record<InfixOperator, (left: never, right: never, at: number) => Evaluate>> = {
  '||': (left: Booleans, right: Booleans) => (subject) => left(subject) || right(subject),
  '&&': (left: Booleans, right: Booleans) => (subject) => left(subject) && right(subject),
  '==': (left: Evaluate, right: Evaluate) => (subject) => left(subject) === right(subject),
  '!=': (left: Evaluate, right: Evaluate) => (subject) => left(subject) !== right(subject),
  '<': (left: Numbers, right: Numbers) => (subject) => left(subject) < right(subject),
  '<=': (left: Numbers, right: Numbers) => (subject) => left(subject) <= right(subject),
  '>': (left: Numbers, right: Numbers) => (subject) => left(subject) > right(subject),
  '>=': (left: Numbers, right: Numbers) => (subject) => left(subject) >= right(subject),
  '+': finite((left, right) => (subject) => left(subject) + right(subject)),
  '-': finite((left, right) => (subject) => left(subject) - right(subject)),
  '*': finite((left, right) => (subject) => left(subject) * right(subject)),
  '/': finite((left, right, at) => {
    const divisor = notZero(right, new EvaluationFault(at, FAULTS.division));
    return (subject) => left(subject) / divisor(subject);
  }),
  '%': finite((left, right, at) => {
    const divisor = notZero(right, new EvaluationFault(at, FAULTS.remainder));
    return (subject) => left(subject) % divisor(subject);
  }),
};

type Arithmetic = (left: Numbers, right: Numbers, at: number) => Numbers;

function finite(operation: Arithmetic): Arithmetic {
  return (left, right, at) => {
    const evaluate = operation(left, right, at);
    const fault = new EvaluationFault(at, FAULTS.tooLarge);
    return (subject) => {
      const result = evaluate(subject);
      if (!Number.isFinite(result)) throw fault;
      return result;
    };
  };
}

function notZero(evaluate: Numbers, fault: EvaluationFault): Numbers {
  return (subject) => {
    const result = evaluate(subject);
    if (result === 0) throw fault;
    return result;
  };
}
