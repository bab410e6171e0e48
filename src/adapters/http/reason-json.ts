import { z } from 'zod';
import type { Reason } from '../../domain/queue/explanation';
import type { Text } from '../../domain/text';
import type { LocalTime } from './conversation-json';
import type { Language } from './text';

type Why = Reason['why'];
type ReasonFor<Which extends Why, Each = Reason> = Each extends Reason
  ? Which extends Each['why']
    ? Each
    : never
  : never;

/** How it is told: in which language, and times on whose clocks. */
export type Telling = { readonly language: Language; readonly localTime: LocalTime };

type Words<Which extends Why> = (reason: ReasonFor<Which>, localTime: LocalTime) => Text;

/** One sentence each, for a reader who knows nothing of how calls are routed. */
const WORDS: { readonly [Each in Why]: Words<Each> } = {
  'logged-out': () => ({ zh: '坐席未登录。', en: 'The agent is not logged in.' }),
  'other-agent': () => ({ zh: '该路由指定了其他坐席。', en: 'The route asks for another agent.' }),
  'skill-missing': ({ skill }) => ({
    zh: `坐席没有技能 ${skill}。`,
    en: `The agent does not have the skill ${skill}.`,
  }),
  'skill-disabled': ({ skill }) => ({
    zh: `坐席的技能 ${skill} 未启用。`,
    en: `The agent has the skill ${skill}, but it is disabled.`,
  }),
  'condition-missing': () => ({ zh: '该排队条件不存在。', en: 'The condition does not exist.' }),
  'where-false': ({ values }) => ({
    zh: `坐席不满足排队条件的 where${values.length === 0 ? '' : `: ${values.join('，')}`}。`,
    en: `The agent does not fulfil the where of the condition${values.length === 0 ? '' : `: ${values.join(', ')}`}.`,
  }),
  'rule-failed': ({ problem }) => ({
    zh: `排队条件无法对该坐席求值: ${problem.zh}。`,
    en: `The condition cannot be evaluated for this agent: ${problem.en}.`,
  }),
  state: ({ state }) => ({ zh: `坐席状态为 ${state}，不是 idle。`, en: `The agent is ${state}, not idle.` }),
  ringing: ({ taskId }) => ({
    zh: `坐席的话机正在为排队任务 ${taskId} 振铃。`,
    en: `The agent's phone is ringing for queue task ${taskId}.`,
  }),
  'call-rings': ({ agents }) => ({
    zh: `来电正在为其他坐席振铃: ${agents.join('、')}。`,
    en: `The call rings others already: ${agents.join(', ')}.`,
  }),
  'not-registered': () => ({
    zh: '坐席的话机未注册，或其网关没有应答。',
    en: "The agent's phone is not registered, or its gateway does not answer.",
  }),
  'no-trunk': () => ({
    zh: '坐席使用普通电话，但没有可用的中继。',
    en: 'The agent is at an ordinary telephone, and there is no trunk to call it through.',
  }),
  'number-not-allowed': () => ({
    zh: '坐席使用普通电话，但应用的外呼规则不允许其号码。',
    en: 'The agent is at an ordinary telephone whose number the rules for outside calls do not allow.',
  }),
  expired: ({ since }, localTime) => {
    const time = localTime(since);
    return { zh: `坐席因未保活已于 ${time} 过期。`, en: `The agent expired at ${time} for want of keepalives.` };
  },
  resting: ({ until }, localTime) => {
    const time = localTime(until);
    return {
      zh: `坐席未接上一个来电，在 ${time} 之前不再振铃。`,
      en: `The agent missed the last call and is not rung again before ${time}.`,
    };
  },
  'earlier-target': () => ({
    zh: '路由中靠前的目标已有可用坐席。',
    en: 'An earlier target of the route has an agent who is free.',
  }),
  'timed-out': () => ({
    zh: '来电在该目标上的等待已超时。',
    en: 'The call has waited on this target for as long as it may.',
  }),
  'given-away': () => ({ zh: '坐席已转出该来电。', en: 'The agent has given this call away.' }),
  'tried-before': () => ({
    zh: '坐席未接过该来电，先尝试其他坐席。',
    en: 'The agent has missed this call before, so others are tried first.',
  }),
  'lower-rank': ({ rank, best }) => ({
    zh: `有排序更高的坐席: 该坐席为 ${rank}，最高为 ${best}。`,
    en: `Others rank higher: this agent has ${rank}, the best has ${best}.`,
  }),
  'another-equal': ({ among }) => ({
    zh: `坐席是 ${among} 个同等坐席之一，选中了另一个。`,
    en: `The agent is one of ${among} who are equal, and another is chosen.`,
  }),
};

const NAMES = (Object.keys(WORDS) as Why[]).map(nameOf);

export type ReasonJson = z.infer<typeof REASON>;

/** Beside `why` and `text` it has the fields that belong to the reason. */
export const REASON = z.object({
  why: z.enum(NAMES).meta({ examples: ['state'] }),
  text: z.string().meta({
    description: 'the same in words, in the language of the answer',
    examples: ['The agent is busy, not idle.'],
  }),
  skill: z.string().optional(),
  values: z.array(z.string()).optional().describe('what the functions in the rule gave'),
  problem: z.string().optional().describe('where in the rule, and what, in the language of the answer'),
  state: z.string().optional(),
  queue_id: z.string().optional().describe('what it rings for'),
  agents: z.array(z.string()).optional().describe('whom the call rings'),
  since: z.int().optional().describe('milliseconds since the epoch'),
  until: z.int().optional().describe('milliseconds since the epoch'),
  rank: z.number().optional(),
  best: z.number().optional(),
  among: z.int().optional(),
});

export function reasonJson(reason: Reason, { language, localTime }: Telling): ReasonJson {
  const { why, ...about } = reason;
  const words = WORDS[why] as unknown as Words<Why>; // The row for `why` takes that reason.
  return { why: nameOf(why), text: words(reason, localTime)[language], ...fieldsOf(about, language) };
}

/** As it is called in answers. */
function nameOf(why: Why): string {
  return why.replaceAll('-', '_');
}

/** All as they are but ids, which have their public name, and what is wrong, which is told in one language. */
function fieldsOf(about: Record<string, unknown>, language: Language): Partial<ReasonJson> {
  const { taskId, problem, ...fields } = about;
  return {
    ...fields,
    ...(taskId === undefined ? {} : { queue_id: taskId as string }),
    ...(problem === undefined ? {} : { problem: (problem as Text)[language] }),
  };
}
