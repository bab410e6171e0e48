import { cpus, loadavg, release, totalmem } from 'node:os';
import type { Quantiles } from './figures';
import { verdictOf, type Amount, type Outcome, type Table, type Target } from './part';

/** When, where and how one part was measured, and what came out. */
export type Measured = Outcome & {
  readonly at: string;
  readonly amount: Amount;
  /** Of the machine, when the part began and when it had ended. */
  readonly load: { readonly before: number; readonly after: number };
  /** Before the part, to have a page on the disk for good. */
  readonly diskMs: Quantiles;
};
export type Results = {
  readonly machine: object;
  readonly versions: object;
  readonly parts: Readonly<Record<string, Measured>>;
};

export function machine(): object {
  return { processor: cpus()[0]?.model, cores: cpus().length, memoryMb: Math.round(totalmem() / 1e6), kernel: release() }; // prettier-ignore
}

export const loadNow = (): number => Math.round(loadavg()[0]! * 10) / 10;

export function tablesOf({ parts }: Results): string {
  const targets = Object.values(parts).flatMap((part) => part.targets);
  const verdicts: Table = {
    title: 'Targets',
    head: ['what', 'measured', 'target', 'reached'],
    rows: targets.map((target) => [
      target.what,
      target.value !== null && Number.isFinite(target.value) ? target.value : '-',
      limitOf(target),
      reachedBy(target),
    ]),
  };
  const measured = Object.values(parts).flatMap(({ tables, at, amount, load, diskMs }) => [
    `Measured at ${at}, ${amount.rounds} rounds of ${amount.seconds} s; load of the machine before ${load.before}, after ${load.after}; a page to the disk ${diskMs.p50} ms (p99 ${diskMs.p99}).`,
    ...tables.map(markdown),
  ]);
  return [markdown(verdicts), '![Times of figure 1](performance.svg)', ...measured].join('\n\n');
}

const REACHED = { reached: 'yes', missed: '**no**', undecided: 'no verdict' } as const;
function reachedBy(target: Target): string {
  const { is, why } = verdictOf(target);
  return why === undefined ? REACHED[is] : `${REACHED[is]}: ${why}`;
}

const limitOf = ({ sense, limit }: Target): string => `${sense === 'at most' ? '≤' : '≥'} ${limit}`;

function markdown({ title, head, rows }: Table): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [`**${title}**`, '', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
