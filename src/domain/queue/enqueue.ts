import { type AgentName, type ConditionId } from '../ids';
import { type Sound } from './enqueue-sound';

export { EnqueueProblem } from './enqueue-document';
export { type Sound } from './enqueue-sound';

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
  /** Added to the target's priority. May be negative. */
  readonly priority: number;
  /** Tried in order; at least one. */
  readonly routes: readonly Route[];
};

/** At least one target, all of one kind. */
export type Route = { readonly targets: readonly Target[] };

/** How a task waits on a target that says so itself; a condition brings its own. */
export type Waiting = {
  readonly priority: number;
  /** `null`: until the call ends. 0: fail at once if nobody is free. */
  readonly queueTimeoutSeconds: number | null;
  readonly fetchTimeoutSeconds: number;
};

export type AgentTarget = { readonly kind: 'agent'; readonly name: AgentName } & Waiting;
export type SkillTarget = { readonly kind: 'skill'; readonly name: string } & Waiting;
export type ConditionTarget = { readonly kind: 'condition'; readonly id: ConditionId };
export type Target = AgentTarget | SkillTarget | ConditionTarget;

const DEFAULTS: Omit<Enqueue, 'routes'> = {
  conversationLevel: 2,
  conversationTimeoutSeconds: 21_600,
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
