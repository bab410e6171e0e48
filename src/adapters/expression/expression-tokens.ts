import { ExpressionProblem } from '../../domain/expression/expression';
import { shown, withHint } from '../../domain/nearest-name';
import type { Text } from '../../domain/text';

/** The smallest pieces of an expression, space left out. `index` counts UTF-16 units from 0, as JavaScript does. */
export type Token = {
  readonly kind: 'literal' | 'name' | 'operator' | 'open' | 'close' | 'comma' | 'semicolon';
  readonly text: string;
  readonly index: number;
};

const TEXT_BEGINNING = '"(?:[^"\\\\\\p{Cc}\\p{Cs}]|\\\\["\\\\])*';
const PIECES: readonly (readonly [kind: Token['kind'] | 'space' | 'foreign', pattern: string])[] = [
  ['space', '[ \\t\\r\\n]+'],
  ['literal', `[0-9]+(?:\\.[0-9]+)?|${TEXT_BEGINNING}"|(?:true|false)(?![\\p{L}\\p{M}\\p{N}_$])`],
  ['name', '[\\p{L}_$][\\p{L}\\p{M}\\p{N}_$]*'],
  // Longer than ours, or of the same characters, so they are looked for first.
  ['foreign', '[=!]==|\\*\\*|\\?\\?|<<|>>>?|=>|<>|=(?!=)|&(?!&)|\\|(?!\\|)|[\\^~?:]'],
  ['operator', '\\|\\||&&|[=!<>]=|[-<>+*/%!]'],
  ['open', '\\('],
  ['close', '\\)'],
  ['comma', ','],
  ['semicolon', ';'],
];
const PIECE = new RegExp(PIECES.map(([kind, pattern]) => `(?<${kind}>${pattern})`).join('|'), 'uy');
const UNFINISHED_TEXT = new RegExp(TEXT_BEGINNING, 'uy');

/** What other languages write for an operator of ours. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['===', '=='],
  ['=', '=='],
  ['!==', '!='],
  ['<>', '!='],
  ['&', '&&'],
  ['and', '&&'],
  ['|', '||'],
  ['or', '||'],
  ['=>', '>='],
  ['not', '!'],
]);

/** @throws {ExpressionProblem} for the first thing that is no piece of any expression. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let index = 0; index < text.length; index = PIECE.lastIndex) {
    PIECE.lastIndex = index;
    const groups = PIECE.exec(text)?.groups;
    if (!groups) throw unknownPiece(text, index);
    const [kind, piece] = Object.entries(groups).find(([, each]) => each !== undefined) as [Token['kind'], string];
    if (groups['foreign'] !== undefined) throw problemAt(text, index, unknownOperator(piece));
    if (kind === 'literal' && Number(piece) === Infinity) {
      throw problemAt(text, index, { zh: '数值过大', en: 'the number is too large' });
    }
    if (groups['space'] === undefined) tokens.push({ kind, text: piece, index });
  }
  return tokens;
}

/** Whether somebody may have meant an operator by the word. */
export function isOperatorWord(name: string): boolean {
  return MEANT.has(name.toLowerCase());
}

export function unknownOperator(written: string): Text {
  const problem = { zh: `未知运算符 ${shown(written)}`, en: `unknown operator ${shown(written)}` };
  return withHint(problem, MEANT.get(written.toLowerCase()));
}

export function problemAt(text: string, index: number, problem: Text): ExpressionProblem {
  return new ExpressionProblem(characterAt(text, index), problem);
}

/** Counted from 1 in characters (code points). */
export function characterAt(text: string, index: number): number {
  return [...text.slice(0, index)].length + 1;
}

function unknownPiece(text: string, index: number): ExpressionProblem {
  const character = String.fromCodePoint(text.codePointAt(index)!);
  if (character === '"') return wrongText(text, index);
  if (/['`‘’“”«»「」]/.test(character)) {
    return problemAt(text, index, {
      zh: `字符串应使用双引号 (")，而非 ${character}`,
      en: `a text stands in double quotes ("), not in ${character}`,
    });
  }
  const name = spelled(character);
  const problem = { zh: `不应有字符 ${name}`, en: `unexpected character ${name}` };
  return problemAt(text, index, withHint(problem, plainFormOf(character)));
}

function wrongText(text: string, begin: number): ExpressionProblem {
  UNFINISHED_TEXT.lastIndex = begin;
  UNFINISHED_TEXT.exec(text);
  const index = UNFINISHED_TEXT.lastIndex;
  if (index >= text.length) {
    return problemAt(text, begin, {
      zh: '此处开始的字符串没有结束引号',
      en: 'the text that begins here has no closing quote',
    });
  }
  if (text[index] === '\\') {
    return problemAt(text, index, {
      zh: '字符串中 \\ 之后只能是 " 或 \\',
      en: 'after a \\ in a text only " or \\ may follow',
    });
  }
  const name = spelled(String.fromCodePoint(text.codePointAt(index)!));
  return problemAt(text, index, { zh: `字符串中不能有 ${name}`, en: `a text may not hold ${name}` });
}

/** `"é" (U+00E9)`, or the number alone of one that cannot be seen: many a character looks like another. */
function spelled(character: string): string {
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\p{C}\p{Z}]/u.test(character) ? code : `${shown(character)} (${code})`;
}

/** Input methods for Chinese and Japanese write wide forms of the ASCII characters. */
function plainFormOf(character: string): string | undefined {
  const plain = character.normalize('NFKC');
  return /^[!-~]$/.test(plain) && plain !== character ? plain : undefined;
}
