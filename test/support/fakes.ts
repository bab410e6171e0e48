import { eventJson } from '../../src/adapters/http/event-json';
import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import type { Metrics } from '../../src/ports/metrics';
import type { Chance, Clock, Logger } from '../../src/ports/system';
import type { Telephony } from '../../src/ports/telephony';
import { EventNumbers } from '../../src/runtime/event-numbers';
import type { Surroundings } from '../../src/runtime/service';
import { APP, NOW, SETTINGS } from './worlds';

/** Real timers under a clock that stands still. */
export const standingClock: Clock = {
  now: () => NOW,
  after: (milliseconds, action) => {
    if (milliseconds === 0) {
      const turn = setImmediate(action);
      return () => clearImmediate(turn);
    }
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
  stopwatch: () => () => 0,
};

let made = 0;
export const counting: Chance = { seed: () => (++made).toString(16).padStart(15, '0'), number: () => 0 };
export const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Figures that nobody reads. */
export const unmeasured: Metrics = {
  onRead: () => undefined,
  selected: () => undefined,
  rang: () => undefined,
  callBegun: () => undefined,
  conversationEnded: () => undefined,
  outsideBegun: () => undefined,
  outsideAgainstRule: () => undefined,
  ended: () => undefined,
  callbackTried: () => undefined,
  eventSetAside: () => undefined,
  committed: () => undefined,
  asteriskConnected: () => undefined,
  asteriskAsked: () => undefined,
  answered: () => undefined,
  requestLimited: () => undefined,
};

/** Of a store in which there is nothing yet. */
export const newNumbers = (): EventNumbers =>
  new EventNumbers({ lastEvent: null, sequences: new Map() }, eventJson);

/** No application wants to hear of anything. */
export const untold: Pick<Surroundings, 'eventText' | 'callbacks' | 'destinations'> = {
  eventText: eventJson,
  callbacks: { post: async () => undefined, close: () => undefined },
  destinations: [],
};

/** A telephony that does what it is told at once, and sees nothing. */
export function aTelephony(changes: Partial<Telephony> = {}): Telephony {
  return {
    dial: async () => undefined,
    receive: async () => 'asked',
    place: async () => 'asked',
    limit: async () => 'asked',
    hangUp: async () => 'asked',
    release: async () => 'asked',
    snoop: async () => 'asked',
    openBridge: async () => undefined,
    playUnder: async () => undefined,
    announce: async () => undefined,
    closeBridge: async () => undefined,
    provision: async () => undefined,
    unprovision: async () => undefined,
    alive: async () => ({
      channels: new Map(),
      bridges: new Map(),
      accounts: new Map(),
      trunks: new Set(),
      callers: [],
      resumed: new Set(),
    }),
    onSignal: () => () => undefined,
    ...changes,
  };
}

/** Lets everything that is ready to run, run: a timer that is overdue would be faster than what waits for this turn to end. */
export const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(() => setImmediate(resolve), 2));

/** All that a service needs but its clock, store and phone system. It logs, measures and tells nothing; what it ends by is thrown. */
export const quietSurroundings: Omit<Surroundings, 'clock' | 'storage' | 'telephony'> = {
  ...untold,
  chance: counting,
  logger: silent,
  parseXml,
  settings: SETTINGS,
  applications: new Set([APP]),
  plans: [],
  metrics: unmeasured,
  explainDays: 30,
  keepDays: 365,
  die: (reason) => {
    throw reason;
  },
};
