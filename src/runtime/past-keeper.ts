import { daysBefore, later } from '../domain/ids';
import { wait, type Clock, type Logger } from '../ports/system';
import type { Storage } from '../ports/storage';
import { KEPT_SECONDS } from './kept-answers';

/** Not only after an hour: it may be started again before that, time after time. */
const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;

/** In days. */
export type Keeping = {
  /** What explains past calls. */
  readonly explainDays: number;
  /** What has ended; null: for ever. */
  readonly keepDays: number | null;
};

/** Keeps what is over for so many days, and no longer. */
export class PastKeeper {
  private cancelNext = (): void => undefined;
  private isStopped = false;

  constructor(
    private readonly storage: Pick<Storage, 'forgetBefore' | 'forgetEnded' | 'forgetAnswers'>,
    private readonly keeping: Keeping,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.forgetAfter(FIRST_MS);
  }

  stop(): void {
    this.isStopped = true;
    this.cancelNext();
  }

  private forgetAfter(milliseconds: number): void {
    this.cancelNext = this.clock.after(
      milliseconds,
      () => void this.forget().finally(() => this.forgetAfter(EVERY_MS)),
    );
    if (this.isStopped) this.cancelNext();
  }

  private async forget(): Promise<void> {
    const { explainDays, keepDays } = this.keeping;
    try {
      await this.inSteps(() => this.storage.forgetAnswers(later(this.clock.now(), -KEPT_SECONDS)));
      await this.inSteps(() => this.storage.forgetBefore(daysBefore(this.clock.now(), explainDays)));
      if (keepDays !== null) {
        await this.inSteps(() => this.storage.forgetEnded(daysBefore(this.clock.now(), keepDays)));
      }
    } catch (error) {
      this.logger.warn('what is old cannot be forgotten yet', { error });
    }
  }

  /** Small ones, so that commits get their turn in between. */
  private async inSteps(step: () => Promise<number>): Promise<void> {
    while (!this.isStopped && (await step()) > 0) await wait(this.clock, 0);
  }
}
