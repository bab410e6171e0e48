import { ExpressionProblem, type ValueType } from '../../src/domain/expression/expression';
import { expressionOf, MALFORMED_EXPRESSIONS } from '../support/expressions';
import { englishIn } from '../support/languages';

function toldOf(text: string, wanted: ValueType): string {
  try {
    expressionOf(text, wanted);
  } catch (problem) {
    if (problem instanceof ExpressionProblem) return problem.text.zh;
    throw problem;
  }
  throw new Error(`accepted: ${text}`);
}

const CONDITIONS: readonly (readonly [text: string, told: string])[] = [
  ['has("a") &&', '第 12 个字符: 末尾缺少值'],
  ['1 + * 2 > 1', '第 5 个字符: * 之前缺少值'],
  ['(true', '第 1 个字符: 此处的左括号没有对应的右括号'],
  ['true)', '第 5 个字符: 此处的右括号没有对应的左括号'],
  ['(true;)', '第 6 个字符: ; 之前缺少 )'],
  ['1 2 > 1', '第 3 个字符: "2" 之前缺少运算符'],
  ['true !false', '第 6 个字符: ! 之前缺少运算符'],
  ['true; false', '第 7 个字符: ; 之后不能再有内容'],
  ['true, false', '第 5 个字符: 逗号只能用于分隔函数的参数'],
  ['1 === 1', '第 3 个字符: 未知运算符 "==="，是否应为 ==？'],
  ['true AND false', '第 6 个字符: 未知运算符 "AND"，是否应为 &&？'],
  ['true ?? false', '第 6 个字符: 未知运算符 "??"'],
  ['1 < 2 < 3', '第 7 个字符: 比较不能连写，须用括号表明先后'],
  ['[1] > 1', '第 1 个字符: 不应有字符 "[" (U+005B)'],
  ['has（"a"）', '第 4 个字符: 不应有字符 "（" (U+FF08)，是否应为 (？'],
  ["has('a')", `第 5 个字符: 字符串应使用双引号 (")，而非 '`],
  ['has("a', '第 5 个字符: 此处开始的字符串没有结束引号'],
  ['has("a\\n")', '第 7 个字符: 字符串中 \\ 之后只能是 " 或 \\'],
  ['has("a\nb")', '第 7 个字符: 字符串中不能有 U+000A'],
  ['True', '第 1 个字符: "True" 不是值，是否应为 true？'],
  ['has', '第 1 个字符: "has" 不是值: 字符串应使用双引号，函数名之后应为 ('],
  [`${'9'.repeat(400)} > 1`, '第 1 个字符: 数值过大'],
  ['!'.repeat(600), '第 513 个字符: 不得大于 512 个字符，现有 600 个'],
  ['hass("a")', '第 1 个字符: 未知函数 "hass"，是否应为 has？'],
  ['idle(1) > 1', '第 1 个字符: idle() 不带参数，此处有 1 个'],
  ['has()', '第 1 个字符: has() 只带一个参数，即双引号中的技能名，此处有 0 个'],
  ['get(1) > 1', '第 5 个字符: get() 的参数应为双引号中的技能名'],
  ['has("")', '第 5 个字符: "" 不是技能名，技能名为 1 至 64 个字符'],
  ['get("a")', '第 1 个字符: 结果应为布尔值，而非数值'],
  ['!get("a")', '第 2 个字符: ! 的操作数应为布尔值，而非数值'],
  ['true < false', '第 1 个字符: < 的操作数应为数值或字符串，而非布尔值'],
  ['get("a") > num()', '第 10 个字符: > 不能比较数值与字符串'],
];

test.each(CONDITIONS)('in Chinese, the mistake in %s is %s', (text, told) => {
  expect(toldOf(text, 'boolean')).toBe(told);
});

test('no mistake that is known is told in English to who reads Chinese', () => {
  const told = MALFORMED_EXPRESSIONS.map(({ text, wanted }) => toldOf(text, wanted));

  expect(told.filter((each) => englishIn(each).length > 0 || !/\p{Script=Han}/u.test(each.slice(10)))).toEqual([]);
});
