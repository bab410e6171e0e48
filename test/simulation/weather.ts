import type { SeededRandom } from './seeded-random';
import { Tally } from './tally';

/** Until somebody has come who can see to it. */
const LONGEST_OUTAGE_MS = 120_000;

/** While it is bad, requests, connections and signals get lost. Good: only people are unpredictable. */
export class Weather {
  isBad = true;
  /** Nobody reaches the store. */
  isStoreAway = false;
  /** So goes one part of the next comparison; null: as everything goes. */
  nextComparison: 'refused' | 'given up and not done' | null = null;

  /** `roughness`: how much more often than usual it strikes. `longOutages`: how many outages are long. */
  constructor(
    private readonly random: SeededRandom,
    private readonly tally = new Tally(),
    private readonly roughness = 1,
    private readonly longOutages = 0,
  ) {}

  /** `what`: counts under this name. */
  strikes(probability: number, what: string): boolean {
    const strikes = this.isBad && this.random.chance(probability * this.roughness);
    if (strikes) this.tally.count(what);
    return strikes;
  }

  /** Once, whatever the weather. */
  spoilsComparison(how: NonNullable<Weather['nextComparison']>): boolean {
    if (this.nextComparison !== how) return false;
    this.nextComparison = null;
    this.tally.count(`comparison ${how}`);
    return true;
  }

  /** How long the service, or its connection, stays away: seldom for longer than `usualMs`. */
  outageMs(usualMs: number): number {
    const isLong = this.random.chance(this.longOutages);
    return isLong ? this.random.integer(usualMs, LONGEST_OUTAGE_MS) : this.random.integer(1, usualMs);
  }
}
