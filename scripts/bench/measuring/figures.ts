import { performance } from 'node:perf_hooks';

/** How long each round took, in milliseconds: ours, and a plain scan where one was made. */
export type Figure = { readonly ours: number[]; readonly scan: number[] };
export const figure = (): Figure => ({ ours: [], scan: [] });

export function timed(action: () => unknown): number {
  const start = performance.now();
  action();
  return performance.now() - start;
}

/** The same arithmetic each time, some 50 µs of it: what is slow about the slowest of these is the machine. */
export function yardstick(): number {
  let sum = 0;
  for (let step = 0; step < 50_000; step++) sum = (Math.imul(sum, 31) + step) | 0;
  return sum;
}

export const median = (times: readonly number[]): number => quantile(times, 0.5);
/** NaN for none, and where one of them is NaN: a round that measured nothing is not left out. */
export function quantile(times: readonly number[], share: number): number {
  if (times.length === 0 || times.some(Number.isNaN)) return NaN;
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** To so many digits behind the point. */
export const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits;

export type Quantiles = { readonly p50: number; readonly p99: number };
export function quantiles(times: readonly number[], digits = 1): Quantiles {
  return { p50: rounded(quantile(times, 0.5), digits), p99: rounded(quantile(times, 0.99), digits) };
}
/** Behind a p99: of so few, the slowest hundredth is the slowest one. */
export const tailNote = (samples: number): string => (samples > 0 && samples <= 100 ? ` (max of ${samples})` : '');
export const micros = (milliseconds: number): number => Math.round(milliseconds * 1_000);

export function row(name: string, target: number | null, { ours, scan }: Figure): Record<string, number | string> {
  const p99 = quantile(ours, 0.99);
  return {
    figure: name,
    rounds: ours.length,
    'p50 µs': micros(median(ours)),
    'p99 µs': micros(p99),
    'target µs': target === null ? '' : micros(target),
    'scan p50 µs': micros(median(scan)),
    'scan p99 µs': micros(quantile(scan, 0.99)),
    'scan / ours (p50)': Number((median(scan) / median(ours)).toFixed(1)),
    'scan / ours (p99)': Number((quantile(scan, 0.99) / p99).toFixed(1)),
    reached: target === null ? '' : p99 <= target ? 'yes' : 'no',
  };
}

/** Of the rows above: what was not measured, ours or the scan beside it. */
export function emptyOf(rows: readonly ReturnType<typeof row>[]): readonly string[] {
  const isEmpty = (each: ReturnType<typeof row>): boolean =>
    Object.values(each).some((value) => typeof value === 'number' && !Number.isFinite(value));
  return rows.filter(isEmpty).map(({ figure: name }) => `not measured: ${name}`);
}
