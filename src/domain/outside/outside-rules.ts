import type { AppId, Instant, PhoneNumber } from '../ids';
import { isMeant, isNumberPattern, type NumberPattern } from './number-pattern';

/** What an application may call outside. Null: not limited. */
export type OutsideRules = {
  /** Nothing is refused; what would have been is told. */
  readonly auditOnly: boolean;
  /** Whose numbers are national: two letters, `CN`. */
  readonly country: string;
  /** What may stand before a number for the trunk's own ends: a number is judged without it, and dialled with it. */
  readonly prefixes: readonly string[];
  /** Classes of numbers, and patterns. */
  readonly allow: readonly string[];
  /** Goes before `allow`. */
  readonly deny: readonly NumberPattern[];
  /** Numbers that may be shown. */
  readonly from: readonly NumberPattern[] | null;
  readonly callsAtOnce: number | null;
  readonly callsPerSecond: number | null;
  readonly minutesPerDay: number | null;
};

/** `national`: those of the country that are neither of the others. */
export const NUMBER_CLASSES = ['national', 'premium', 'international'] as const;
export type NumberClass = (typeof NUMBER_CLASSES)[number];
type CostlyClass = Exclude<NumberClass, 'national'>;

/** What a rule is called where it has refused something. */
export type OutsideRule = 'allow' | 'deny' | CostlyClass | 'from' | LimitRule;
export type LimitRule = 'callsAtOnce' | 'callsPerSecond' | 'minutesPerDay';

/** What a plan of the world's numbers says of one. */
export type ReadNumber = {
  /** All that it is; none: no plan knows it. Foreign premium numbers are both. */
  readonly classes: readonly NumberClass[];
  /** All ways to write it as it is dialled in the country. */
  readonly forms: readonly string[];
  /**
   * Ways to write it of which one has the code of a country and nothing in front that says so, `86138…`. A trunk may take
   * that for it, so what is against one of these is against the number, if it begins with `code`: `8*` means others. What
   * allows one of these may mean something else.
   */
  readonly bare: readonly { readonly form: string; readonly code: string }[];
};

/** The rules of all applications, and what it takes to apply them. The same arguments always give the same results. */
export type OutsidePolicy = {
  /** Null: it has none, and nothing is refused. */
  readonly rulesOf: (app: AppId) => OutsideRules | null;
  readonly read: (number: string, country: string) => ReadNumber;
  /** The date, `YYYY-MM-DD`. */
  readonly dayOf: (at: Instant) => string;
};

/** The rule that is against a call to this number; null: none. */
export function brokenByNumber(
  { rulesOf, read }: OutsidePolicy,
  app: AppId,
  number: PhoneNumber,
): OutsideRule | null {
  const rules = rulesOf(app);
  if (rules === null) return null;
  const { allow, deny, country } = rules;
  const judged = withoutPrefix(number, rules);
  const reading = read(judged, country);
  const { classes } = reading;
  if (isAnyMeant(deny, () => [judged, ...reading.forms]) || isMeantBare(deny, () => reading.bare)) return 'deny';
  const named = allow.filter(isNumberPattern);
  if (
    isAnyMeant(named, () => [judged, ...reading.forms]) ||
    (classes.length > 0 && classes.every((each) => allow.includes(each)))
  )
    return null;
  const costly = classes.find((each): each is CostlyClass => each !== 'national' && !allow.includes(each));
  return costly ?? 'allow';
}

/** It may, or nobody is refused anything yet. */
export function mayBeCalled(policy: OutsidePolicy, app: AppId, number: PhoneNumber): boolean {
  return policy.rulesOf(app)?.auditOnly === true || brokenByNumber(policy, app, number) === null;
}

/** The same for the number to show. */
export function brokenByFrom({ rulesOf }: OutsidePolicy, app: AppId, from: string): OutsideRule | null {
  const allowed = rulesOf(app)?.from ?? null;
  return allowed === null || allowed.some((pattern) => isMeant(pattern, from)) ? null : 'from';
}

/** It may be shown, or nobody is refused anything yet. */
export function mayBeShown(policy: OutsidePolicy, app: AppId, from: string): boolean {
  return policy.rulesOf(app)?.auditOnly === true || brokenByFrom(policy, app, from) === null;
}

function isMeantBare(patterns: readonly NumberPattern[], bare: () => ReadNumber['bare']): boolean {
  if (patterns.length === 0) return false;
  const written = bare();
  return patterns.some((pattern) =>
    written.some(({ form, code }) => pattern.startsWith(code) && isMeant(pattern, form)),
  );
}

/** `writings` is only asked for where there is a pattern: it takes time. */
function isAnyMeant(patterns: readonly NumberPattern[], writings: () => readonly string[]): boolean {
  if (patterns.length === 0) return false;
  const written = writings();
  return patterns.some((pattern) => written.some((form) => isMeant(pattern, form)));
}

function withoutPrefix(number: string, { prefixes }: OutsideRules): string {
  const prefix = prefixes.find((each) => number.startsWith(each));
  return prefix === undefined ? number : number.slice(prefix.length);
}
