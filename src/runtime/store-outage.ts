import type { Clock, Logger } from '../ports/system';

const REMIND_SECONDS = 10;

/** Logs that nothing can be written to the store: when that begins, now and then while it lasts, and when it is over. */
export class StoreOutage {
  private current: { readonly elapsed: () => number; remindAt: number } | undefined;

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
      this.current = { elapsed: this.clock.stopwatch(), remindAt: REMIND_SECONDS };
      this.logger.warn('the store is away: what is to be written waits', { problem, waiting });
      return;
    }
    const seconds = this.current.elapsed();
    if (seconds < this.current.remindAt) return;
    this.current.remindAt = seconds + REMIND_SECONDS;
    this.logger.warn('the store is still away', { seconds: Math.round(seconds), problem, waiting });
  }

  written(): void {
    if (this.current === undefined) return;
    this.logger.info('the store is back', { seconds: Math.round(this.current.elapsed()) });
    this.current = undefined;
  }
}
