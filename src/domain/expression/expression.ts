import { atCharacter, type Text } from '../text';

/** A rule about one agent, as it was written, and checked: it can be evaluated without looking at its types again. */
export type Expression<Type extends ValueType = ValueType> = {
  readonly text: string;
  readonly type: Type;
  readonly tree: ExpressionNode;
};

export type ValueType = 'boolean' | 'number' | 'string';
export type Value = boolean | number | string;
export type ValueOf<Type extends ValueType> = { boolean: boolean; number: number; string: string }[Type];

/**
 * `at`: where it begins in the text, of an infix where its operator stands; counted from 1 in characters (code points).
 * Plain data: it is stored with its condition.
 */
export type ExpressionNode = { readonly at: number } & (
  | { readonly is: 'literal'; readonly value: Value }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly ExpressionNode[] }
  | { readonly is: 'prefix'; readonly operator: PrefixOperator; readonly of: ExpressionNode }
  | {
      readonly is: 'infix';
      readonly operator: InfixOperator;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    }
);

export type PrefixOperator = '!' | '-';
export type InfixOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

/** Bounds the depth of the tree too, and with it what the recursion over it may take of the stack. */
export const MAX_EXPRESSION_CHARACTERS = 512;

/** A text is no expression, or one of the wrong types. */
export class ExpressionProblem extends Error {
  override readonly name = 'ExpressionProblem';

  constructor(
    /** Where, counted from 1 in characters (code points); behind the last one when something is missing there. */
    readonly at: number,
    readonly problem: Text,
  ) {
    super(atCharacter(at, problem).en);
  }

  get text(): Text {
    return atCharacter(this.at, this.problem);
  }
}
