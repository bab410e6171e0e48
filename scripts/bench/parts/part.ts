import type { Contenders } from '../contenders/contenders';
import type { SuiteScene } from '../scene/suite-scene';

/** In the order in which they are measured, and told. */
export const PARTS = ['connect', 'ringing', 'modes', 'rest', 'callbacks', 'rate', 'growth'] as const;
export type PartName = (typeof PARTS)[number];

/** How much a run measures. */
export type Amount = {
  readonly rounds: number;
  /** Of what counts, for each round of each contender. */
  readonly seconds: number;
  /** Before each measurement, and of each contender before the first, until most of its code is compiled. */
  readonly warmUpSeconds: number;
  readonly firstWarmUpSeconds: number;
  /** Calls a second. */
  readonly rates: readonly number[];
  /** How many are logged in. */
  readonly agents: readonly number[];
  /** Callers who wait. */
  readonly waiting: number;
  /** Conversations that live meanwhile, and that are stored. */
  readonly live: readonly number[];
  readonly stored: readonly number[];
  /** Events to be delivered in each round. */
  readonly events: number;
  /** The search for the highest rate begins with it, and tries so many rates at most; with one it looks for no end. */
  readonly firstRate: number;
  readonly steps: number;
};

/** One thing that has to be as good as it says. */
export type Target = {
  readonly what: string;
  /** What is not finite is null in JSON. */
  readonly value: number | null;
  readonly limit: number;
  readonly sense: 'at most' | 'at least';
  /** Why it is missed, whatever the value: the value is of what came to its end only. */
  readonly missed?: string;
  /** Why the value says nothing: it compares with somebody who failed, or the measurement went wrong. */
  readonly undecided?: string;
};

export type Verdict = { readonly is: 'reached' | 'missed' | 'undecided'; readonly why?: string };

export type Cell = string | number;
export type Table = {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
};

export type Outcome = {
  readonly figures: unknown;
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  /** What of it could not be measured. */
  readonly problems: readonly string[];
  /** What would have been judged, had the amount been another. */
  readonly unasked?: readonly string[];
};

/** What all parts that compare contenders share. */
export type Bench = {
  readonly scene: SuiteScene;
  readonly contenders: Contenders;
  readonly amount: Amount;
};

/** Whoever comes first does so in another round last. */
export function inTurn<Item>(all: readonly Item[], round: number): readonly Item[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

/** Milliseconds, p99: when the phones are later than that, times taken at them are not to be trusted. "hear" is exact to 4. */
export const LATEST_MS = 5;

export const latenessOf = ({
  contender,
  late,
}: {
  readonly contender: string;
  readonly late: number;
}): readonly string[] => (late > LATEST_MS ? [`${contender}: the phones themselves were ${late} ms late`] : []);

export function verdictOf({ value, limit, sense, missed, undecided }: Target): Verdict {
  if (missed !== undefined) return { is: 'missed', why: missed };
  if (undecided !== undefined) return { is: 'undecided', why: undecided };
  if (!isMeasured(value)) return { is: 'undecided', why: 'not measured' };
  return { is: (sense === 'at most' ? value <= limit : value >= limit) ? 'reached' : 'missed' };
}

/** A target without a value was not measured. That there is no verdict is a problem only then: who fails has been measured. */
export function problemsOf(targets: readonly Target[]): readonly string[] {
  return targets
    .filter(({ value }) => !isMeasured(value))
    .map(({ what, missed, undecided }) => [`${what}: no value`, missed ?? undecided].filter(Boolean).join(', '));
}

const isMeasured = (value: number | null): value is number => value !== null && Number.isFinite(value);

/** For a target: which of these is so. */
export function judged(
  missed: readonly string[],
  undecided: readonly string[],
): Pick<Target, 'missed' | 'undecided'> {
  return {
    ...(missed.length > 0 ? { missed: missed.join('; ') } : {}),
    ...(undecided.length > 0 ? { undecided: undecided.join('; ') } : {}),
  };
}
