const POLL_MS = 5;

/** Milliseconds since 1970 with fractions; never steps back. Comparable with `Date.now()`. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

export type Within = {
  /** Milliseconds to wait at most. */
  readonly within?: number;
};

/**
 * Waits until a probe returns something else than `undefined` or `false`.
 *
 * @throws Error with the text of `otherwise` when the time is over.
 */
export async function eventually<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  within: number,
  otherwise: () => string,
): Promise<T> {
  const deadline = now() + within;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (now() >= deadline) throw new Error(`${otherwise()} (waited ${within} ms)`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
