import { strayId, type Stray } from '../domain/reconciling';
import type { Clock, Logger } from '../ports/system';
import type { CallerEntered } from '../ports/telephony';

/**
 * Five a second. The few that a crash leaves behind are gone in no time; with a store from an old backup every call would
 * be a stray, and whoever sees it in the log has minutes to stop the service, not the blink of an eye.
 */
const ONE_IN_MS = 200;

export type StrayListeners = {
  /** A caller who sits in a bridge, so it is no new one whose arrival was missed. */
  readonly caller: (caller: CallerEntered) => void;
  readonly stray: (stray: Stray) => void;
};

type Found = Stray | CallerEntered;

/** What is ours in Asterisk and nobody knows: it is dealt with one by one. */
export class Strays {
  private waiting: Found[] = [];
  private cancelNext: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly listeners: StrayListeners,
  ) {}

  /** All that the last look has found, in the order in which they are to go: it takes the place of what was found before. */
  found(strays: readonly Found[]): void {
    this.waiting = [...strays];
    if (this.cancelNext === undefined) this.next();
  }

  /** It has ended by itself. */
  ended(id: string): void {
    this.waiting = this.waiting.filter((each) => strayId(each) !== id);
  }

  stop(): void {
    this.waiting = [];
    this.cancelNext?.();
    this.cancelNext = undefined;
  }

  private next(): void {
    this.cancelNext = undefined;
    const stray = this.waiting.shift();
    if (stray === undefined) return;
    this.cancelNext = this.clock.after(ONE_IN_MS, () => this.next());
    this.dealWith(stray);
  }

  private dealWith(stray: Found): void {
    const left = this.waiting.length;
    if ('args' in stray) {
      const { channelId, args } = stray;
      this.logger.warn('nobody knows of this caller: it is taken in anew', { channelId, args, left });
      return this.listeners.caller(stray);
    }
    const problem =
      'channelId' in stray
        ? 'nobody knows of this channel of ours: it is hung up'
        : 'nobody knows of this bridge of ours: it is closed';
    this.logger.warn(problem, { ...stray, left });
    this.listeners.stray(stray);
  }
}
