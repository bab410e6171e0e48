import { TelephonyUnavailable } from '../../ports/telephony';
import { ariFailure } from './ari-failure';

/** Carries one request at a time to Asterisk. */
export type Lane<Api> = {
  readonly api: Api;
  /** The request has its answer, or was given up. */
  release(): void;
};

/** So many lanes, all alike. */
export class AlikeLanes<Api> {
  private taken = 0;

  constructor(
    private readonly api: Api,
    private readonly count: number,
    /** There may be a free lane now. */
    private readonly freed: () => void,
  ) {}

  /** Undefined: all are taken. */
  take(): Lane<Api> | undefined {
    if (this.taken >= this.count) return undefined;
    this.taken++;
    const release = (): void => {
      this.taken--;
      this.freed();
    };
    return { api: this.api, release };
  }
}

/** `first`: before all that wait `in-turn`. */
export type Turn = 'first' | 'in-turn';

type Request<Api> = { readonly start: (lane: Lane<Api>) => void; readonly giveUp: (reason: string) => void };

/**
 * Requests on their way to Asterisk: as many at once as there are lanes, the others in the order they came, but for
 * those that go first. Each has a deadline here, waiting for its turn included.
 */
export class AriRequests<Api> {
  private readonly open = new Set<Request<Api>>();
  private readonly waiting: Readonly<Record<Turn, Set<Request<Api>>>> = { first: new Set(), 'in-turn': new Set() };

  /** `takeLane`: one that is free, if there is any; when there is one again `startWaiting` must be called. */
  constructor(
    private readonly takeLane: () => Lane<Api> | undefined,
    private readonly deadlineMs: number,
    /** How a request went: `done`, `unavailable`, or a failure of ARI. */
    private readonly ended: (operation: string, outcome: string, seconds: number) => void,
  ) {}

  /** Rejects with whatever `call` rejects with. @throws TelephonyUnavailable */
  run<Result>(
    operation: string,
    call: (api: Api) => PromiseLike<Result>,
    turn: Turn = 'in-turn',
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const begun = performance.now();
      let taken: Lane<Api> | undefined;
      const end = (outcome: string, settle: () => void): void => {
        const isOpen = this.open.delete(request);
        if (!isOpen && !this.waiting[turn].delete(request)) return; // It was given up before.
        clearTimeout(timer);
        if (isOpen) taken?.release();
        this.ended(operation, outcome, (performance.now() - begun) / 1000);
        settle();
      };
      const request: Request<Api> = {
        start: (lane) => {
          taken = lane;
          Promise.resolve(lane.api)
            .then(call)
            .then(
              (result) => end('done', () => resolve(result)),
              (error: Error) => end(outcomeOf(error), () => reject(error)),
            );
        },
        giveUp: (reason) => end('unavailable', () => reject(new TelephonyUnavailable(`${operation}: ${reason}`))),
      };
      const timer = setTimeout(() => request.giveUp(`no answer in ${this.deadlineMs} ms`), this.deadlineMs);
      this.waiting[turn].add(request);
      this.startWaiting();
    });
  }

  /** Whether those under way have happened, nobody knows. */
  giveUpAll(reason: string): void {
    const { first, 'in-turn': inTurn } = this.waiting;
    for (const request of [...first, ...inTurn, ...this.open]) request.giveUp(reason);
  }

  startWaiting(): void {
    for (const waiting of [this.waiting.first, this.waiting['in-turn']]) {
      for (const request of waiting) {
        const lane = this.takeLane();
        if (lane === undefined) return;
        waiting.delete(request);
        this.open.add(request);
        request.start(lane);
      }
    }
  }
}

const outcomeOf = (error: Error): string =>
  error instanceof TelephonyUnavailable ? 'unavailable' : ariFailure(error);
