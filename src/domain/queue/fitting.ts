import { agentId, idleSince, isExpired, type Agent, type Skill } from '../agent/agent';
import { EvaluationFault, evaluator, failsByTime, usesIdle } from '../expression/evaluate';
import type { Expression, ValueOf, ValueType } from '../expression/expression';
import type { Subject } from '../expression/functions';
import type { Extension } from '../extension/extension';
import type { AgentId, AppId, ConditionId, ExtensionId, Instant } from '../ids';
import { mayBeCalled } from '../outside/outside-rules';
import type { Settings } from '../settings';
import type { Text } from '../text';
import type { Condition } from './condition';
import type { Target } from './enqueue';

/** A rule of a condition failed on an agent, who does not match by that. Where and why. */
export type RuleFault = {
  readonly conditionId: ConditionId;
  readonly rule: 'where' | 'sort';
  readonly agent: string;
  readonly at: number;
  readonly problem: Text;
};

export type OnFault = (fault: RuleFault) => void;

/** Names a target: all that wait for the same, and the agents who are free for it, meet under its key. */
export type TargetKey = string;

export function keyOf(app: AppId, target: Target): TargetKey {
  switch (target.kind) {
    case 'agent':
      return agentKey(agentId(app, target.name));
    case 'skill':
      return skillKey(app, target.name);
    case 'condition':
      return conditionKey(app, target.id);
  }
}

export function agentKey(id: AgentId): TargetKey {
  return `agent ${id}`;
}

export function skillKey(app: AppId, name: string): TargetKey {
  return `skill ${app}/${name}`;
}

/** With the application, as a document may ask for a condition that is another's. */
export function conditionKey(app: AppId, id: ConditionId): TargetKey {
  return `condition ${app}/${id}`;
}

/**
 * The queue may select it, as far as it can be said without a clock: exactly idle, left in peace by nobody's miss, and
 * at a phone that can be rung.
 */
export function isFree(agent: Agent, extension: Extension | undefined, { trunk, outside }: Settings): boolean {
  if (agent.state !== 'idle' || agent.callId !== null || agent.restsUntil !== null) return false;
  if (extension?.boundTo !== agent.id || !extension.enabled) return false;
  const { line } = extension;
  return line.type !== '3' || (trunk !== null && mayBeCalled(outside, agent.app, line.telnum));
}

/** The world, or a rule's view of it. */
type Phones = {
  readonly extensions: { get(id: ExtensionId): Extension | undefined };
  readonly settings: Settings;
};

/** The queue may select it: exactly idle, bound to a phone that can be rung, rested, and not expired. */
export function isSelectable({ extensions, settings }: Phones, agent: Agent, at: Instant): boolean {
  return (
    isFree(agent, extensions.get(agent.extensionId), settings) && !isExpired(agent, at, settings.keepaliveSeconds)
  );
}

/** The score of a skill that the agent has, enabled. */
export function scoreOf({ skills }: Pick<Agent, 'skills'>, skill: string): number | undefined {
  return scoresOf(skills).get(skill);
}

const scores = new WeakMap<readonly Skill[], ReadonlyMap<string, number>>();

/** Of the skills that are enabled. */
export function scoresOf(skills: readonly Skill[]): ReadonlyMap<string, number> {
  let found = scores.get(skills);
  if (found === undefined) {
    found = new Map(skills.filter(({ enabled }) => enabled).map(({ name, score }) => [name, score]));
    scores.set(skills, found);
  }
  return found;
}

/** Whether time alone may change whom it chooses. */
export function choosesByTime({ where, sort }: Condition): boolean {
  return usesIdle(where) || (sort !== null && failsByTime(sort));
}

/** Whether time alone may change whom it prefers. */
export function sortsByTime({ sort }: Condition): boolean {
  return sort !== null && usesIdle(sort);
}

/** How high an agent stands among those whom the condition chooses; undefined: it is none of them. */
export function rankBy(condition: Condition, agent: Agent, at: Instant, onFault: OnFault): number | undefined {
  const subject = subjectOf(agent, at);
  const { where, sort } = condition;
  if (!evaluated(condition, 'where', where, subject, onFault)) return undefined;
  return sort === null ? 0 : evaluated(condition, 'sort', sort, subject, onFault);
}

/** What of it an index can keep: null if time chooses, and where time sorts, all rank the same. */
export function lastingOf(condition: Condition): Condition | null {
  if (choosesByTime(condition)) return null;
  return sortsByTime(condition) ? { ...condition, sort: null } : condition;
}

function evaluated<Type extends ValueType>(
  { id }: Condition,
  rule: RuleFault['rule'],
  expression: Expression<Type>,
  subject: Subject,
  onFault: OnFault,
): ValueOf<Type> | undefined {
  try {
    return evaluator(expression)(subject);
  } catch (fault) {
    if (!(fault instanceof EvaluationFault)) throw fault;
    onFault({ conditionId: id, rule, agent: subject.name, at: fault.at, problem: fault.problem });
    return undefined;
  }
}

/** What a rule sees of an agent. Many rules look at the same agent one after the other, so the last one is kept. */
export function subjectOf(agent: Agent, at: Instant): Subject {
  if (seen?.agent === agent && seen.at === at) return seen.subject;
  const scores = scoresOf(agent.skills);
  const subject: Subject = {
    name: agent.name,
    num: agent.num,
    idleSeconds: Math.max(0, Math.floor((at - idleSince(agent)) / 1000)),
    score: (skill) => scores.get(skill),
  };
  seen = { agent, at, subject };
  return subject;
}

let seen: { readonly agent: Agent; readonly at: Instant; readonly subject: Subject } | undefined;
