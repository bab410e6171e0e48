/** Of one application. At the usual window it is full at some 300 signed POSTs a second. */
const MAX_REMEMBERED = 100_000;

/** Which signatures have been used, for as long as they could be used again. */
export class ReplayMemory {
  /** By the time that was signed: what is signed again is found under the same. */
  private readonly used = new Map<number, Set<string>>();
  private remembered = 0;

  constructor(
    private readonly windowMs: number,
    private readonly limit = MAX_REMEMBERED,
  ) {}

  has(signature: string, signedAt: number): boolean {
    return this.used.get(signedAt)?.has(signature) === true;
  }

  /**
   * Takes down that a signature of that time is used now.
   * @returns `repeated` if it has been used before; `too-old` if that is remembered no longer: its body was long on its way;
   *   `full` if nothing more can be remembered, and nothing was.
   */
  use(signature: string, signedAt: number, now: number): 'first' | 'repeated' | 'too-old' | 'full' {
    this.forget(now);
    if (this.isForgotten(signedAt, now)) return 'too-old';
    if (this.has(signature, signedAt)) return 'repeated';
    if (this.remembered >= this.limit) return 'full';
    this.used.set(signedAt, (this.used.get(signedAt) ?? new Set()).add(signature));
    this.remembered++;
    return 'first';
  }

  private isForgotten(signedAt: number, now: number): boolean {
    return signedAt < now - this.windowMs;
  }

  /** What is too old to be accepted needs no memory. */
  private forget(now: number): void {
    for (const [signedAt, signatures] of this.used) {
      if (!this.isForgotten(signedAt, now)) continue;
      this.used.delete(signedAt);
      this.remembered -= signatures.size;
    }
  }
}
