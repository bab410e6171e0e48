import type { Text } from '../../domain/text';

/** It repeats names and whole lists of them. */
const MAX_SHOWN = 200;

/** All that fast-xml-parser says of a document that passes our own rules, or of the tag at which it breaks them. */
const CHINESE: readonly (readonly [english: RegExp, chinese: string])[] = [
  [/^Start tag expected\.$/, '缺少开始标签'],
  [/^Unclosed tag '([^]*)'\.$/, '元素 $1 没有结束标签'],
  [/^Invalid '\[\s*([^]*)\]' found\.$/, '以下元素没有结束标签: $1'],
  [
    /^Expected closing tag '([^]*)' \(opened in line (\d+), col (\d+)\) instead of closing tag '([^]*)'\.$/,
    '应为第 $2 行第 $3 列开始的 $1 的结束标签，而非 $4 的结束标签',
  ],
  [/^Closing tag '([^]*)' has not been opened\.$/, '结束标签 $1 没有对应的开始标签'],
  [/^Closing tag '([^]*)' doesn't have proper closing\.$/, '结束标签 $1 不完整'],
  [/^Closing tag '([^]*)' can't have attributes or invalid starting\.$/, '结束标签 $1 不能有属性'],
  [/^Multiple possible root nodes found\.$/, '只能有一个根元素'],
  [/^Extra text at the end$/, '根元素之后不应有文本'],
  [/^char '([^]*)' is not expected\.$/, '不应有字符 $1'],
  [/^Invalid space after '<'\.$/, '< 之后不应有空格'],
  [/^Tag '([^]*)' is an invalid name\.$/, '元素名 $1 无效'],
  [/^Attributes for '([^]*)' have open quote\.$/, '元素 $1 的属性缺少结束引号'],
  [/^Attribute '([^]*)' has no space in starting\.$/, '属性 $1 之前缺少空格'],
  [/^Attribute '([^]*)' is without value\.$/, '属性 $1 没有值'],
  [/^boolean attribute '([^]*)' is not allowed\.$/, '属性 $1 没有值'],
  [/^Attribute '([^]*)' is an invalid name\.$/, '属性名 $1 无效'],
  [/^Attribute '([^]*)' is repeated\.$/, '属性 $1 重复'],
  [/^Maximum nested tags exceeded$/, '元素嵌套过深'],
  [/^\[SECURITY\] Invalid name: "([^]*)" is a reserved JavaScript keyword\b.*$/, '不允许名称 $1'],
];

/** What it says, and the same in Chinese; what is not known here stays English. */
export function translated(english: string): Text {
  const [pattern, chinese] = CHINESE.find(([each]) => each.test(english)) ?? [];
  const told = pattern === undefined ? `不符合 XML 语法: ${english}` : english.replace(pattern, chinese!);
  return { zh: told.slice(0, MAX_SHOWN), en: english.slice(0, MAX_SHOWN) };
}
