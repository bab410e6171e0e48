import { type Refusal, type RefusalReason } from '../../domain/refusal';
import { joined, type Text, verbatim } from '../../domain/text';
import { HttpProblem } from './http-problem';
import { PARAMETER_ERROR } from './text';

type Meaning = { readonly status: number; readonly text: Text };

/** In seconds: by then the connection to Asterisk may be back, or another process serve. */
export const RETRY_AFTER: Readonly<Record<string, string>> = { 'Retry-After': '2' };

/** What each refusal is in HTTP and in words. */
const MEANINGS: Readonly<Record<RefusalReason, Meaning>> = {
  'parameter-illegal': { status: 400, text: PARAMETER_ERROR },
  'phone-system-failed': {
    status: 502,
    text: { zh: '电话系统拒绝或未能执行', en: 'the phone system refused or failed' },
  },
  busy: { status: 503, text: { zh: '系统忙，请稍后再试', en: 'busy, try again later' } },
  'idempotency-key-used': {
    status: 422,
    text: { zh: '幂等键已用于另一个请求', en: 'the idempotency key was used for another request' },
  },
  'call-not-found': { status: 404, text: { zh: '呼叫不存在', en: 'call does not exist' } },
  'number-not-allowed': { status: 403, text: { zh: '号码不被允许', en: 'number not allowed' } },
  'no-line': { status: 503, text: { zh: '没有可用线路', en: 'no line' } },
  'extension-user-exists': { status: 409, text: { zh: '分机用户已存在', en: 'extension user exists already' } },
  'extension-bound': { status: 409, text: { zh: '分机已绑定坐席', en: 'extension is bound to an agent' } },
  'extension-not-found': { status: 404, text: { zh: '分机不存在', en: 'extension does not exist' } },
  'extension-unavailable': { status: 409, text: { zh: '分机不可用', en: 'extension is not available' } },
  'agent-logged-in': { status: 409, text: { zh: '坐席已登录', en: 'agent is already logged in' } },
  'agent-not-found': { status: 404, text: { zh: '坐席不存在', en: 'agent does not exist' } },
  'agent-busy': { status: 409, text: { zh: '坐席忙', en: 'agent is busy' } },
  'agent-expired': { status: 409, text: { zh: '坐席已过期', en: 'agent has expired' } },
  'condition-not-found': { status: 404, text: { zh: '排队条件不存在', en: 'condition does not exist' } },
  'expression-invalid': {
    status: 400,
    text: { zh: 'where/sort 表达式无效', en: 'where/sort expression is invalid' },
  },
  'conversation-not-found': { status: 404, text: { zh: '交谈不存在', en: 'conversation does not exist' } },
  'conversation-full': { status: 409, text: { zh: '交谈成员已满', en: 'conversation is full' } },
  'not-a-member': { status: 409, text: { zh: '不是交谈成员', en: 'not a member of the conversation' } },
  'queue-task-not-found': { status: 404, text: { zh: '排队任务不存在', en: 'queue task does not exist' } },
  'plan-not-found': { status: 404, text: { zh: '排队方案不存在', en: 'plan does not exist' } },
  'plan-in-file': {
    status: 409,
    text: { zh: '排队方案来自配置文件', en: 'plan is kept in a file of the configuration' },
  },
  'event-not-found': { status: 404, text: { zh: '事件不存在', en: 'event does not exist' } },
  'sound-not-found': { status: 404, text: { zh: '语音文件不存在', en: 'sound does not exist' } },
};

export function problemOf({ reason, code, details }: Refusal): HttpProblem {
  const { status, text } = MEANINGS[reason];
  const { parameter, problem, ...others } = details;
  const told = [
    ...(parameter === undefined ? [] : [verbatim(parameter)]),
    ...(problem === undefined ? [] : [problem]),
    ...Object.entries(others).map(([name, value]) => joined(' ', verbatim(name), textOf(value))),
  ];
  const headers = reason === 'busy' ? RETRY_AFTER : {};
  return new HttpProblem(status, code, joined(': ', text, ...told), headers);
}

function textOf(value: string | number | Text): Text {
  return typeof value === 'object' ? value : verbatim(String(value));
}
