import type { Instant } from '../../src/domain/ids';
import { PastKeeper } from '../../src/runtime/past-keeper';
import { VirtualTime } from '../simulation/virtual-time';
import { silent } from '../support/fakes';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What was asked to be forgotten in the first minutes; a store that has something left the first two times. */
async function asked(keepDays: number | null, minutes = 2) {
  const time = new VirtualTime();
  const calls: string[] = [];
  const began = time.now();
  const forget = (what: string) => async (before: Instant) => {
    calls.push(`${what} ${(time.now() - before) / DAY_MS}`);
    return calls.filter((each) => each.startsWith(what)).length < 3 ? 500 : 0;
  };
  const storage = {
    forgetAnswers: forget('answers'),
    forgetBefore: forget('past'),
    forgetEnded: forget('ended'),
  };
  const keeper = new PastKeeper(storage, { explainDays: 30, keepDays }, time.clockOf('service'), silent);
  keeper.start();
  while (time.now() < began + minutes * MINUTE_MS) await time.idle(MINUTE_MS);
  keeper.stop();
  return calls;
}

test('soon after the start it forgets in steps, until nothing older than the days is left', async () => {
  expect(await asked(365)).toEqual([
    ...['answers 1', 'answers 1', 'answers 1'],
    ...['past 30', 'past 30', 'past 30'],
    ...['ended 365', 'ended 365', 'ended 365'],
  ]);
});

test('given that what has ended is kept for ever, it is left alone', async () => {
  expect(await asked(null)).toEqual([
    ...['answers 1', 'answers 1', 'answers 1'],
    ...['past 30', 'past 30', 'past 30'],
  ]);
});

test('it forgets again an hour after it has', async () => {
  const first = await asked(365, 60);
  expect((await asked(365, 62)).slice(first.length)).toEqual(['answers 1', 'past 30', 'ended 365']);
});
