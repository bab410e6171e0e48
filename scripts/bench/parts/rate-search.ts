import { median, rounded } from '../measuring/figures';
import { judged, type Amount, type Outcome } from './part';
import type { Name } from '../scene/suite-scene';

export const LONGEST_P99_MS = 200;
const AT_LEAST = 0.9;
/** An end is found when the lowest rate that was too much is above the highest that was not by no more. */
const STEP = 10;
const STEP_SHARE = 0.05;
/** Agents who talk have to be fewer than there are: at higher rates their number would be the end. */
const HIGHEST_RATE = 1_280;
/** The rest of the 200 ms is the contender's. */
const LATEST_PHONES_MS = 100;

export type Attempt = {
  readonly contender: Name;
  readonly perSecond: number;
  readonly failed: number;
  readonly p99: number;
  /** How late the phones were, p99 in milliseconds. */
  readonly late: number;
  /** What it was too much for: Asterisk has ended, or the channels of calls were still there long after. */
  readonly collapse: string | null;
};

/** One search for the highest rate; null: every attempt was good. */
export type Search = {
  readonly contender: Name;
  readonly attempts: readonly Attempt[];
  readonly highest: number;
  readonly end: Attempt | null;
};

/** By contender the median of all rounds, and the highest rate of each. */
export type Rates = {
  readonly highest: readonly {
    readonly contender: Name;
    readonly perSecond: number;
    readonly rates: readonly number[];
  }[];
  readonly attempts: readonly Attempt[];
};

export function isGood({ failed, p99, collapse }: Attempt): boolean {
  return collapse === null && failed === 0 && p99 < LONGEST_P99_MS;
}

/** The rate to be tried next: twice as much until one was too much, then half way back; null: the search is over. */
export function nextRate(
  attempts: readonly Attempt[],
  { firstRate, steps }: Pick<Amount, 'firstRate' | 'steps'>,
): number | null {
  if (attempts.length >= steps) return null;
  const { good, bad } = between(attempts);
  if (bad === Infinity) {
    const higher = good === 0 ? firstRate : 2 * good;
    return higher > HIGHEST_RATE ? null : higher;
  }
  if (bad - good <= Math.max(STEP, good * STEP_SHARE)) return null;
  const middle = Math.round((good + bad) / 2 / STEP) * STEP;
  return middle > good && middle < bad ? middle : null;
}

/** What was too much counts even where a higher rate went well: that was luck. */
function between(attempts: readonly Attempt[]): { readonly good: number; readonly bad: number } {
  const rates = (good: boolean): readonly number[] =>
    attempts.filter((each) => isGood(each) === good).map(({ perSecond }) => perSecond);
  const bad = Math.min(Infinity, ...rates(false));
  return { good: Math.max(0, ...rates(true).filter((each) => each < bad)), bad };
}

export function searchOf(contender: Name, attempts: readonly Attempt[]): Search {
  const { good, bad } = between(attempts);
  return { contender, attempts, highest: good, end: attempts.find(({ perSecond }) => perSecond === bad) ?? null };
}

/** Why the highest rates say nothing of this contender. */
function doubtsOf(contender: Name, searches: readonly Search[]): readonly string[] {
  return searches.flatMap(({ end, attempts, highest }) => {
    if (attempts.every((each) => !isGood(each))) return [`${contender}: no attempt was good`];
    if (end === null) return [`${contender}: no end found up to ${highest} a second`];
    return end.late >= LATEST_PHONES_MS
      ? [`${contender}: at ${end.perSecond} a second the phones themselves were ${end.late} ms late`]
      : [];
  });
}

export function outcomeOf(
  searches: readonly Search[],
  { steps, agents }: Pick<Amount, 'steps' | 'agents'>,
): Outcome {
  const of = (name: Name): readonly Search[] => searches.filter(({ contender }) => contender === name);
  const highest = (name: Name): number => median(of(name).map((each) => each.highest));
  const ratio = (other: Name): number => rounded(highest('Parley') / highest(other), 2);
  const names = ['Parley', 'floor', 'app_queue'] as const;
  const doubts = names.flatMap((name) => doubtsOf(name, of(name)));
  const ends = (name: Name): string =>
    of(name)
      .map(({ end }) => (end === null ? 'none' : end.perSecond))
      .join(', ');
  return {
    figures: {
      highest: names.map((contender) => ({
        contender,
        perSecond: highest(contender),
        rates: of(contender).map((each) => each.highest),
      })),
      attempts: searches.flatMap(({ attempts }) => attempts),
    } satisfies Rates,
    tables: [
      {
        title: `Highest rate of calls a second with ${Math.max(...agents)} agents, to within ${STEP} or ${STEP_SHARE * 100} %, with no failed call and p99 of INVITE to talk below ${LONGEST_P99_MS} ms`,
        head: [
          'Parley',
          'floor',
          '`app_queue`',
          '× floor',
          '× `app_queue`',
          'too much, by round: Parley',
          'floor',
          '`app_queue`',
        ],
        rows: [[...names.map(highest), ratio('floor'), ratio('app_queue'), ...names.map(ends)]],
      },
    ],
    targets: [
      {
        what: 'highest rate, times floor',
        value: ratio('floor'),
        limit: AT_LEAST,
        sense: 'at least',
        ...judged([], [...doubtsOf('Parley', of('Parley')), ...doubtsOf('floor', of('floor'))]),
      },
    ],
    // A single attempt looks for no end.
    problems: steps > 1 ? doubts : doubts.filter((each) => each.endsWith('no attempt was good')),
  };
}
