import type { SeededRandom } from './seeded-random';

/** While it is bad, requests, connections and signals get lost. Good: only people are unpredictable. */
export class Weather {
  isBad = true;

  constructor(private readonly random: SeededRandom) {}

  strikes(probability: number): boolean {
    return this.isBad && this.random.chance(probability);
  }
}
