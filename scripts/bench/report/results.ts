import { loadavg } from 'node:os';
import type { Quantiles } from '../measuring/figures';
import { PARTS, type Amount, type Outcome } from '../parts/part';
import { titled } from './markdown';
import type { Origin } from './origin';
import { summaryOf } from './summary';
import { targetTable } from './targets';

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

/** In one order, whichever was measured last. */
export function together(earlier: Parts, measured: Parts): Parts {
  const place = (name: string): number => [...PARTS, name].indexOf(name);
  const parts = Object.entries({ ...earlier, ...measured });
  return Object.fromEntries(parts.sort(([one], [other]) => place(one) - place(other)));
}

/** What the page says of them. */
export function tablesOf(parts: Parts): string {
  const unasked = Object.entries(parts).flatMap(([name, part]) =>
    (part.unasked ?? []).map((each) => `\`${name}\`: ${each}`),
  );
  return [
    summaryOf(parts),
    '## Targets',
    targetTable(Object.values(parts).flatMap(({ targets }) => targets)),
    ...(unasked.length > 0 ? [`Not asked for, and so not judged: ${unasked.join('; ')}.`] : []),
    '## Figures',
    '![Times of figure 1](performance.svg)',
    originTable(parts),
    ...Object.entries(parts).flatMap(([name, { tables }]) => [`### \`${name}\``, ...tables.map(titled)]),
  ].join('\n\n');
}

/** When, where and how each part was measured. */
function originTable(parts: Parts): string {
  const rows = Object.entries(parts).map(([name, { machine, versions, commit, logLevel, ...part }]) => [
    `\`${name}\``,
    commit ?? 'no repository',
    part.at,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryMb} MB`,
    machine.kernel,
    versions.parley,
    versions.node,
    versions.asterisk.replace('Asterisk ', ''),
    logLevel,
    `${part.amount.rounds} of ${part.amount.seconds} s`,
    `${part.load.before} / ${part.load.after}`,
    `${part.diskMs.p50} / ${part.diskMs.p99}`,
  ]);
  return titled({
    title: 'Of what, when and where; load: of the machine, before and after; disk: a page to it, p50 / p99 ms',
    head: [
      'part',
      'commit',
      'at',
      'machine',
      'Linux',
      'Parley',
      'Node',
      'Asterisk',
      'log',
      'rounds',
      'load',
      'disk',
    ],
    rows,
  });
}
