import type { z } from 'zod';
import type { Text } from '../../domain/text';
import { type HttpProblem, parameterProblem } from './http-problem';

/** What a field that follows a pattern must be; a schema gives the key as its message. */
const PATTERNS = {
  'phone number': {
    zh: '应为电话号码：可有一个 +，后接 3 至 20 位数字',
    en: 'must be a phone number: + or nothing, then 3 to 20 digits',
  },
  'agent name': { zh: '应为 1 至 32 个字母、数字或 _', en: 'must be 1 to 32 letters, digits or _' },
  'agent number': { zh: '应为 1 至 32 位数字', en: 'must be 1 to 32 digits' },
  'login state': {
    zh: '应为 online、idle、busy[/..] 或 away[/..]，/ 之后最多 256 个字符',
    en: 'must be online, idle, busy[/..] or away[/..], with at most 256 characters after the /',
  },
  'agent state': {
    zh: '应为 idle、busy[/..] 或 away[/..]，/ 之后最多 256 个字符',
    en: 'must be idle, busy[/..] or away[/..], with at most 256 characters after the /',
  },
  'state filter': {
    zh: '应为 online、idle、fetching、talking、busy[/..] 或 away[/..]',
    en: 'must be online, idle, fetching, talking, busy[/..] or away[/..]',
  },
  'skill name': {
    zh: '应为 1 至 64 个字符，不含控制字符',
    en: 'must be 1 to 64 characters, none of them a control character',
  },
  'given twice': { zh: '重复出现', en: 'is given twice' },
  'extension user': { zh: '应为 6 至 12 位数字', en: 'must be 6 to 12 digits' },
  'extension password': { zh: '应为 6 至 12 个字母或数字', en: 'must be 6 to 12 letters or digits' },
  'gateway address': {
    zh: '应为 <ip>[:port]：单个设备的 IPv4 地址，或方括号中的 IPv6 地址，端口 1 至 65535',
    en: 'must be <ip>[:port]: the IPv4 address of one device, or an IPv6 address in brackets, and a port from 1 to 65535',
  },
} as const satisfies Readonly<Record<string, Text>>;

export type Pattern = keyof typeof PATTERNS;

type Issue = z.core.$ZodIssue;

/** Names the field as the client wrote it and says what is wrong with it. `issue` must carry its input. */
export function schemaProblem(issue: Issue, writtenAs: (name: string) => string): HttpProblem {
  const [field, ...within] = issue.path.map(String);
  return parameterProblem([writtenAs(field ?? 'body'), ...within].join('.'), whatIsWrong(issue));
}

function whatIsWrong(issue: Issue): Text {
  if (inputOf(issue) === undefined) return { zh: '缺少此参数', en: 'is missing' };
  if (Object.hasOwn(PATTERNS, issue.message)) return PATTERNS[issue.message as Pattern];
  switch (issue.code) {
    case 'too_small':
      return bound(issue.origin, { zh: '不得小于', en: 'must be at least' }, issue.minimum);
    case 'too_big':
      return bound(issue.origin, { zh: '不得大于', en: 'must be at most' }, issue.maximum);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union':
      return oneOf((issue as { readonly options?: readonly unknown[] }).options ?? []);
    case 'invalid_type':
      return ofType(issue.expected);
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return { zh: '格式不正确', en: 'is not of the form that is needed' };
  }
}

/** Of a union, its discriminator alone is at fault. */
function inputOf(issue: Issue): unknown {
  if (issue.code !== 'invalid_union') return issue.input;
  const { discriminator } = issue as { readonly discriminator?: string };
  return discriminator === undefined ? issue.input : (issue.input as Record<string, unknown>)[discriminator];
}

/** What a limit counts, by what is limited. */
const UNITS: Readonly<Record<string, Text>> = {
  string: { zh: ' 个字符', en: ' characters long' },
  array: { zh: ' 项', en: ' entries long' },
};

function bound(origin: string, words: Text, limit: number | bigint): Text {
  const unit = UNITS[origin] ?? { zh: '', en: '' };
  return { zh: `${words.zh} ${limit}${unit.zh}`, en: `${words.en} ${limit}${unit.en}` };
}

function oneOf(values: readonly unknown[]): Text {
  return { zh: `应为 ${values.join('、')}`, en: `must be ${values.join(' or ')}` };
}

function ofType(type: string): Text {
  const known = Object.hasOwn(TYPES, type) ? TYPES[type as keyof typeof TYPES] : undefined;
  return known ?? { zh: '类型不正确', en: 'is of the wrong type' };
}

const TYPES = {
  int: { zh: '应为整数', en: 'must be a whole number' },
  number: { zh: '应为整数', en: 'must be a whole number' },
  string: { zh: '应为字符串', en: 'must be a string' },
  boolean: { zh: '应为 true 或 false', en: 'must be true or false' },
  array: { zh: '应为列表', en: 'must be a list' },
  object: { zh: '应为对象', en: 'must be an object' },
} as const satisfies Readonly<Record<string, Text>>;
