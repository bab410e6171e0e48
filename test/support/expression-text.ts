import { type ExpressionNode } from '../../src/domain/expression/expression';

/** How an expression is written out: with no more parentheses than it needs, or with all; what stands between its pieces. */
export type Manner = { readonly parentheses: 'few' | 'all'; readonly space: string };

/** As the table of the language has them, low to high. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];
const COMPARISONS = LEVELS[2]!;
const PREFIX_LEVEL = LEVELS.length;

/** Writes a tree out, and gives it back with the places that its parts have in the text. */
export function expressionText(
  tree: ExpressionNode,
  manner: Manner,
): { readonly text: string; readonly tree: ExpressionNode } {
  const writer = new ExpressionWriter(manner);
  const placed = writer.node(tree);
  return { text: writer.text, tree: placed };
}

class ExpressionWriter {
  text = '';

  constructor(private readonly manner: Manner) {}

  node(node: ExpressionNode): ExpressionNode {
    switch (node.is) {
      case 'literal':
        return { ...node, at: this.piece(literalText(node.value)) };
      case 'call': {
        const at = this.piece(node.name);
        this.piece('(');
        const args = node.args.map((each, position) => {
          if (position > 0) this.piece(',');
          return this.node(each);
        });
        this.piece(')');
        return { ...node, at, args };
      }
      case 'prefix': {
        const at = this.piece(node.operator);
        return { ...node, at, of: this.operand(node.of, levelOf(node.of) < PREFIX_LEVEL) };
      }
      case 'infix': {
        const level = levelOf(node);
        const isChained = COMPARISONS.includes(node.operator) && levelOf(node.left) === level;
        const left = this.operand(node.left, levelOf(node.left) < level || isChained);
        const at = this.piece(node.operator);
        return { ...node, at, left, right: this.operand(node.right, levelOf(node.right) <= level) };
      }
    }
  }

  private operand(node: ExpressionNode, needsParentheses: boolean): ExpressionNode {
    if (!needsParentheses && this.manner.parentheses === 'few') return this.node(node);
    this.piece('(');
    const placed = this.node(node);
    this.piece(')');
    return placed;
  }

  /** @returns the place of its first character, counted from 1. */
  private piece(text: string): number {
    this.text += this.manner.space;
    const at = Array.from(this.text).length + 1;
    this.text += text;
    return at;
  }
}

function levelOf(node: ExpressionNode): number {
  if (node.is === 'prefix') return PREFIX_LEVEL;
  if (node.is !== 'infix') return PREFIX_LEVEL + 1;
  return LEVELS.findIndex((operators) => operators.includes(node.operator));
}

function literalText(value: string | number | boolean): string {
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value);
}
