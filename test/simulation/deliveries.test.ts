import { DeliveryHistory } from './delivery-history';
import { SeededRandom } from './seeded-random';
import { Tally } from './tally';

/** So many at least; a million takes minutes. */
const DELIVERIES = Number(process.env['DELIVERIES'] ?? 12_000);
const FIRST_SEED = Number(process.env['DELIVERIES_SEED'] ?? 3);
const CALLERS = 600;
/** What has to come about on the way. */
const COVERED = [
  ...[
    'taken',
    'refused',
    'refused for long',
    'hung',
    'taken, and the answer lost',
    'taken, and answered as failed',
  ].map((fate) => `attempt: ${fate}`),
  ...['not under way', 'asked', 'written'].map((how) => `crash: a commit was ${how}`),
  'restart',
  'the store goes away',
  'read in pieces',
  'repeated',
  'some wait for one that is refused',
  'more wait for one that is refused than are in memory',
];

test(
  `given crashes, a store and receivers that come and go, ${DELIVERIES} deliveries arrive, in order, and again only where it was not known`,
  async () => {
    const tally = new Tally();
    let seed = FIRST_SEED;
    for (let first = 0; first < DELIVERIES; seed++) {
      const history = new DeliveryHistory(new SeededRandom(seed), tally);
      await history.run(CALLERS);
      const { record } = history;
      expect({ seed, problems: [...record.problems, ...record.lost()].slice(0, 10) }).toEqual({
        seed,
        problems: [],
      });
      first += record.deliveries.first;
      tally.count('events', record.size);
      tally.count('deliveries', record.deliveries.first);
      tally.count('repeated', record.deliveries.repeated);
    }
    tally.count('histories', seed - FIRST_SEED);
    if (process.env['DELIVERIES']) console.log(Object.fromEntries(tally.counts));
    expect(COVERED.filter((each) => !tally.counts.has(each))).toEqual([]);
  },
  Math.max(120_000, DELIVERIES * 3),
);
