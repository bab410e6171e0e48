import { Agreement } from './agreement';
import type { Cast } from './cast';
import { History, type Report } from './history';
import type { Climate } from './misfortunes';
import { SeededRandom } from './seeded-random';

const CONNECTING_MS = 2_000;
/** By then there are some extensions and agents. */
const OPENING_MS = 5_000;
/** How much of what is asked is asked although the service says that it is not ready. */
const IMPATIENCE = 0.3;
const STORM_MS = 20_000;
/** By then the last late request is through, and one comparison has been made after it. */
const RECOVERY_MS = 75_000;
/** So long world and Asterisk are seen to agree. */
const CALM_MS = 6_000;

/**
 * One storm over a few people, and all that it takes until nothing is left of it: decided by the seed alone. Each has a
 * climate of its own, in which some misfortunes come thick and fast and others never: what many together would hide shows.
 * In some there are gusts alone: then world and Asterisk have to agree all the time.
 * @throws Error that says what went wrong.
 */
export async function simulateHour(seed: number): Promise<Report> {
  const random = new SeededRandom(seed);
  const cast = someCast(random);
  const hour = new History(random, cast, {
    roughness: random.pick([0.5, 2, 4]),
    repairMs: 3_000,
    longOutages: random.pick([0, 0, 0, 0.3]),
  });
  const hasGustsAlone = random.chance(0.3);
  const climate = hasGustsAlone ? someGusts(random) : someClimate(random);
  const { service, people, weather, misfortunes } = hour;

  weather.isBad = false;
  service.start();
  await hour.until(CONNECTING_MS);
  hour.everyNowAndThen(cast.askEveryMs, () => {
    if (service.isReady || random.chance(IMPATIENCE)) service.somebodyAsks();
  });
  await hour.until(OPENING_MS);

  weather.isBad = !hasGustsAlone;
  const agreement = new Agreement();
  const agree = (): void => hour.compare(agreement);
  hour.everyNowAndThen(1_200, () => people.callIn());
  hour.everyNowAndThen(2_000, () => service.somebodyReads());
  hour.everyNowAndThen(4_000, () => people.touchAPhone());
  await hour.until(STORM_MS, () => {
    misfortunes.strike(climate);
    for (let more = 0; more < 8 && service.isRarelyBusy; more++) misfortunes.strike(climate);
    if (hasGustsAlone) agree();
  });

  weather.isBad = false;
  hour.close();
  await hour.untilReady(hasGustsAlone ? agree : undefined);
  await hour.until(RECOVERY_MS, hasGustsAlone ? agree : undefined);
  if (!service.isReady) throw new Error('not ready any more after the storm');
  await hour.until(CALM_MS, agree);
  return await hour.conclude();
}

function someCast(random: SeededRandom): Cast {
  return {
    customers: random.integer(2, 5),
    elsewhere: random.pick([0, 0, 0.1]),
    operations: random.pick([0.3, 0.7, 0.9]),
    patient: random.pick([0.2, 0.8]),
    askEveryMs: random.pick([150, 300, 600]),
  };
}

/** Never, as often as is said, or more often. */
const howOften =
  (random: SeededRandom) =>
  (probability: number): number =>
    random.pick([0, probability, probability * 4]);

function someClimate(random: SeededRandom): Climate {
  const often = howOften(random);
  return {
    crash: often(0.006),
    stop: often(0.001),
    rival: often(0.001),
    cut: often(0.004),
    disturbance: often(0.0005),
    'lost bridge': often(0.002),
    'lost ear': often(0.002),
    'lost account': often(0.0005),
    'lost trunk': often(0.0005),
    'restart of Asterisk': often(0.001),
    'store away': often(0.001),
  };
}

/** Whatever it is that is lost by them, the service notices, and puts right at once. */
function someGusts(random: SeededRandom): Climate {
  const often = howOften(random);
  return {
    crash: often(0.003),
    stop: often(0.0005),
    disturbance: often(0.003),
    'restart of Asterisk': often(0.0005),
    'failed comparison': often(0.002),
  };
}
