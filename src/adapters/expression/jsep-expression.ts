import jsep from 'jsep';
import {
  type ExpressionNode,
  ExpressionProblem,
  type InfixOperator,
  MAX_EXPRESSION_CHARACTERS,
  type PrefixOperator,
  type Value,
} from '../../domain/expression/expression';
import { joined, type Text, verbatim } from '../../domain/text';
import { type ExpressionParser } from '../../ports/parsing';
import { characterAt, problemAt, type Token, tokensOf } from './expression-tokens';
import { checkOrder } from './token-order';

const NO_EXPRESSION: Text = { zh: '不是表达式', en: 'not an expression' };

/**
 * The library takes far more than our language (members, arrays, `?:`, assignments, several expressions), and a few
 * things that are no language at all: `,1`, `(1;)`, `1 2`. It also tells no positions. So the text is cut into tokens and
 * their order checked by our own rules first, and the library is left with what binds to what. Its settings are
 * shared by the whole process and stay as they are.
 */
export const parseExpression: ExpressionParser = (text) => {
  const characters = [...text].length;
  if (characters > MAX_EXPRESSION_CHARACTERS) {
    throw new ExpressionProblem(MAX_EXPRESSION_CHARACTERS + 1, {
      zh: `不得大于 ${MAX_EXPRESSION_CHARACTERS} 个字符，现有 ${characters} 个`,
      en: `at most ${MAX_EXPRESSION_CHARACTERS} characters, not ${characters}`,
    });
  }
  const tokens = tokensOf(text);
  checkOrder(text, tokens);
  return positioned(text, tokens, shapeOf(text));
};

function shapeOf(text: string): jsep.Expression {
  try {
    return jsep(text);
  } catch (error) {
    const { index, description } = error as { readonly index?: number; readonly description?: string };
    const told = description === undefined ? NO_EXPRESSION : joined(': ', NO_EXPRESSION, verbatim(description));
    throw problemAt(text, index ?? 0, told);
  }
}

/** Walks the tree in the order of the text, in which literals, names and operators are the tokens one by one. */
function positioned(text: string, tokens: readonly Token[], shape: jsep.Expression): ExpressionNode {
  const remaining = tokens
    .filter(({ kind }) => kind === 'literal' || kind === 'name' || kind === 'operator')
    .values();

  function next(): Token & { readonly at: number } {
    const token = remaining.next().value;
    if (!token) throw problemAt(text, text.length, NO_EXPRESSION);
    return { ...token, at: characterAt(text, token.index) };
  }

  function nodeFrom(node: jsep.Expression): ExpressionNode {
    const { type, value, operator, left, argument, right } = node as jsep.Expression & Parts;
    switch (type) {
      case 'Literal':
        return { at: next().at, is: 'literal', value };
      case 'CallExpression': {
        const { at, text: name } = next();
        return { at, is: 'call', name, args: (node['arguments'] as readonly jsep.Expression[]).map(nodeFrom) };
      }
      case 'UnaryExpression':
        return { at: next().at, is: 'prefix', operator: operator as PrefixOperator, of: nodeFrom(argument) };
      case 'BinaryExpression': {
        const first = nodeFrom(left);
        return {
          at: next().at,
          is: 'infix',
          operator: operator as InfixOperator,
          left: first,
          right: nodeFrom(right),
        };
      }
      default:
        throw problemAt(text, next().index, NO_EXPRESSION);
    }
  }

  return nodeFrom(shape);
}

type Parts = {
  readonly value: Value;
  readonly operator: string;
  readonly left: jsep.Expression;
  readonly right: jsep.Expression;
  readonly argument: jsep.Expression;
};
