import { shown, unknownName } from '../nearest-name';
import { isSkillName } from '../queue/enqueue';
import type { Text } from '../text';
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

const TYPES: Readonly<Record<ValueType, Text>> = {
  boolean: { zh: '布尔值', en: 'true or false' },
  number: { zh: '数值', en: 'a number' },
  string: { zh: '字符串', en: 'a string' },
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
    throw new ExpressionProblem(tree.at, {
      zh: `结果应为${TYPES[wanted].zh}，而非${TYPES[given].zh}`,
      en: `the result must be ${TYPES[wanted].en}, not ${TYPES[given].en}`,
    });
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
      throw new ExpressionProblem(node.at, {
        zh: `${node.operator} 不能比较${TYPES[left].zh}与${TYPES[right].zh}`,
        en: `${node.operator} cannot compare ${TYPES[left].en} with ${TYPES[right].en}`,
      });
    }
  }
}

function expectOneOf(takes: readonly ValueType[], operand: ExpressionNode, operator: string): ValueType {
  const given = typeOf(operand);
  if (takes.includes(given)) return given;
  const wanted = takes.map((each) => TYPES[each]);
  throw new ExpressionProblem(operand.at, {
    zh: `${operator} 的操作数应为${wanted.map(({ zh }) => zh).join('或')}，而非${TYPES[given].zh}`,
    en: `${operator} takes ${wanted.map(({ en }) => en).join(' or ')}, not ${TYPES[given].en}`,
  });
}

function callType({ at, name, args }: ExpressionNode & { readonly is: 'call' }): ValueType {
  const called = FUNCTIONS.get(name);
  if (!called) throw new ExpressionProblem(at, unknownName('function', name, [...FUNCTIONS.keys()]));
  if (called.takes === 'skill') expectSkill(args, at, name);
  else if (args.length > 0) {
    throw new ExpressionProblem(at, {
      zh: `${name}() 不带参数，此处有 ${args.length} 个`,
      en: `${name}() takes no argument, not ${args.length}`,
    });
  }
  return called.gives;
}

function expectSkill(args: readonly ExpressionNode[], at: number, name: string): void {
  const [skill, ...more] = args;
  if (skill === undefined || more.length > 0) {
    throw new ExpressionProblem(at, {
      zh: `${name}() 只带一个参数，即双引号中的技能名，此处有 ${args.length} 个`,
      en: `${name}() takes the name of a skill in double quotes as its one argument, not ${args.length}`,
    });
  }
  if (skill.is !== 'literal' || typeof skill.value !== 'string') {
    throw new ExpressionProblem(skill.at, {
      zh: `${name}() 的参数应为双引号中的技能名`,
      en: `${name}() takes the name of a skill in double quotes`,
    });
  }
  if (!isSkillName(skill.value)) {
    throw new ExpressionProblem(skill.at, {
      zh: `${shown(skill.value)} 不是技能名，技能名为 1 至 64 个字符`,
      en: `${shown(skill.value)} is no name of a skill, which has 1 to 64 characters`,
    });
  }
}
