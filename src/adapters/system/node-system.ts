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

export const systemChance: Chance = {
  seed: () => randomBytes(8).toString('hex').slice(0, 15),
  number: () => Math.random(),
};
