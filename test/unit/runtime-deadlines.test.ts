import type { Instant } from '../../src/domain/ids';
import type { Change } from '../../src/domain/world';
import type { Clock } from '../../src/ports/system';
import { Deadlines } from '../../src/runtime/deadlines';
import { NOW, SETTINGS, aCall, aConversation } from '../support/worlds';

/** Time that passes when told to. */
class Hourglass implements Clock {
  private time: number = NOW;
  private due: { at: number; action: () => void }[] = [];

  now(): Instant {
    return this.time as Instant;
  }

  after(milliseconds: number, action: () => void): () => void {
    const item = { at: this.time + milliseconds, action };
    this.due.push(item);
    return () => (this.due = this.due.filter((each) => each !== item));
  }

  stopwatch(): () => number {
    const begun = this.time;
    return () => (this.time - begun) / 1000;
  }

  pass(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const [next] = this.due.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.due = this.due.filter((each) => each !== next);
      this.time = next.at;
      next.action();
    }
    this.time = end;
  }
}

function deadlines() {
  const told: string[] = [];
  const time = new Hourglass();
  return { told, time, deadlines: new Deadlines(time, SETTINGS, (kind, id) => told.push(`${kind} ${id}`)) };
}

const talking = (seconds: number | null): Change => ({
  kind: 'calls',
  live: true,
  value: aCall({
    id: 'c1' as never,
    stage: { at: 'up', since: NOW, hangUpAt: seconds === null ? null : ((NOW + seconds * 1000) as Instant) },
  }),
});

test('what is due is told when its time has come, once', () => {
  const { told, time, deadlines: kept } = deadlines();
  kept.follow([talking(10)]);
  time.pass(9_999);
  expect(told).toEqual([]);
  time.pass(100_000);
  expect(told).toEqual(['calls c1']);
});

test('a change moves the time, and the end of a thing or of its limit takes it away', () => {
  const { told, time, deadlines: kept } = deadlines();
  kept.follow([talking(10)]);
  kept.follow([talking(20)]);
  time.pass(15_000);
  expect(told).toEqual([]);
  kept.follow([talking(null)]);
  kept.follow([{ kind: 'conversations', value: aConversation(), live: false }]);
  time.pass(100_000_000);
  expect(told).toEqual([]);
});

test('what was due while nobody looked is told at once', () => {
  const { told, time, deadlines: kept } = deadlines();
  kept.follow([talking(-5)]);
  time.pass(0);
  expect(told).toEqual(['calls c1']);
});

test('given a timer that goes off a millisecond early, it is told when its time has come all the same', () => {
  const told: string[] = [];
  const time = new Hourglass();
  const early: Clock = {
    now: () => time.now(),
    after: (delay, action) => time.after(Math.max(0, delay - 1), action),
    stopwatch: () => time.stopwatch(),
  };
  // At the last millisecond such a timer has no time left to be early by.
  const lastly: Clock = { ...early, after: (delay, action) => (delay > 1 ? early : time).after(delay, action) };
  new Deadlines(lastly, SETTINGS, (kind, id) => told.push(`${kind} ${id} ${time.now() - NOW}`)).follow([
    talking(1),
  ]);
  time.pass(5_000);
  expect(told).toEqual(['calls c1 1000']);
});

test('a wait longer than the longest timer is still kept', () => {
  const { told, time, deadlines: kept } = deadlines();
  kept.follow([talking(3_000_000)]);
  time.pass(2_999_999_999);
  expect(told).toEqual([]);
  time.pass(1);
  expect(told).toEqual(['calls c1']);
});
