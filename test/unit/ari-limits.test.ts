import { AriLimits } from '../../src/adapters/ari/ari-limits';
import type { AriVariables } from '../../src/adapters/ari/ari-variables';
import type { ChannelId } from '../../src/domain/ids';

const LEG = '6ac912ee2e4543e1a285844d07252f63' as ChannelId;
const HOURS = 21_600;

/** `gone`: what Asterisk says of the channel. */
function limits(isGone = false) {
  const asked: string[] = [];
  const setOne = async (_: string, variable: string, value: string): Promise<'done' | 'channel-gone'> => {
    asked.push(`${variable}=${value}`);
    return isGone ? 'channel-gone' : 'done';
  };
  return { asked, limits: new AriLimits({ setOne } as unknown as AriVariables) };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('given a leg whose phone rang for some seconds, the limit of hours that it was dialled with does', async () => {
  const { asked, limits: of } = limits();
  of.dialled(LEG, HOURS + 50);
  jest.advanceTimersByTime(12_000);
  expect(await of.limit(LEG, HOURS)).toBe('asked');
  expect(asked).toEqual([]);
});

test.each<[what: string, dialledWith: number, rangFor: number, limit: number]>([
  ['would end it sooner', HOURS + 50, 51, HOURS],
  ['would end it more than a hundredth later', 160, 10, 100],
  ['is of another time, and hours longer', 2 * HOURS, 0, HOURS],
])('given one that %s, it is asked for', async (_, dialledWith, rangFor, limit) => {
  const { asked, limits: of } = limits();
  of.dialled(LEG, dialledWith);
  jest.advanceTimersByTime(rangFor * 1000);
  expect(await of.limit(LEG, limit)).toBe('asked');
  expect(asked).toEqual([`TIMEOUT(absolute)=${limit}`]);
});

test('given one that it was asked for, the same moment is not asked for again', async () => {
  const { asked, limits: of } = limits();
  await of.limit(LEG, HOURS);
  jest.advanceTimersByTime(60_000);
  await of.limit(LEG, HOURS - 61);
  await of.limit(LEG, HOURS);
  expect(asked).toEqual([`TIMEOUT(absolute)=${HOURS}`, `TIMEOUT(absolute)=${HOURS}`]);
});

test.each<[what: string, forget: (of: AriLimits) => void]>([
  ['has lost its limit', (of) => of.forget(LEG)],
  ['may have another since a gap', (of) => of.forgetAll()],
])('given a channel that %s, it is asked for', async (_, forget) => {
  const { asked, limits: of } = limits();
  of.dialled(LEG, HOURS);
  forget(of);
  await of.limit(LEG, HOURS);
  expect(asked).toHaveLength(1);
});

test('given a channel that is gone, it says so each time', async () => {
  const { asked, limits: of } = limits(true);
  expect([await of.limit(LEG, 60), await of.limit(LEG, 60)]).toEqual(['gone', 'gone']);
  expect(asked).toHaveLength(2);
});
