import { parseExpression } from '../../src/adapters/expression/jsep-expression';
import type { Subject } from '../../src/domain/expression/functions';
import { type Expression, type ValueType } from '../../src/domain/expression/expression';
import { checked } from '../../src/domain/expression/type-check';

/** @throws {ExpressionProblem} */
export function expressionOf<Type extends ValueType>(text: string, wanted: Type): Expression<Type> {
  return checked(parseExpression(text), text, wanted);
}

/** Anna, number 1001, idle for 90 seconds, without any skill. */
export function aSubject(
  given: Partial<Omit<Subject, 'score'>> & { readonly skills?: Readonly<Record<string, number>> } = {},
): Subject {
  const { skills = {}, ...rest } = given;
  const scores = new Map(Object.entries(skills));
  return { name: 'anna', num: '1001', idleSeconds: 90, ...rest, score: (skill) => scores.get(skill) };
}

export type MalformedExpression = {
  readonly text: string;
  readonly wanted: ValueType;
  readonly at: number;
  readonly problem: RegExp;
};

type Row = readonly [text: string, at: number, problem: RegExp];

const NO_CONDITIONS: readonly Row[] = [
  // Something is missing.
  ['', 1, /value is missing at the end/],
  [' \t\r\n', 5, /value is missing at the end/],
  [';', 1, /value is missing before ;/],
  ['has("a") &&', 12, /value is missing at the end/],
  ['get("a") > ;', 12, /value is missing before ;/],
  ['&& true', 1, /value is missing before &&/],
  ['1 + * 2 > 1', 5, /value is missing before \*/],
  ['+1 > 0', 1, /value is missing before \+/],
  ['true &&+ false', 8, /value is missing before \+/],
  ['!', 2, /value is missing at the end/],
  ['()', 2, /value is missing before \)/],
  ['(', 2, /value is missing at the end/],
  [')', 1, /value is missing before \)/],
  ['(true', 1, /opens here is not closed/],
  ['has("a"', 4, /opens here is not closed/],
  ['((true)', 1, /opens here is not closed/],
  ['(true;)', 6, /\) is missing before ;/],
  ['true)', 5, /closes here was never opened/],
  ['1 2 > 1', 3, /operator is missing before "2"/],
  ['has("a") has("b")', 10, /operator is missing before "has"/],
  ['true !false', 6, /operator is missing before !/],
  ['(true)(false)', 7, /operator is missing before "\("/],
  ['has("a")("b")', 9, /operator is missing before "\("/],
  ['true("a")', 5, /operator is missing before "\("/],
  ['12abc > 1', 3, /operator is missing before "abc"/],
  ['1e3 > 1', 2, /operator is missing before "e3"/],
  ['0x10 > 1', 2, /operator is missing before "x10"/],
  ['1_000 > 1', 2, /operator is missing before "_000"/],
  // Something is too much.
  ['true;;', 6, /nothing may follow the ;/],
  ['true; false', 7, /nothing may follow the ;/],
  ['true, false', 5, /comma stands between the arguments of a call/],
  [', true', 1, /value is missing before ,/],
  ['has(("a", "b"))', 9, /comma stands between the arguments of a call/],
  ['has("a",)', 9, /value is missing before \)/],
  ['has(,"a")', 5, /value is missing before ,/],
  ['has("a" "b")', 9, /operator is missing before "\\"b\\""/],
  // What other languages have.
  ['1 === 1', 3, /unknown operator "===", did you mean ==\?/],
  ['1 !== 1', 3, /unknown operator "!==", did you mean !=\?/],
  ['get("a") = 1', 10, /unknown operator "=", did you mean ==\?/],
  ['1 <> 2', 3, /unknown operator "<>", did you mean !=\?/],
  ['1 => 2', 3, /unknown operator "=>", did you mean >=\?/],
  ['true & false', 6, /unknown operator "&", did you mean &&\?/],
  ['true | false', 6, /unknown operator "\|", did you mean \|\|\?/],
  ['true and false', 6, /unknown operator "and", did you mean &&\?/],
  ['true OR false', 6, /unknown operator "OR", did you mean \|\|\?/],
  ['not true', 1, /unknown operator "not", did you mean !\?/],
  ['true ?? false', 6, /unknown operator "\?\?"/],
  ['true ? true : false', 6, /unknown operator "\?"/],
  ['2 ** 3 > 1', 3, /unknown operator "\*\*"/],
  ['1 << 2 > 1', 3, /unknown operator "<<"/],
  ['8 >> 1 > 1', 3, /unknown operator ">>"/],
  ['8 >>> 1 > 1', 3, /unknown operator ">>>"/],
  ['~1 > 1', 1, /unknown operator "~"/],
  ['1 ^ 1 > 0', 3, /unknown operator "\^"/],
  ['[1] > 1', 1, /unexpected character "\["/],
  ['{}', 1, /unexpected character "\{"/],
  ['.5 > 0', 1, /unexpected character "\."/],
  ['5. > 0', 2, /unexpected character "\."/],
  ['1.2.3 > 0', 4, /unexpected character "\."/],
  ['true // why', 7, /value is missing before \//],
  ["has('a')", 5, /stands in double quotes \("\), not in '/],
  ['has(`a`)', 5, /stands in double quotes \("\), not in `/],
  ['has(“a”)', 5, /stands in double quotes \("\), not in “/],
  ['has(a)', 5, /"a" is no value: a text stands in double quotes/],
  ['has("a) && true', 5, /text that begins here has no closing quote/],
  ['has("a\\")', 5, /text that begins here has no closing quote/],
  ['has("a\\n")', 7, /after a \\ in a text only " or \\ may follow/],
  ['has("\\u0041")', 6, /after a \\ in a text only " or \\ may follow/],
  ['True', 1, /"True" is no value, did you mean true\?/],
  ['null', 1, /"null" is no value/],
  ['undefined == undefined', 1, /"undefined" is no value/],
  ['this', 1, /"this" is no value/],
  ['has', 1, /"has" is no value.* after a function comes \(/],
  // Comparisons in a row.
  ['1 < 2 < 3', 7, /comparisons cannot be chained/],
  ['true == true == true', 14, /comparisons cannot be chained/],
  ['1 < 2 == true', 7, /comparisons cannot be chained/],
  ['true == 1 < 2', 11, /comparisons cannot be chained/],
  ['1 < 2 && 2 < 3 + 4 < 5', 20, /comparisons cannot be chained/],
  // Characters.
  ['true\0', 5, /unexpected character U\+0000/],
  ['has("a\0b")', 7, /text may not hold U\+0000/],
  ['has("a\nb")', 7, /text may not hold U\+000A/],
  ['has("\u{D800}")', 6, /text may not hold U\+D800/],
  ['\u{FEFF}true', 1, /unexpected character U\+FEFF/],
  ['true\u{A0}&& true', 5, /unexpected character U\+00A0/],
  ['true\u{2028}', 5, /unexpected character U\+2028/],
  ['has（"a"）', 4, /unexpected character "（" \(U\+FF08\), did you mean \(\?/],
  ['😀', 1, /unexpected character "😀" \(U\+1F600\)/],
  ['"😀欢迎" == "é" = "x"', 14, /unknown operator "="/],
  ['has("😀") && has("👩‍🚀") @', 24, /unexpected character "@"/],
  // Functions and what they take.
  ['hass("a")', 1, /unknown function "hass", did you mean has\?/],
  ['true && GET("a") > 1', 9, /unknown function "GET", did you mean get\?/],
  ['trueish("a")', 1, /unknown function "trueish"/],
  ['both(1 < 2, 3 < 4)', 1, /unknown function "both"/],
  ['技能("a") > 1', 1, /unknown function "技能"/],
  ['has()', 1, /has\(\) takes the name of a skill in double quotes as its one argument, not 0/],
  ['get("a", "b") > 1', 1, /get\(\) takes .* as its one argument, not 2/],
  ['idle(1) > 1', 1, /idle\(\) takes no argument, not 1/],
  ['name("anna") == "anna"', 1, /name\(\) takes no argument, not 1/],
  ['get(1) > 1', 5, /get\(\) takes the name of a skill in double quotes/],
  ['get(name()) > 1', 5, /get\(\) takes the name of a skill in double quotes/],
  ['has(-"a")', 5, /has\(\) takes the name of a skill in double quotes/],
  ['has("")', 5, /"" is no name of a skill/],
  [`has("${'a'.repeat(65)}")`, 5, /"a{40}…" is no name of a skill/],
  // Types.
  ['get("a")', 1, /result must be true or false, not a number/],
  ['get("a") + 1', 10, /result must be true or false, not a number/],
  ['name()', 1, /result must be true or false, not a string/],
  ['!get("a")', 2, /! takes true or false, not a number/],
  ['-has("a") > 1', 2, /- takes a number, not true or false/],
  ['get("a") && true', 1, /&& takes true or false, not a number/],
  ['true || num()', 9, /\|\| takes true or false, not a string/],
  ['!get("a") >= 5', 2, /! takes true or false, not a number/],
  ['num() + 1 > 1000', 1, /\+ takes a number, not a string/],
  ['get("a") > num()', 10, /> cannot compare a number with a string/],
  ['has("a") == 1', 10, /== cannot compare true or false with a number/],
  ['true < false', 1, /< takes a number or a string, not true or false/],
  ['1 % true > 0', 5, /% takes a number, not true or false/],
  // The ways to an object's inside.
  ['constructor', 1, /"constructor" is no value/],
  ['constructor("a")', 1, /unknown function "constructor"/],
  ['__proto__()', 1, /unknown function "__proto__"/],
  ['toString() == "a"', 1, /unknown function "toString"/],
  ['hasOwnProperty("get")', 1, /unknown function "hasOwnProperty"/],
  ['this("a")', 1, /unknown function "this"/],
  ['null(1)', 1, /unknown function "null"/],
  ['get.constructor("return 1")()', 4, /unexpected character "\."/],
  ['has["constructor"]("a")', 4, /unexpected character "\["/],
  ['"a".length > 1', 4, /unexpected character "\."/],
  ['(has)("a")', 2, /"has" is no value/],
  ['process.exit()', 8, /unexpected character "\."/],
  // Too much of it.
  [`${'9'.repeat(400)} > 1`, 1, /number is too large/],
  [`1 < 1${'0'.repeat(309)}.5`, 5, /number is too large/],
  [`${'('.repeat(300)}true${')'.repeat(300)}`, 513, /at most 512 characters, not 604/],
  ['('.repeat(512), 513, /value is missing at the end/],
  ['!'.repeat(100_000), 513, /at most 512 characters, not 100000/],
  [`"${'😀'.repeat(511)}"`, 513, /at most 512 characters, not 513/],
];

const NO_RANKS: readonly Row[] = [
  ['has("a")', 1, /result must be a number, not true or false/],
  ['get("a") > 1', 10, /result must be a number, not true or false/],
  ['num()', 1, /result must be a number, not a string/],
  ['-true', 2, /- takes a number, not true or false/],
  ['get("a") desc', 10, /operator is missing before "desc"/],
  ['get("a"), idle()', 9, /comma stands between the arguments of a call/],
];

/** Texts that are no condition (`wanted` is boolean) or no rank (number), with the place and the reason. */
export const MALFORMED_EXPRESSIONS: readonly MalformedExpression[] = [
  ...NO_CONDITIONS.map((row) => malformed(row, 'boolean')),
  ...NO_RANKS.map((row) => malformed(row, 'number')),
];

function malformed([text, at, problem]: Row, wanted: ValueType): MalformedExpression {
  return { text, wanted, at, problem };
}
