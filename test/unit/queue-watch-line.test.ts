import type { Instant } from '../../src/domain/ids';
import { WaitingLine } from '../../src/runtime/waiting-line';
import { after, NOW } from '../support/worlds';

const at = (seconds: number): Instant => after(seconds).at;

/** A line of many, from the start, of which one was taken at each of these seconds. */
function aLine(...takenAt: readonly number[]): WaitingLine {
  const line = new WaitingLine(NOW);
  for (let each = 0; each < 100; each++) line.enter(NOW);
  for (const seconds of takenAt) line.leave(at(seconds), true);
  return line;
}

const everyTen = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => 10 * (index + 1));

test('given two taken, too little is known', () => {
  expect(aLine(10, 20).estimate(1, at(20))).toBeNull();
});

test('given one taken every ten seconds, the k-th waits ten seconds k times', () => {
  const line = aLine(...everyTen(20));

  const seconds = [1, 2, 7, 40].map((position) => line.estimate(position, at(200))!.seconds);

  expect(seconds).toEqual([10, 20, 70, 400]);
});

test('given many taken, only the last twenty count', () => {
  const line = aLine(...everyTen(5), ...Array.from({ length: 20 }, (_, index) => 50 + 2 * (index + 1)));

  expect(line.estimate(1, at(90))).toMatchObject({ seconds: 2, samples: 20 });
});

test('given takes longer ago than 30 minutes, they do not count', () => {
  const line = aLine(10, 20, 30, 1000, 1010);

  expect(line.estimate(1, at(1830))).toMatchObject({ samples: 3 });
  expect(line.estimate(1, at(1831))).toBeNull();
});

// The quantiles of F(2k, 2n) at 10 % and 90 %, exactly. The approximation is off by some per cent.
test.each([
  { position: 1, samples: 20, low: 0.106, high: 2.44 },
  { position: 10, samples: 20, low: 0.585, high: 1.605 },
  { position: 1, samples: 3, low: 0.107, high: 3.46 },
  { position: 40, samples: 20, low: 0.713, high: 1.446 },
])('eight of ten: position $position of $samples samples', ({ position, samples, low, high }) => {
  const takenAt = Array.from({ length: samples }, (_, index) => 50 * (index + 1));

  const estimate = aLine(...takenAt).estimate(position, at(50 * samples))!;

  expect(Math.abs(estimate.atLeastSeconds / (50 * position) - low)).toBeLessThan(0.03);
  expect(Math.abs(estimate.atMostSeconds / (50 * position) - high)).toBeLessThan(0.08);
});

test('given that it stands still for longer than usual, the estimate grows, and not before', () => {
  const line = aLine(...everyTen(20));

  const seconds = [200, 205, 210, 310, 610].map((now) => line.estimate(1, at(now))!.seconds);

  expect(seconds).toEqual([10, 10, 10, 15, 30]);
});

test('given that the line is empty between takes, that time tells nothing', () => {
  const line = new WaitingLine(NOW);
  for (const start of [0, 300, 600, 1500]) {
    line.enter(at(start));
    line.leave(at(start + 10), true);
  }
  line.enter(at(1700));

  expect(line.estimate(1, at(1700))!.seconds).toBe(10);
});

test('given that those in front give up, nobody was taken by that, and the time counts', () => {
  const line = aLine(10, 20, 30);
  line.leave(at(40), false);
  line.leave(at(90), true);

  expect(line.estimate(1, at(90))).toMatchObject({ samples: 4, seconds: 23 }); // (10 + 10 + 10 + 60) / 4
});

test('given a line that nobody came to for long, what was then does not slow it down', () => {
  const line = new WaitingLine(NOW);
  line.enter(NOW);
  line.leave(at(600), false);
  line.enter(at(5000));
  for (let each = 1; each <= 3; each++) {
    line.enter(at(5000));
    line.leave(at(5000 + each * 5), true);
  }

  expect(line.estimate(1, at(5015))!.seconds).toBe(5);
});

test('given a clock that has gone back, no interval is below zero', () => {
  const line = aLine(10, 20, 5, 30);

  expect(line.estimate(1, at(30))).toMatchObject({ seconds: 11, samples: 4 }); // (10 + 10 + 0 + 25) / 4
});
