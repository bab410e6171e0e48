import type { Instant } from '../domain/ids';
import type { Clock, Logger } from '../ports/system';

const REMIND_SECONDS = 10;

/** Logs that nothing can be written to the store: when that begins, now and then while it lasts, and when it is over. */
export class StoreOutage {
  private current: { readonly since: Instant; readonly elapsed: () => number; remindAt: number } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  get isOn(): boolean {
    return this.current !== undefined;
  }

  /** `waiting`: how many entries there are to write. */
  failed(problem: string, waiting: number): void {
    if (this.current === undefined) {
      this.current = { since: this.clock.now(), elapsed: this.clock.stopwatch(), remindAt: REMIND_SECONDS };
      this.logger.warn('the store is away: what is to be written waits', { problem, waiting });
      return;
    }
    const seconds = this.current.elapsed();
    if (seconds < this.current.remindAt) return;
    this.current.remindAt = seconds + REMIND_SECONDS;
    this.logger.warn('the store is still away', { seconds: Math.round(seconds), problem, waiting });
  }

  /** Since when it was away, if it was. */
  written(): Instant | null {
    if (this.current === undefined) return null;
    const { since, elapsed } = this.current;
    this.logger.info('the store is back', { seconds: Math.round(elapsed()) });
    this.current = undefined;
    return since;
  }
}
