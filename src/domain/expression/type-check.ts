import { nearestName, shown } from '../nearest-name';
import { isSkillName } from '../queue/enqueue';
import {
  type Expression,
  type ExpressionNode,
  ExpressionProblem,
  type InfixOperator,
  type PrefixOperator,
  type ValueType,
} from './expression';
import { FUNCTIONS } from './functions';

type Signature = {
  /** One of these, and the same on both sides. */
  readonly takes: readonly ValueType[];
  readonly gives: ValueType;
};

const LOGIC: Signature = { takes: ['boolean'], gives: 'boolean' };
const EQUALITY: Signature = { takes: ['number', 'string', 'boolean'], gives: 'boolean' };
const ORDER: Signature = { takes: ['number', 'string'], gives: 'boolean' };
const ARITHMETIC: Signature = { takes: ['number'], gives: 'number' };

const PREFIXES: Readonly<Record<PrefixOperator, Signature>> = { '!': LOGIC, '-': ARITHMETIC };

const INFIXES: Readonly<Record<InfixOperator, Signature>> = {
  '||': LOGIC,
  '&&': LOGIC,
  '==': EQUALITY,
  '!=': EQUALITY,
  '<': ORDER,
  '<=': ORDER,
  '>': ORDER,
  '>=': ORDER,
  '+': ARITHMETIC,
  '-': ARITHMETIC,
  '*': ARITHMETIC,
  '/': ARITHMETIC,
  '%': ARITHMETIC,
};

const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  boolean: 'true or false',
  number: 'a number',
  string: 'a string',
};

/**
 * Makes an expression of a syntax tree, when every function and operator in it gets what it takes.
 * @param text what the tree was read from
 * @throws {ExpressionProblem} for the first thing that does not fit, in the order of evaluation.
 */
export function checked<Type extends ValueType>(
  tree: ExpressionNode,
  text: string,
  wanted: Type,
): Expression<Type> {
  const given = typeOf(tree);
  if (given !== wanted) {
    throw new ExpressionProblem(tree.at, `the result must be ${TYPE_NAMES[wanted]}, not ${TYPE_NAMES[given]}`);
  }
  return { text, type: wanted, tree };
}

/**
 * What a part of an expression gives.
 * @throws {ExpressionProblem}
 */
export function typeOf(node: ExpressionNode): ValueType {
  switch (node.is) {
    case 'literal':
      return typeof node.value as ValueType;
    case 'call':
      return callType(node);
    case 'prefix': {
      const { takes, gives } = PREFIXES[node.operator];
      expectOneOf(takes, node.of, node.operator);
      return gives;
    }
    case 'infix': {
      const { takes, gives } = INFIXES[node.operator];
      const left = expectOneOf(takes, node.left, node.operator);
      const right = expectOneOf(takes, node.right, node.operator);
      if (left === right) return gives;
      const both = `${TYPE_NAMES[left]} with ${TYPE_NAMES[right]}`;
      throw new ExpressionProblem(node.at, `${node.operator} cannot compare ${both}`);
    }
  }
}

function expectOneOf(takes: readonly ValueType[], operand: ExpressionNode, operator: string): ValueType {
  const given = typeOf(operand);
  if (takes.includes(given)) return given;
  const wanted = takes.map((each) => TYPE_NAMES[each]).join(' or ');
  throw new ExpressionProblem(operand.at, `${operator} takes ${wanted}, not ${TYPE_NAMES[given]}`);
}

function callType({ at, name, args }: ExpressionNode & { readonly is: 'call' }): ValueType {
  const called = FUNCTIONS.get(name);
  if (!called) {
    const nearest = nearestName(name, [...FUNCTIONS.keys()]);
    throw new ExpressionProblem(at, `unknown function ${shown(name)}, did you mean ${nearest}?`);
  }
  if (called.takes === 'nothing') expectCount(args, 0, at, `${name}() takes no argument`);
  else expectSkill(args, at, name);
  return called.gives;
}

function expectSkill(args: readonly ExpressionNode[], at: number, name: string): void {
  const takes = `${name}() takes the name of a skill in double quotes`;
  expectCount(args, 1, at, `${takes} as its one argument`);
  const skill = args[0]!;
  if (skill.is !== 'literal' || typeof skill.value !== 'string') throw new ExpressionProblem(skill.at, takes);
  if (!isSkillName(skill.value)) {
    throw new ExpressionProblem(
      skill.at,
      `${shown(skill.value)} is no name of a skill, which has 1 to 64 characters`,
    );
  }
}

function expectCount(args: readonly ExpressionNode[], count: number, at: number, takes: string): void {
  if (args.length !== count) throw new ExpressionProblem(at, `${takes}, not ${args.length}`);
}
