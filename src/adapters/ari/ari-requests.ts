import { TelephonyUnavailable } from '../../ports/telephony';

type Request = { readonly start: () => void; readonly giveUp: (reason: string) => void };

/**
 * Requests on their way to Asterisk: so many at once, the others in the order they came. Each takes a socket, and
 * Asterisk closes those beyond its `sessionlimit` without an answer. ari-client has no time limit and never settles
 * when the connection breaks (measured), so each request has a deadline here, waiting for its turn included.
 */
export class AriRequests {
  private readonly open = new Set<Request>();
  private readonly waiting = new Set<Request>();

  constructor(
    private readonly atOnce: number,
    private readonly deadlineMs: number,
  ) {}

  /** Rejects with whatever `call` rejects with. @throws TelephonyUnavailable */
  run<Result>(operation: string, call: () => PromiseLike<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.waiting.delete(request);
        if (this.open.delete(request)) this.startNext();
        settle();
      };
      const request: Request = {
        start: () => {
          Promise.resolve()
            .then(call)
            .then(
              (result) => end(() => resolve(result)),
              (error: Error) => end(() => reject(error)),
            );
        },
        giveUp: (reason) => end(() => reject(new TelephonyUnavailable(`${operation}: ${reason}`))),
      };
      const timer = setTimeout(() => request.giveUp(`no answer in ${this.deadlineMs} ms`), this.deadlineMs);
      this.waiting.add(request);
      this.startNext();
    });
  }

  /** Whether those under way have happened, nobody knows. */
  giveUpAll(reason: string): void {
    for (const request of [...this.waiting, ...this.open]) request.giveUp(reason);
  }

  private startNext(): void {
    for (const request of this.waiting) {
      if (this.open.size >= this.atOnce) return;
      this.waiting.delete(request);
      this.open.add(request);
      request.start();
    }
  }
}
