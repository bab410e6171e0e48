/**
 * Lets so many requests through at once, the others in the order they came. Each takes a socket of its own, and
 * Asterisk closes those beyond its `sessionlimit` without an answer.
 */
export class RequestGate {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(places: number) {
    this.free = places;
  }

  async pass<Result>(call: () => PromiseLike<Result>): Promise<Result> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
