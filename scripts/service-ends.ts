/** As the service exits when it refuses its settings. */
const SETTINGS_REFUSED = 2;
/** As it exits when another process does its work already, or has taken its place. */
const REPLACED = 3;
const WITHIN_MS = 60_000;
const MOST_ENDS = 3;

/**
 * Why a service that has ended is not started again; undefined: it is. `ends` has the times of all its ends in
 * milliseconds, this one last; `code` is null for one that was killed.
 */
export function whyNotAgain(code: number | null, ends: readonly number[]): string | undefined {
  if (code === SETTINGS_REFUSED) return 'it refuses its settings';
  if (code === REPLACED) return 'another one serves this Asterisk';
  const last = ends.at(-1) ?? 0;
  const recent = ends.filter((at) => last - at < WITHIN_MS).length;
  return recent >= MOST_ENDS ? `it has ended ${recent} times within a minute` : undefined;
}
