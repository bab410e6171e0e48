import type { Notification } from '../../src/domain/notification';
import { Agreement } from './agreement';
import type { Cast } from './cast';
import { History, type Report } from './history';
import type { Climate } from './misfortunes';
import { SeededRandom } from './seeded-random';

const ROUNDS = 2;
const STORM_MS = 150_000;
/** By then the last late request is through, and one comparison has been made after it. */
const RECOVERY_MS = 75_000;
const GUSTS_MS = 120_000;

/** Everything that can go wrong does. */
const STORM: Climate = {
  crash: 0.002,
  stop: 0.0005,
  rival: 0.0005,
  cut: 0.002,
  'lost bridge': 0.001,
  'lost ear': 0.001,
  'lost trunk': 0.0005,
  'restart of Asterisk': 0.0005,
  'store away': 0.0002,
};

/** The service or its connection is lost, no more. */
const GUSTS: Climate = {
  crash: 0.0008,
  stop: 0.0002,
  disturbance: 0.001,
  'restart of Asterisk': 0.0002,
  'failed comparison': 0.0005,
};

/** One day of the whole service, decided by the seed alone. @throws Error that says what went wrong. */
export async function simulateDay(seed: number, cast: Cast): Promise<Report> {
  const day = new History(new SeededRandom(seed), cast, { roughness: 1, repairMs: 20_000, longOutages: 0.1 });
  const { service, people, weather, misfortunes } = day;
  service.start();
  day.everyNowAndThen(4_000, () => people.callIn());
  day.everyNowAndThen(cast.askEveryMs, () => service.somebodyAsks());
  day.everyNowAndThen(5_000, () => service.somebodyReads());
  day.everyNowAndThen(20_000, () => people.touchAPhone());

  let told = 0;
  for (let round = 0; round < ROUNDS; round++) {
    weather.isBad = true;
    await day.until(STORM_MS, () => misfortunes.strike(STORM));

    // It is over, and what it left behind is put right.
    weather.isBad = false;
    if (round === 0) told = service.disk.notifications.length;
    await day.untilReady();
    await day.until(RECOVERY_MS);

    // Once it is back from a gust, soon everybody hears whom they should.
    const agreement = new Agreement();
    await day.until(GUSTS_MS, () => {
      misfortunes.strike(GUSTS);
      day.compare(agreement);
    });
  }
  await day.untilReady();
  expectProgress(service.disk.notifications.slice(told));
  return await day.conclude();
}

/** Who does nothing keeps every invariant. */
function expectProgress(told: readonly Notification[]): void {
  const events = new Set<string>(told.map(({ event }) => event));
  const missing = [
    'callcenter.queue.select',
    'callcenter.conversation.begin',
    'callcenter.conversation.end',
  ].filter((each) => !events.has(each));
  if (missing.length > 0) throw new Error(`after the first storm there was no ${missing.join()}`);
}
