import type { Instant } from '../domain/ids';
import type { WaitEstimate } from '../ports/call-center';

/** So many of those who were taken last count, unless that is too long ago. */
const MAX_SAMPLES = 20;
const WINDOW_MS = 30 * 60_000;
const MIN_SAMPLES = 3;
/** Of the normal distribution: a tenth lies above it, and a tenth below its opposite. */
const TENTH = 1.2816;

/** `afterMs`: how long those in the line had waited for it, since the one before was taken. */
type Take = { readonly at: Instant; readonly afterMs: number };

/**
 * How fast a line moves: all that wait for the same target. Its clock runs only while somebody stands in it, because a
 * line that is empty says nothing of how soon an agent becomes free.
 */
export class WaitingLine {
  private standing = 0;
  /** Since when the clock runs; where it stands still, since when it does. */
  private turnedAt: Instant;
  /** What it showed then, since the last take. */
  private shownMs = 0;
  private takes: Take[] = [];

  constructor(at: Instant) {
    this.turnedAt = at;
  }

  get isEmpty(): boolean {
    return this.standing === 0;
  }

  enter(at: Instant): void {
    if (this.standing === 0) {
      if (at - this.turnedAt > WINDOW_MS) this.shownMs = 0;
      this.turnedAt = at;
    }
    this.standing += 1;
  }

  /** `taken`: an agent was found, rather than that it gave up, timed out or was cancelled. */
  leave(at: Instant, taken: boolean): void {
    this.shownMs = this.openMs(at);
    this.turnedAt = at;
    this.standing -= 1;
    if (!taken) return;
    this.takes.push({ at, afterMs: this.shownMs });
    if (this.takes.length > MAX_SAMPLES) this.takes.shift();
    this.shownMs = 0;
  }

  /** Nothing that it knows counts any more, and nobody stands in it. */
  isForgotten(at: Instant): boolean {
    return this.isEmpty && at - this.turnedAt > WINDOW_MS;
  }

  /**
   * How much longer the one at `position` waits, 1 being the next; null: fewer than 3 were taken lately.
   *
   * Of the last 20 intervals between takes, of 30 minutes at most, `m` is the mean and `n` how many they are. Time since
   * the last take that goes beyond `m` is added to their sum, so an estimate grows when the line stands still. Then
   *
   *     seconds = position * m
   *
   * Agents become free independently of each other, so takes are taken to come as in a Poisson process. The wait of the
   * k-th over its estimate is then distributed as F(2k, 2n): the spread of its own k intervals, and the uncertainty of
   * a mean of n. The bounds are its quantiles of 10 % and 90 %, with Paulson's approximation: with `u = 1 / 9k` and
   * `v = 1 / 9n`, for a value x of F
   *
   *     ((1 - v) * cbrt(x) - (1 - u)) / sqrt(v * cbrt(x)^2 + u)
   *
   * is normally distributed, as good as. Not foreseen: that somebody in front gives up, or that somebody urgent comes.
   */
  estimate(position: number, at: Instant): WaitEstimate | null {
    const lately = this.takes.filter((take) => at - take.at <= WINDOW_MS);
    const samples = lately.length;
    if (samples < MIN_SAMPLES) return null;
    const sum = lately.reduce((total, { afterMs }) => total + afterMs, 0);
    const late = Math.max(0, this.openMs(at) - sum / samples);
    const seconds = (position * (sum + late)) / samples / 1000;
    const [low, high] = bounds(position, samples);
    return {
      seconds: Math.round(seconds),
      atLeastSeconds: Math.floor(seconds * low),
      atMostSeconds: Math.ceil(seconds * high),
      samples,
    };
  }

  private openMs(at: Instant): number {
    const running = this.standing === 0 ? 0 : Math.max(0, at - this.turnedAt);
    return Math.min(this.shownMs + running, WINDOW_MS);
  }
}

/** Where the normal variable of the formula above is -1.2816 and 1.2816: the two solutions of a square equation. */
function bounds(position: number, samples: number): readonly [low: number, high: number] {
  const u = 1 / (9 * position);
  const v = 1 / (9 * samples);
  const a = (1 - v) ** 2 - TENTH ** 2 * v;
  const b = (1 - u) * (1 - v);
  const c = (1 - u) ** 2 - TENTH ** 2 * u;
  const root = Math.sqrt(b ** 2 - a * c);
  return [((b - root) / a) ** 3, ((b + root) / a) ** 3];
}
