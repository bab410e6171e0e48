import { verdictOf, type Target, type Verdict } from '../parts/part';
import { grid } from './markdown';

/** One target, or those that have no verdict, or are missed, for the same reason and have the same limit. */
type Row = Verdict & {
  readonly count: number;
  readonly what: string;
  /** With ` at ` before it, and `, times ` before those it is next to; both may be empty. */
  readonly where: string;
  readonly others: string;
  readonly measured: string;
  readonly limit: string;
};

/** `ring p50 at 40 calls/s, 500 agents, times floor`. */
const NAME = /^(.*?)( at .*?)?(?:, times (.*))?$/;

export function targetTable(targets: readonly Target[]): string {
  const rows = rowsOf(targets).map((row) => [
    `${row.what}${row.where}${row.others}${row.count > 1 ? ` (${row.count} targets)` : ''}`,
    row.measured,
    row.limit,
    reachedBy(row),
  ]);
  return grid({ head: ['what', 'measured', 'target', 'reached'], rows });
}

/** How many are reached, and a line for each place in which some are missed. */
export function missedIn(targets: readonly Target[]): string {
  const rows = rowsOf(targets);
  const count = (is: Verdict['is']): number => targets.filter((target) => verdictOf(target).is === is).length;
  const missed = rows.filter(({ is }) => is === 'missed');
  const undecided = count('undecided') > 0 ? `, ${count('undecided')} have no verdict` : '';
  const told = `${count('reached')} of ${targets.length} targets are reached${undecided}`;
  if (missed.length === 0) return `${told}; none is missed.`;
  const places = [...new Set(missed.map(({ where }) => where))];
  const lines = places.map((place) => {
    const all = missed.filter(({ where }) => where === place).map(sayMissed);
    return `- ${place === '' ? '' : `${place.trim()}: `}${all.join('; ')}`;
  });
  return [`${told}, ${count('missed')} are missed:`, '', ...lines].join('\n');
}

function sayMissed({ count, what, others, measured, limit, why }: Row): string {
  const value = measured === '-' ? '' : ` ${measured}`;
  return `${what}${others}${value} (${count > 1 ? `${count} targets, ` : ''}${limit})${why === undefined ? '' : ` because of “${why}”`}`;
}

function rowsOf(targets: readonly Target[]): readonly Row[] {
  const folded = new Map<string, Target[]>();
  targets.forEach((target, index) => {
    const { why } = verdictOf(target);
    const key = why === undefined ? `${index}` : `${why} ${limitOf(target)}`;
    folded.set(key, [...(folded.get(key) ?? []), target]);
  });
  return [...folded.values()].map((all) => ({
    ...verdictOf(all[0]!),
    count: all.length,
    ...nameOf(all.map(({ what }) => what)),
    measured: [...new Set(all.map(({ value }) => String(value ?? '-').replace(/NaN|-?Infinity/, '-')))].join(
      ' / ',
    ),
    limit: limitOf(all[0]!),
  }));
}

/** One name for all, where they are all that can be made of its pieces. */
function nameOf(names: readonly string[]): Pick<Row, 'what' | 'where' | 'others'> {
  const split = names.map((name) => NAME.exec(name)!.slice(1));
  const pieces = [0, 1, 2].map((piece) => [...new Set(split.map((each) => each[piece] ?? ''))]);
  const [whats, wheres, others] = pieces as [string[], string[], string[]];
  if (wheres.length > 1 || whats.length * others.length !== names.length) {
    return { what: names.join('; '), where: '', others: '' };
  }
  const times = others.join(' / ');
  return { what: whats.join(' / '), where: wheres[0]!, others: times === '' ? '' : `, times ${times}` };
}

const REACHED = { reached: 'yes', missed: '**no**', undecided: 'no verdict' } as const;
const reachedBy = ({ is, why }: Row): string => (why === undefined ? REACHED[is] : `${REACHED[is]}: ${why}`);

const limitOf = ({ sense, limit }: Target): string => `${sense === 'at most' ? '≤' : '≥'} ${limit}`;
