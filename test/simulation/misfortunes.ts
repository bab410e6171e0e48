import type { SeededRandom } from './seeded-random';
import type { SimulatedAsterisk } from './simulated-asterisk';
import { TRUNK, type SimulatedService } from './simulated-service';
import type { Tally } from './tally';
import { WORLD, type VirtualTime } from './virtual-time';
import type { Weather } from './weather';

export type Misfortune =
  /** The process is gone. */
  | 'crash'
  /** As at an update. */
  | 'stop'
  /** A second one is started beside the first, and takes over. */
  | 'rival'
  /** The connection that events come on breaks. */
  | 'cut'
  /** It does, and somebody is at Asterisk's controls meanwhile. */
  | 'disturbance'
  | 'lost bridge'
  | 'lost ear'
  /** Somebody deletes it. */
  | 'lost account'
  | 'lost trunk'
  | 'restart of Asterisk'
  /** The next one is refused or not answered. */
  | 'failed comparison'
  /** For everybody. */
  | 'store away';

/** How probable each is after each happening. */
export type Climate = Readonly<Partial<Record<Misfortune, number>>>;

/** Lets things go wrong. What somebody has to see to takes them up to `repairMs`. */
export class Misfortunes {
  constructor(
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly asterisk: SimulatedAsterisk,
    private readonly service: SimulatedService,
    private readonly weather: Weather,
    private readonly tally: Tally,
    private readonly repairMs: number,
  ) {}

  /** One of them at most. */
  strike(climate: Climate): void {
    let roll = this.random.number();
    for (const [misfortune, probability] of Object.entries(climate) as [Misfortune, number][]) {
      if (roll < probability) return this.happen(misfortune);
      roll -= probability;
    }
  }

  private happen(misfortune: Misfortune): void {
    const { asterisk, service, random } = this;
    this.tally.count(misfortune);
    switch (misfortune) {
      case 'crash':
        return service.crash();
      case 'stop':
        return service.stop();
      case 'rival':
        return service.start();
      case 'cut':
        return service.disconnect();
      case 'disturbance':
        service.disconnect();
        return asterisk.disturb(random);
      case 'lost bridge':
        return asterisk.loseABridge(random);
      case 'lost ear':
        return asterisk.loseAnEar(random);
      case 'lost account':
        if (asterisk.accounts.size > 0) asterisk.accounts.delete(random.pick([...asterisk.accounts.keys()]));
        return;
      case 'lost trunk':
        asterisk.trunks.delete(TRUNK);
        return this.untilSeenTo(() => asterisk.trunks.add(TRUNK));
      case 'failed comparison':
        this.weather.nextComparison = random.pick(['refused', 'given up and not done'] as const);
        return;
      case 'restart of Asterisk':
        return service.restartAsterisk();
      case 'store away':
        this.weather.isStoreAway = true;
        return this.untilSeenTo(() => (this.weather.isStoreAway = false));
    }
  }

  private untilSeenTo(repair: () => void): void {
    this.time.schedule(WORLD, this.random.integer(1, this.repairMs), repair);
  }
}
