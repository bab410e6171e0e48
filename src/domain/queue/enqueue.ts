import { MAX_CONVERSATION_SECONDS } from '../conversation/conversation';
import { type AgentName, type ConditionId } from '../ids';
import { unknownName } from '../nearest-name';
import { verbatim } from '../text';
import {
  type AttributeRule,
  attributesOf,
  type AttributeValues,
  EnqueueProblem,
  expectNoText,
  matching,
  oneOf,
  type Place,
  required,
  textUpTo,
  TRUE_OR_FALSE,
  wholeNumber,
  type XmlElement,
} from './enqueue-document';
import { isSound, type Sound } from './enqueue-sound';

export { EnqueueProblem };

/** How one among equals is found; `all` rings all of them and the first to answer wins. */
export type Choice = 'random' | 'lru' | 'order' | 'all';

/** The state that an agent goes to after the conversation. Whatever else a document says counts as `idle`. */
export type ReserveState = 'idle' | 'busy' | `busy/${string}` | 'away' | `away/${string}`;

/**
 * | mode | the waiting party hears                                               |
 * | ---- | --------------------------------------------------------------------- |
 * | 1    | the wait sound until the agent answers                                |
 * | 2    | the ring sound from dialling the agent until the dial ends            |
 * | 3    | the ring sound from dialling, ringback once the agent's phone rings   |
 * | 4    | the wait sound while dialling, the ring sound once it rings           |
 * | 5    | the wait sound while dialling, ringback once it rings                 |
 */
export type RingMode = 1 | 2 | 3 | 4 | 5;

/** Whom a queue task asks for, how, and what is heard meanwhile. `null` for a sound is what the document left out. */
export type Enqueue = {
  /** 1: the conversation never has more than two members. */
  readonly conversationLevel: 1 | 2;
  readonly conversationTimeoutSeconds: number;
  readonly choice: Choice;
  readonly reserveState: ReserveState;
  /** A failed agent call goes on with the next route instead of failing the task. */
  readonly failOverflow: boolean;
  /** `null`: music on hold. */
  readonly waitVoice: Sound | null;
  readonly ringMode: RingMode;
  readonly ringVoice: Sound | null;
  readonly holdVoice: Sound | null;
  /** The agent's number is announced when it answers. */
  readonly playNum: boolean;
  readonly preNumVoice: Sound | null;
  readonly postNumVoice: Sound | null;
  readonly userData: string | null;
  /** Added to the target's priority; whole, may be negative, at most 999999999 either way. */
  readonly priority: number;
  /** Tried in order; at least one. */
  readonly routes: readonly Route[];
};

/** At least one target, all of one kind. */
export type Route = { readonly targets: readonly Target[] };

/** How a task waits on a target that says so itself; a condition brings its own. */
export type Waiting = {
  /** 0-999999999. */
  readonly priority: number;
  /** 0-86400; `null`: until the call ends. 0: fail at once if nobody is free. */
  readonly queueTimeoutSeconds: number | null;
  /** 1-300. */
  readonly fetchTimeoutSeconds: number;
};

export type AgentTarget = { readonly kind: 'agent'; readonly name: AgentName } & Waiting;
export type SkillTarget = { readonly kind: 'skill'; readonly name: string } & Waiting;
export type ConditionTarget = { readonly kind: 'condition'; readonly id: ConditionId };
export type Target = AgentTarget | SkillTarget | ConditionTarget;

const DEFAULTS: Omit<Enqueue, 'routes'> = {
  conversationLevel: 2,
  conversationTimeoutSeconds: MAX_CONVERSATION_SECONDS,
  choice: 'random',
  reserveState: 'idle',
  failOverflow: false,
  waitVoice: null,
  ringMode: 1,
  ringVoice: null,
  holdVoice: null,
  playNum: false,
  preNumVoice: null,
  postNumVoice: null,
  userData: null,
  priority: 0,
};

const WAITING: Waiting = { priority: 0, queueTimeoutSeconds: null, fetchTimeoutSeconds: 50 };

/** Of a priority, either way. */
export const MAX_PRIORITY = 999_999_999;
const SOUND = matching(
  {
    zh: '应为普通文件名，或 Asterisk 的 sound: 或 digits: 名称',
    en: 'must be a plain file name, or a sound: or digits: name of Asterisk',
  },
  isSound,
);

const ENQUEUE_ATTRIBUTES = {
  conversation_level: wholeNumber<1 | 2>(1, 2),
  conversation_timeout: wholeNumber(1, MAX_CONVERSATION_SECONDS),
  choice: oneOf<Choice>('random', 'lru', 'order', 'all'),
  reserve_state: {
    wanted: { zh: '应为坐席状态', en: 'must be an agent state' },
    read: reserveState,
  } satisfies AttributeRule<ReserveState>,
  fail_overflow: TRUE_OR_FALSE,
  wait_voice: SOUND,
  ring_mode: wholeNumber<RingMode>(1, 5),
  ring_voice: SOUND,
  hold_voice: SOUND,
  play_num: TRUE_OR_FALSE,
  pre_num_voice: SOUND,
  post_num_voice: SOUND,
  user_data: textUpTo(128),
  priority: wholeNumber(-MAX_PRIORITY, MAX_PRIORITY),
};

const WAITING_ATTRIBUTES = {
  priority: wholeNumber(0, MAX_PRIORITY),
  queue_timeout: wholeNumber(0, 86_400),
  fetch_timeout: wholeNumber(1, 300),
};

const SKILL_NAME: AttributeRule<string> = {
  wanted: {
    zh: '应为 1 至 64 个字符，不含控制字符',
    en: 'must be 1 to 64 characters, none of them a control character',
  },
  read: (text) => (isSkillName(text) ? text : undefined),
};

const TARGET_ATTRIBUTES = {
  agent: {
    name: matching(
      { zh: '应为 1 至 32 个字母、数字或 _', en: 'must be 1 to 32 letters, digits or _' },
      isAgentName,
    ),
    ...WAITING_ATTRIBUTES,
  },
  skill: {
    name: SKILL_NAME,
    ...WAITING_ATTRIBUTES,
  },
  condition: {
    id: matching(
      { zh: '应为 32 位小写十六进制数字', en: 'must be 32 lower-case hexadecimal digits' },
      isConditionId,
    ),
  },
};

const DOCUMENT: Place = () => ({ zh: '文档', en: 'document' });
const RESPONSE: Place = () => verbatim('response');
const ENQUEUE: Place = () => verbatim('enqueue');

type Kind = Target['kind'];
const KINDS = Object.keys(TARGET_ATTRIBUTES) as readonly Kind[];

export function isAgentName(text: string): text is AgentName {
  return /^[A-Za-z0-9_]{1,32}$/.test(text);
}

/** What a skill may be called. */
export function isSkillName(text: string): boolean {
  return /^[^\p{Cc}\p{Cs}]{1,64}$/u.test(text);
}

export function isConditionId(text: string): text is ConditionId {
  return /^[0-9a-f]{32}$/.test(text);
}

/**
 * Reads a document by all its rules: every element and attribute, ranges and defaults.
 * An outer `<response>` around the one `<enqueue>` is tolerated. Names are case-sensitive.
 * @throws {EnqueueProblem} for the first thing that is wrong, naming its place.
 */
export function enqueueFrom(document: XmlElement): Enqueue {
  const root = rootOf(document);
  const given = attributesOf(root, ENQUEUE, ENQUEUE_ATTRIBUTES);
  expectNoText(root, ENQUEUE);
  if (root.children.length === 0) {
    throw new EnqueueProblem(ENQUEUE(), { zh: '至少需要一个 <route>', en: 'at least one <route> is needed' });
  }
  return {
    conversationLevel: given.conversation_level ?? DEFAULTS.conversationLevel,
    conversationTimeoutSeconds: given.conversation_timeout ?? DEFAULTS.conversationTimeoutSeconds,
    choice: given.choice ?? DEFAULTS.choice,
    reserveState: given.reserve_state ?? DEFAULTS.reserveState,
    failOverflow: given.fail_overflow ?? DEFAULTS.failOverflow,
    waitVoice: given.wait_voice ?? DEFAULTS.waitVoice,
    ringMode: given.ring_mode ?? DEFAULTS.ringMode,
    ringVoice: given.ring_voice ?? DEFAULTS.ringVoice,
    holdVoice: given.hold_voice ?? DEFAULTS.holdVoice,
    playNum: given.play_num ?? DEFAULTS.playNum,
    preNumVoice: given.pre_num_voice ?? DEFAULTS.preNumVoice,
    postNumVoice: given.post_num_voice ?? DEFAULTS.postNumVoice,
    userData: given.user_data ?? DEFAULTS.userData,
    priority: given.priority ?? DEFAULTS.priority,
    routes: root.children.map(routeFrom),
  };
}

function rootOf(document: XmlElement): XmlElement {
  if (document.name !== 'response') return named('enqueue', document, DOCUMENT);
  attributesOf(document, RESPONSE, {});
  expectNoText(document, RESPONSE);
  const [inner, ...more] = document.children;
  if (!inner || more.length > 0) {
    throw new EnqueueProblem(RESPONSE(), {
      zh: '须有且仅有一个 <enqueue>',
      en: 'exactly one <enqueue> is needed',
    });
  }
  return named('enqueue', inner, RESPONSE);
}

function named(name: string, element: XmlElement, place: Place): XmlElement {
  if (element.name !== name) throw new EnqueueProblem(place(), unknownName('element', element.name, [name]));
  return element;
}

function routeFrom(element: XmlElement, index: number): Route {
  const place: Place = () => ({ zh: `第 ${index + 1} 个 route`, en: `route ${index + 1}` });
  named('route', element, place);
  attributesOf(element, place, {});
  expectNoText(element, place);
  const targets = element.children.map((child, position) => targetFrom(child, place, position));
  const kinds = new Set(targets.map(({ kind }) => kind));
  if (kinds.size === 0) {
    throw new EnqueueProblem(place(), {
      zh: '至少需要一个 <agent>、<skill> 或 <condition>',
      en: 'at least one <agent>, <skill> or <condition> is needed',
    });
  }
  if (kinds.size > 1) {
    throw new EnqueueProblem(place(), {
      zh: `所有目标应为同一种，不能混用 ${[...kinds].join('、')}`,
      en: `all targets must be of one kind, not ${[...kinds].join(' and ')}`,
    });
  }
  return { targets };
}

function targetFrom(element: XmlElement, route: Place, position: number): Target {
  const kind = KINDS.find((each) => each === element.name);
  const place: Place = () => {
    const { zh, en } = route();
    const of = kind === undefined ? '' : ` (${kind})`;
    return { zh: `${zh} 的第 ${position + 1} 个目标${of}`, en: `${en}, target ${position + 1}${of}` };
  };
  if (!kind) throw new EnqueueProblem(place(), unknownName('element', element.name, KINDS));
  expectNoText(element, place);
  const [child] = element.children;
  if (child) throw new EnqueueProblem(place(), unknownName('element', child.name, []));
  return TARGETS[kind](element, place);
}

const TARGETS: { readonly [Each in Kind]: (element: XmlElement, place: Place) => Target } = {
  agent: (element, place) => {
    const given = attributesOf(element, place, TARGET_ATTRIBUTES.agent);
    return { kind: 'agent', name: required(given.name, 'name', place), ...waiting(given) };
  },
  skill: (element, place) => {
    const given = attributesOf(element, place, TARGET_ATTRIBUTES.skill);
    return { kind: 'skill', name: required(given.name, 'name', place), ...waiting(given) };
  },
  condition: (element, place) => {
    const given = attributesOf(element, place, TARGET_ATTRIBUTES.condition);
    return { kind: 'condition', id: required(given.id, 'id', place) };
  },
};

function waiting(given: AttributeValues<typeof WAITING_ATTRIBUTES>): Waiting {
  return {
    priority: given.priority ?? WAITING.priority,
    queueTimeoutSeconds: given.queue_timeout ?? WAITING.queueTimeoutSeconds,
    fetchTimeoutSeconds: given.fetch_timeout ?? WAITING.fetchTimeoutSeconds,
  };
}

function reserveState(text: string): ReserveState {
  return isReserveState(text) ? text : 'idle';
}

function isReserveState(text: string): text is ReserveState {
  const base = text.split('/', 1)[0];
  return text === 'idle' || base === 'busy' || base === 'away';
}

/** What `Stasis(parley,agent,<name>)` means: this agent, everything else by default. */
export function agentEnqueue(name: AgentName): Enqueue {
  return oneTarget({ kind: 'agent', name, ...WAITING });
}

/** What `Stasis(parley,skill,<name>)` means. */
export function skillEnqueue(name: string): Enqueue {
  return oneTarget({ kind: 'skill', name, ...WAITING });
}

/** What `Stasis(parley,condition,<id>)` means. */
export function conditionEnqueue(id: ConditionId): Enqueue {
  return oneTarget({ kind: 'condition', id });
}

function oneTarget(target: Target): Enqueue {
  return { ...DEFAULTS, routes: [{ targets: [target] }] };
}
