import { later, type Instant } from '../domain/ids';
import { wait, type Clock, type Logger } from '../ports/system';
import type { Storage } from '../ports/storage';

const EVERY_MS = 3_600_000;
const DAY_SECONDS = 86_400;

/** Keeps what explains past calls for so many days, and no longer. */
export class PastKeeper {
  private cancelNext = (): void => undefined;
  private isStopped = false;

  constructor(
    private readonly storage: Pick<Storage, 'forgetBefore'>,
    private readonly days: number,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.cancelNext = this.clock.after(EVERY_MS, () => void this.forget().finally(() => this.start()));
    if (this.isStopped) this.cancelNext();
  }

  stop(): void {
    this.isStopped = true;
    this.cancelNext();
  }

  /** In small steps, so that commits get their turn in between. */
  private async forget(): Promise<void> {
    const before: Instant = later(this.clock.now(), -this.days * DAY_SECONDS);
    try {
      while (!this.isStopped && (await this.storage.forgetBefore(before)) > 0) await wait(this.clock, 0);
    } catch (error) {
      this.logger.warn('what explains old calls cannot be forgotten yet', { error });
    }
  }
}
