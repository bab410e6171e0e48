/** The part of a version that decides whether we can work with it. */
export type AsteriskVersion = { readonly major: number; readonly minor: number };

/**
 * The first fit release of each major version. 22.7 and its twin 23.1 crash on format references; older ones lack
 * `tech_cause` and fixes in bridges. A major version that is newer than all of these has the fixes from its start.
 */
const FIRST_FIT_MINOR: Readonly<Record<number, number>> = { 22: 8, 23: 2 };
const NEWEST_KNOWN_MAJOR = Math.max(...Object.keys(FIRST_FIT_MINOR).map(Number));

/** Reads what `asterisk -V` prints, e.g. `Asterisk 22.10.1+dfsg-1` or `Asterisk certified/22.8-cert1`. */
export function parseAsteriskVersion(text: string): AsteriskVersion | undefined {
  const match = /Asterisk (?:certified[/-])?(\d+)\.(\d+)/.exec(text);
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

/** Says why this Asterisk cannot be used; `undefined` when it can. `text` is what `asterisk -V` printed. */
export function whyUnfit(text: string): string | undefined {
  const version = parseAsteriskVersion(text);
  if (!version) return `not a version of Asterisk: ${JSON.stringify(text.trim())}`;
  const first = FIRST_FIT_MINOR[version.major];
  const isFit = first === undefined ? version.major > NEWEST_KNOWN_MAJOR : version.minor >= first;
  return isFit ? undefined : `${text.trim()} is too old: 22.8 or newer is needed (of 23: 23.2)`;
}
