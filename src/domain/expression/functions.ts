import { type Value, type ValueType } from './expression';

/** What a rule sees of an agent. */
export type Subject = {
  readonly name: string;
  readonly num: string | null;
  /** Since its last conversation, or since login. */
  readonly idleSeconds: number;
  /** Of a skill that it has, enabled; undefined: it lacks it. */
  score(skill: string): number | undefined;
};

/** What a part of a rule gives for an agent. */
export type Evaluate<Result extends Value = Value> = (subject: Subject) => Result;

type FunctionFor<Takes extends 'skill' | 'nothing', Bind> = {
  readonly takes: Takes;
  readonly gives: ValueType;
  /** The same agent gives another value later, without anything having happened to it. */
  readonly isTimed?: true;
  readonly bind: Bind;
};

export type RuleFunction =
  FunctionFor<'skill', (skill: string) => Evaluate> | FunctionFor<'nothing', () => Evaluate>;

/** All that a rule may call. A map, so that no name finds anything that objects have by nature. */
export const FUNCTIONS: ReadonlyMap<string, RuleFunction> = new Map<string, RuleFunction>([
  ['get', { takes: 'skill', gives: 'number', bind: (skill) => (subject) => subject.score(skill) ?? 0 }],
  ['has', { takes: 'skill', gives: 'boolean', bind: (skill) => (subject) => subject.score(skill) !== undefined }],
  ['idle', { takes: 'nothing', gives: 'number', isTimed: true, bind: () => (subject) => subject.idleSeconds }],
  ['name', { takes: 'nothing', gives: 'string', bind: () => (subject) => subject.name }],
  ['num', { takes: 'nothing', gives: 'string', bind: () => (subject) => subject.num ?? '' }],
]);
