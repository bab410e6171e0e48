import { randomBytes } from 'node:crypto';
import type { Instant } from '../../domain/ids';
import type { Chance, Clock } from '../../ports/system';

export const systemClock: Clock = {
  now: () => Date.now() as Instant,
  after: (milliseconds, action) => {
    if (milliseconds === 0) {
      const turn = setImmediate(action);
      return () => clearImmediate(turn);
    }
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
  stopwatch: () => {
    const begun = performance.now();
    return () => (performance.now() - begun) / 1000;
  },
};

/** Each input needs a seed, and to ask the system for it costs more than many rules: so it is asked for many at once. */
const SEED_DIGITS = 15;
const SEEDS_AT_ONCE = 256;
let digits = '';

export const systemChance: Chance = {
  seed: () => {
    if (digits.length < SEED_DIGITS) digits = randomBytes((SEEDS_AT_ONCE * SEED_DIGITS) / 2).toString('hex');
    const seed = digits.slice(0, SEED_DIGITS);
    digits = digits.slice(SEED_DIGITS);
    return seed;
  },
  number: () => Math.random(),
};
