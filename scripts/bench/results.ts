import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Quantiles } from './figures';
import { isReached, type Amount, type Outcome, type Table, type Target } from './part';
import { drawing } from './picture';

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

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

export function machine(): object {
  return { processor: cpus()[0]?.model, cores: cpus().length, memoryMb: Math.round(totalmem() / 1e6), kernel: release() }; // prettier-ignore
}

export const loadNow = (): number => Math.round(loadavg()[0]! * 10) / 10;

/** Puts these parts in the place of the same parts of earlier runs: `bench/results.json`, the tables and the picture in `docs`. */
export async function publish(projectRoot: string, results: Results): Promise<void> {
  const file = join(projectRoot, 'bench', 'results.json');
  const earlier = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Results,
    () => null,
  );
  const merged: Results = { ...results, parts: { ...earlier?.parts, ...results.parts } };
  await mkdir(dirname(file), { recursive: true });
  await writeFormatted(file, JSON.stringify(merged));
  await writeFile(join(projectRoot, 'docs', 'performance.svg'), drawing(merged));
  const page = join(projectRoot, 'docs', 'performance.md');
  const text = await readFile(page, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for what was measured`);
  await writeFormatted(page, `${text.slice(0, begin)}${BEGIN}\n\n${tablesOf(merged)}\n\n${text.slice(end)}`);
}

async function writeFormatted(path: string, text: string): Promise<void> {
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

function tablesOf({ parts }: Results): string {
  const targets = Object.values(parts).flatMap((part) => part.targets);
  const verdicts: Table = {
    title: 'Targets',
    head: ['what', 'measured', 'target', 'reached'],
    rows: targets.map((target) => [
      target.what,
      target.value,
      limitOf(target),
      isReached(target) ? 'yes' : '**no**',
    ]),
  };
  const measured = Object.values(parts).flatMap(({ tables, at, amount, load, diskMs }) => [
    `Measured at ${at}, ${amount.rounds} rounds of ${amount.seconds} s; load of the machine before ${load.before}, after ${load.after}; a page to the disk ${diskMs.p50} ms (p99 ${diskMs.p99}).`,
    ...tables.map(markdown),
  ]);
  return [markdown(verdicts), '![Times of figure 1](performance.svg)', ...measured].join('\n\n');
}

const limitOf = ({ sense, limit }: Target): string => `${sense === 'at most' ? '≤' : '≥'} ${limit}`;

function markdown({ title, head, rows }: Table): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [`**${title}**`, '', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
