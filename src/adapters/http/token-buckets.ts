/** So many are granted per second on average, and `atOnce` to whom has waited. */
type Rate = { readonly perSecond: number; readonly atOnce: number };

type Bucket = { readonly tokens: number; readonly at: number };

/** Of clients that were here in the last seconds. */
const MAX_BUCKETS = 10_000;

/** A bucket of tokens for each name. One that is full again is forgotten, and so are the least used of too many. */
export class TokenBuckets {
  /** The one that was used last comes last. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: Rate,
    private readonly maxBuckets = MAX_BUCKETS,
  ) {}

  get size(): number {
    return this.buckets.size;
  }

  /** In whole seconds; 0: there is a token now. `now`: in milliseconds. */
  secondsUntilToken(name: string, now: number): number {
    const missing = 1 - this.tokensOf(name, now);
    return missing <= 0 ? 0 : Math.ceil(missing / this.rate.perSecond);
  }

  /** Also one that is not there: then it takes the longer until there is one, but no longer than from empty to full. */
  take(name: string, now: number): void {
    const tokens = Math.max(this.tokensOf(name, now) - 1, -this.rate.atOnce);
    this.buckets.delete(name);
    this.buckets.set(name, { tokens, at: now });
    this.forget(now);
  }

  /** What a clock gains by going back is not waited for. */
  private tokensOf(name: string, now: number): number {
    const { perSecond, atOnce } = this.rate;
    const bucket = this.buckets.get(name);
    if (bucket === undefined) return atOnce;
    const seconds = Math.max(0, now - bucket.at) / 1000;
    return Math.min(atOnce, bucket.tokens + seconds * perSecond);
  }

  private forget(now: number): void {
    for (const name of this.buckets.keys()) {
      const isFull = this.tokensOf(name, now) >= this.rate.atOnce;
      if (!isFull && this.buckets.size <= this.maxBuckets) return;
      this.buckets.delete(name);
    }
  }
}
