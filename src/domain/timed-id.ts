/** So many ids may have the same time. */
export const IDS_OF_ONE_TIME = 0x1000;

const TIME_DIGITS = 12;
const COUNT_DIGITS = 3;
const SEED_AT = TIME_DIGITS + '7'.length + COUNT_DIGITS + '8'.length;

/**
 * A UUID version 7 without dashes. They sort by time, then by count. `time`: in milliseconds since the epoch; `count`: from 0,
 * below `IDS_OF_ONE_TIME`; `seed`: 15 hex digits.
 */
export function timedId<Id extends string>(time: number, count: number, seed: string): Id {
  const countDigits = count.toString(16).padStart(COUNT_DIGITS, '0');
  return `${time.toString(16).padStart(TIME_DIGITS, '0')}7${countDigits}8${seed}` as Id;
}

export function timeOf(id: string): number {
  return parseInt(id.slice(0, TIME_DIGITS), 16);
}

export function seedOf(id: string): string {
  return id.slice(SEED_AT);
}
