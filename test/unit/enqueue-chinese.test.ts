import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import { translated } from '../../src/adapters/xml/xml-library-messages';
import { enqueueFrom, EnqueueProblem } from '../../src/domain/queue/enqueue';
import { XmlProblem } from '../../src/ports/parsing';
import { MALFORMED_DOCUMENTS } from '../support/enqueue-documents';
import { englishIn } from '../support/languages';

const ROUTE = '<route><agent name="1001"/></route>';
const enqueue = (attributes: string) => `<enqueue ${attributes}>${ROUTE}</enqueue>`;
const route = (targets: string) => `<enqueue>${ROUTE}<route>${targets}</route></enqueue>`;

function toldOf(document: string): string {
  try {
    enqueueFrom(parseXml(document));
  } catch (problem) {
    if (problem instanceof XmlProblem || problem instanceof EnqueueProblem) return problem.text.zh;
    throw problem;
  }
  throw new Error(`accepted: ${document}`);
}

test.each([
  ['<queue/>', '文档: 未知元素 "queue"，是否应为 enqueue？'],
  ['<response/>', 'response: 须有且仅有一个 <enqueue>'],
  ['<response x="1"><enqueue/></response>', 'response: 未知属性 "x"，此处不应有属性'],
  ['<enqueue/>', 'enqueue: 至少需要一个 <route>'],
  ['<enqueue>hi</enqueue>', 'enqueue: 此处不应有文本: "hi"'],
  ['<enqueue><rout/></enqueue>', '第 1 个 route: 未知元素 "rout"，是否应为 route？'],
  [route(''), '第 2 个 route: 至少需要一个 <agent>、<skill> 或 <condition>'],
  [route('<agent name="1"/><skill name="1"/>'), '第 2 个 route: 所有目标应为同一种，不能混用 agent、skill'],
  [route('<agent name="1"/><agents/>'), '第 2 个 route 的第 2 个目标: 未知元素 "agents"，是否应为 agent？'],
  [route('<agent nam="1"/>'), '第 2 个 route 的第 1 个目标 (agent): 未知属性 "nam"，是否应为 name？'],
  [route('<agent name="1"><b/></agent>'), '第 2 个 route 的第 1 个目标 (agent): 未知元素 "b"，此处不应有元素'],
  [route('<skill/>'), '第 2 个 route 的第 1 个目标 (skill): 缺少 name'],
])('in Chinese, the mistake in %s is %s', (document, told) => {
  expect(toldOf(document)).toBe(told);
});

test.each([
  [enqueue('ring_mode="6"'), 'ring_mode 应为 1 至 5 的整数，而非 "6"'],
  [enqueue('choice="LRU"'), 'choice 应为 random、lru、order、all，而非 "LRU"'],
  [enqueue('play_num="yes"'), 'play_num 应为 true 或 false，而非 "yes"'],
  [enqueue('wait_voice="a b"'), 'wait_voice 应为普通文件名，或 Asterisk 的 sound: 或 digits: 名称，而非 "a b"'],
  [enqueue(`user_data="${'x'.repeat(129)}"`), `user_data 不得大于 128 个字符，而非 "${'x'.repeat(40)}…"`],
  [route('<agent name="a-b"/>'), 'name 应为 1 至 32 个字母、数字或 _，而非 "a-b"'],
  [route('<skill name=""/>'), 'name 应为 1 至 64 个字符，不含控制字符，而非 ""'],
  [route('<condition id="1"/>'), 'id 应为 32 位小写十六进制数字，而非 "1"'],
])('in Chinese, the wrong value in %s is told as %s', (document, told) => {
  expect(toldOf(document).split(/^.*?: /)[1]).toBe(told);
});

test.each([
  [`<a x="${'x'.repeat(16_384)}"/>`, '大于 16384 字节'],
  ['<a>\u0000</a>', '第 1 行第 4 列: XML 不允许的字符'],
  ['<a>\n  a & b</a>', '第 2 行第 5 列: 此 & 不是 XML 实体的开头'],
  ['<a/>x', '第 1 行第 5 列: 根元素之后不应有文本'],
  ['<!DOCTYPE a><a/>', '第 1 行第 1 列: 不允许文档类型声明'],
  ['<a><![CDATA[x]]></a>', '第 1 行第 4 列: 不允许 CDATA 段'],
  ['<a/><?php x ?>', '第 1 行第 5 列: 不允许处理指令'],
  ['<a x="<"/>', '第 1 行第 1 列: 不符合 XML 语法'],
  ['<a/><b/>', '须有且仅有一个根元素'],
])('in Chinese, %s is no XML that we take: %s', (document, told) => {
  expect(toldOf(document)).toBe(told);
});

describe('what the library says of a document', () => {
  test.each([
    ['', '第 1 行第 1 列: 缺少开始标签'],
    ['<a>', '第 1 行第 1 列: 元素 a 没有结束标签'],
    ['<a><b>', '第 1 行第 1 列: 以下元素没有结束标签: "a",    "b"'],
    ['<a>\n<b></a>', '第 2 行第 4 列: 应为第 2 行第 1 列开始的 b 的结束标签，而非 a 的结束标签'],
    ['</a>', '第 1 行第 1 列: 结束标签 a 没有对应的开始标签'],
    ['<a></a', '第 1 行第 7 列: 结束标签 a 不完整'],
    ['<a></a b="1">', '第 1 行第 4 列: 结束标签 a 不能有属性'],
    ['<a></a><b></b>', '第 1 行第 10 列: 只能有一个根元素'],
    ['<a></a>x', '第 1 行第 8 列: 根元素之后不应有文本'],
    ['hello', '第 1 行第 1 列: 不应有字符 h'],
    ['< a/>', '第 1 行第 2 列: < 之后不应有空格'],
    ['<1a/>', '第 1 行第 4 列: 元素名 1a 无效'],
    ['<a x="1/>', '第 1 行第 3 列: 元素 a 的属性缺少结束引号'],
    ['<a x="1"y="2"/>', '第 1 行第 9 列: 属性 y 之前缺少空格'],
    ['<a x=1/>', '第 1 行第 4 列: 属性 x 没有值'],
    ['<a x/>', '第 1 行第 4 列: 属性 x 没有值'],
    ['<a 1x="1"/>', '第 1 行第 4 列: 属性名 1x 无效'],
    ['<a x="1" x="2"/>', '第 1 行第 10 列: 属性 x 重复'],
    [`${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`, '元素嵌套过深'],
    ['<a><constructor/></a>', '不允许名称 constructor'],
  ])('is told in Chinese: %s: %s', (document, told) => {
    expect(toldOf(document)).toBe(told);
  });

  test('is told as it is when we do not know it', () => {
    expect(translated("Something new in 'a'.")).toEqual({
      zh: "不符合 XML 语法: Something new in 'a'.",
      en: "Something new in 'a'.",
    });
  });
});

test('no mistake that is known is told in English to who reads Chinese', () => {
  const told = MALFORMED_DOCUMENTS.map(({ text }) => toldOf(text));

  expect(told.filter((each) => englishIn(each).length > 0)).toEqual([]);
});
