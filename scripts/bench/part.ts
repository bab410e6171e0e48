import type { Contenders } from './contenders';
import type { SuiteScene } from './suite-scene';

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
  /** The search for the highest rate begins with it, and tries so many rates at most. */
  readonly firstRate: number;
  readonly steps: number;
};

/** One thing that has to be as good as it says. */
export type Target = { readonly what: string; readonly value: number; readonly limit: number; readonly sense: 'at most' | 'at least' }; // prettier-ignore

export type Cell = string | number;
export type Table = { readonly title: string; readonly head: readonly string[]; readonly rows: readonly (readonly Cell[])[] }; // prettier-ignore

export type Outcome = {
  readonly figures: unknown;
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  /** What of it could not be measured. */
  readonly problems: readonly string[];
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

export function isReached({ value, limit, sense }: Target): boolean {
  return sense === 'at most' ? value <= limit : value >= limit;
}
