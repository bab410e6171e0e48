import { TokenBuckets } from '../../src/adapters/http/token-buckets';

const NOW = 1_700_000_000_000;
const RATE = { perSecond: 2, atOnce: 4 };

/** How many are granted one after the other, and how long the next one has to wait. */
function burst(buckets: TokenBuckets, name: string, now: number): readonly [granted: number, seconds: number] {
  for (let granted = 0; granted < 1_000; granted++) {
    const seconds = buckets.secondsUntilToken(name, now);
    if (seconds > 0) return [granted, seconds];
    buckets.take(name, now);
  }
  throw new Error('no end of it');
}

test('a new client may send a burst, then as many as come in, and never saves more than a burst', () => {
  const buckets = new TokenBuckets(RATE);
  const at = (seconds: number) => burst(buckets, 'a', NOW + seconds * 1000);

  expect([at(0), at(0.4), at(0.5), at(1.5), at(3_600)]).toEqual([
    [4, 1],
    [0, 1],
    [1, 1],
    [2, 1],
    [4, 1],
  ]);
});

test('who waits as long as is said gets a token', () => {
  const slow = new TokenBuckets({ perSecond: 0.3, atOnce: 1 });
  slow.take('a', NOW);
  expect([0, 1_000, 3_000, 4_000].map((ms) => slow.secondsUntilToken('a', NOW + ms))).toEqual([4, 3, 1, 0]);
});

test('each name has a bucket of its own', () => {
  const buckets = new TokenBuckets(RATE);
  burst(buckets, 'a', NOW);
  expect(burst(buckets, 'b', NOW)).toEqual([4, 1]);
});

test('what is taken beyond the last token has to be waited for, but not without end', () => {
  const buckets = new TokenBuckets(RATE);
  for (let times = 0; times < 6; times++) buckets.take('a', NOW);
  expect(buckets.secondsUntilToken('a', NOW)).toBe(2);

  for (let times = 0; times < 100; times++) buckets.take('a', NOW);
  expect(buckets.secondsUntilToken('a', NOW)).toBe(3);
});

test('a clock that goes back makes nobody wait longer', () => {
  const buckets = new TokenBuckets(RATE);
  burst(buckets, 'a', NOW);
  expect(buckets.secondsUntilToken('a', NOW - 3_600_000)).toBe(1);
});

test('a bucket that is full again is forgotten', () => {
  const buckets = new TokenBuckets(RATE);
  for (let client = 0; client < 50; client++) buckets.take(`client ${client}`, NOW);
  expect(buckets.size).toBe(50);

  buckets.take('another', NOW + 1_000);
  expect(buckets.size).toBe(1);
});

test('of too many, those that were not used for longest are forgotten', () => {
  const buckets = new TokenBuckets(RATE, 3);
  for (const name of ['a', 'b', 'c']) burst(buckets, name, NOW);
  buckets.take('a', NOW);
  buckets.take('d', NOW);

  expect(buckets.size).toBe(3);
  expect(['a', 'b', 'c'].map((name) => buckets.secondsUntilToken(name, NOW) > 0)).toEqual([true, false, true]);
});
