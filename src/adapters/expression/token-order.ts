import { type ExpressionProblem } from '../../domain/expression/expression';
import { shown, withHint } from '../../domain/nearest-name';
import type { Text } from '../../domain/text';
import { isOperatorWord, problemAt, type Token, unknownOperator } from './expression-tokens';

/** What stands between two parentheses, or the whole. */
type Group = {
  readonly open: Token | null;
  readonly isCall: boolean;
  /** A comparison stands since the last `&&`, `||` or comma. */
  hasComparison: boolean;
};

const PREFIXES: ReadonlySet<string> = new Set(['!', '-']);
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const LOGIC: ReadonlySet<string> = new Set(['&&', '||']);

/**
 * Values and operators take turns, parentheses match, commas stand between the arguments of a call alone, comparisons
 * are not chained, and a `;` comes last if at all.
 * @throws {ExpressionProblem} for the first token that stands where it may not.
 */
export function checkOrder(text: string, tokens: readonly Token[]): void {
  const reader = new OrderReader(text, tokens);
  tokens.forEach((token, position) => reader.take(token, position));
  reader.end();
}

class OrderReader {
  private readonly groups: Group[] = [{ open: null, isCall: false, hasComparison: false }];
  private wantsValue = true;

  constructor(
    private readonly text: string,
    private readonly tokens: readonly Token[],
  ) {}

  take(token: Token, position: number): void {
    if (this.wantsValue) this.takeValue(token, position);
    else this.takeOperator(token, position);
  }

  end(): void {
    if (this.wantsValue) {
      throw problemAt(this.text, this.text.length, { zh: '末尾缺少值', en: 'a value is missing at the end' });
    }
    const { open } = this.group;
    if (open) {
      throw this.problem(open, {
        zh: '此处的左括号没有对应的右括号',
        en: 'the parenthesis that opens here is not closed',
      });
    }
  }

  private takeValue(token: Token, position: number): void {
    const before = this.tokens[position - 1];
    if (token.kind === 'literal') {
      this.wantsValue = false;
    } else if (token.kind === 'open') {
      this.groups.push({ open: token, isCall: before?.kind === 'name', hasComparison: false });
    } else if (token.kind === 'name') {
      if (this.tokens[position + 1]?.kind !== 'open') throw this.problem(token, nameAlone(token.text));
    } else if (token.kind === 'close' && before?.kind === 'open' && this.group.isCall) {
      this.close(token); // A call without arguments.
    } else if (!(token.kind === 'operator' && PREFIXES.has(token.text))) {
      throw this.problem(token, { zh: `${token.text} 之前缺少值`, en: `a value is missing before ${token.text}` });
    }
  }

  private takeOperator(token: Token, position: number): void {
    switch (token.kind) {
      case 'operator':
        return this.takeInfix(token);
      case 'close':
        return this.close(token);
      case 'comma':
        if (!this.group.isCall) {
          throw this.problem(token, {
            zh: '逗号只能用于分隔函数的参数',
            en: 'a comma stands between the arguments of a call only',
          });
        }
        this.group.hasComparison = false;
        this.wantsValue = true;
        return;
      case 'semicolon':
        if (this.group.open) throw this.problem(token, { zh: '; 之前缺少 )', en: 'a ) is missing before ;' });
        if (position === this.tokens.length - 1) return;
        throw this.problem(this.tokens[position + 1]!, {
          zh: '; 之后不能再有内容',
          en: 'nothing may follow the ;',
        });
      case 'literal':
      case 'name':
      case 'open':
        if (isOperatorWord(token.text)) throw this.problem(token, unknownOperator(token.text));
        throw this.problem(token, operatorMissing(shown(token.text)));
    }
  }

  private takeInfix(token: Token): void {
    if (token.text === '!') throw this.problem(token, operatorMissing('!'));
    if (COMPARISONS.has(token.text)) {
      if (this.group.hasComparison) {
        throw this.problem(token, {
          zh: '比较不能连写，须用括号表明先后',
          en: 'comparisons cannot be chained, parentheses must say which comes first',
        });
      }
      this.group.hasComparison = true;
    }
    if (LOGIC.has(token.text)) this.group.hasComparison = false;
    this.wantsValue = true;
  }

  private close(token: Token): void {
    if (!this.group.open) {
      throw this.problem(token, {
        zh: '此处的右括号没有对应的左括号',
        en: 'the parenthesis that closes here was never opened',
      });
    }
    this.groups.pop();
    this.wantsValue = false;
  }

  private get group(): Group {
    return this.groups.at(-1)!; // The whole stays below all others.
  }

  private problem(token: Token, problem: Text): ExpressionProblem {
    return problemAt(this.text, token.index, problem);
  }
}

function operatorMissing(before: string): Text {
  return { zh: `${before} 之前缺少运算符`, en: `an operator is missing before ${before}` };
}

function nameAlone(name: string): Text {
  if (isOperatorWord(name)) return unknownOperator(name);
  const literal = ['true', 'false'].find((each) => each === name.toLowerCase());
  if (literal !== undefined) {
    return withHint({ zh: `${shown(name)} 不是值`, en: `${shown(name)} is no value` }, literal);
  }
  return {
    zh: `${shown(name)} 不是值: 字符串应使用双引号，函数名之后应为 (`,
    en: `${shown(name)} is no value: a text stands in double quotes, and after a function comes (`,
  };
}
