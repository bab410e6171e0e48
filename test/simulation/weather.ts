import type { SeededRandom } from './seeded-random';
import { Tally } from './tally';

/** While it is bad, requests, connections and signals get lost. Good: only people are unpredictable. */
export class Weather {
  isBad = true;
  /** Nobody reaches the store. */
  isStoreAway = false;

  /** `roughness`: how much more often than usual it strikes. */
  constructor(
    private readonly random: SeededRandom,
    private readonly tally = new Tally(),
    private readonly roughness = 1,
  ) {}

  /** `what`: counts under this name. */
  strikes(probability: number, what: string): boolean {
    const strikes = this.isBad && this.random.chance(probability * this.roughness);
    if (strikes) this.tally.count(what);
    return strikes;
  }
}
