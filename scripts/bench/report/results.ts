import { loadavg } from 'node:os';
import type { Quantiles } from '../measuring/figures';
import { told, type Origin } from './origin';
import { verdictOf, type Amount, type Outcome, type Table, type Target } from '../parts/part';

/** When, where and how one part was measured, and what came out. Parts of one file may be of several runs. */
export type Measured = Outcome &
  Origin & {
    readonly at: string;
    readonly amount: Amount;
    /** Of the machine, when the part began and when it had ended. */
    readonly load: { readonly before: number; readonly after: number };
    /** Before the part, to have a page on the disk for good. */
    readonly diskMs: Quantiles;
  };
export type Parts = Readonly<Record<string, Measured>>;
export type Results = { readonly parts: Parts };

export const loadNow = (): number => Math.round(loadavg()[0]! * 10) / 10;

export function tablesOf(parts: Parts): string {
  const targets = Object.values(parts).flatMap((part) => part.targets);
  const verdicts: Table = {
    title: 'Targets',
    head: ['what', 'measured', 'target', 'reached'],
    rows: targets.map((target) => [target.what, target.value ?? '-', limitOf(target), reachedBy(target)]),
  };
  const measured = Object.values(parts).flatMap((part) => [lineOf(part), ...part.tables.map(markdown)]);
  const unasked = Object.entries(parts).flatMap(([name, part]) =>
    (part.unasked ?? []).map((each) => `\`${name}\`: ${each}`),
  );
  const notJudged = unasked.length > 0 ? [`Not asked for, and so not judged: ${unasked.join('; ')}.`] : [];
  return [markdown(verdicts), ...notJudged, '![Times of figure 1](performance.svg)', ...measured].join('\n\n');
}

/** When, where and how. */
function lineOf(part: Measured): string {
  const { at, amount, load, diskMs } = part;
  return `Measured at ${at} on ${told(part)}; ${amount.rounds} rounds of ${amount.seconds} s; load of the machine before ${load.before}, after ${load.after}; a page to the disk ${diskMs.p50} ms (p99 ${diskMs.p99}).`;
}

const REACHED = { reached: 'yes', missed: '**no**', undecided: 'no verdict' } as const;
function reachedBy(target: Target): string {
  const { is, why } = verdictOf(target);
  return why === undefined ? REACHED[is] : `${REACHED[is]}: ${why}`;
}

const limitOf = ({ sense, limit }: Target): string => `${sense === 'at most' ? '≤' : '≥'} ${limit}`;

function markdown({ title, head, rows }: Table): string {
  // Of what was not measured there is no number, which JSON makes null.
  const shown = (cell: string | number | null): string => String(cell ?? '-').replace(/\b(NaN|Infinity)\b/g, '-');
  const line = (cells: readonly (string | number | null)[]): string => `| ${cells.map(shown).join(' | ')} |`;
  return [`**${title}**`, '', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
