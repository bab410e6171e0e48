import type { Call } from '../../src/domain/call/call';
import type { World } from '../../src/domain/world';
import { answered, due, hungUp, legOf, NOTHING, told } from '../support/happenings';
import { seen } from '../support/phone-system-views';
import { after, atTheirPhones, aWorld, givenACaller, when } from '../support/worlds';

/** Long after the time that a phone may ring. */
const LATE = 100;

/** An agent's phone was answered while nobody heard of it, and the dialplan keeps it. */
function aKeptLeg(): { readonly world: World; readonly leg: Call; readonly look: ReturnType<typeof seen> } {
  const world = aWorld(atTheirPhones({}));
  givenACaller(world);
  const leg = legOf(world);
  const channels = new Map([...seen(world).channels, [leg.channelId, 'kept'] as const]);
  return { world, leg, look: seen(world, { channels }) };
}

test('given a kept leg whose time to ring is over, it is not given up, and joins when it is handed over', () => {
  const { world, leg, look } = aKeptLeg();

  const { effects, notifications } = when(world, look, after(LATE));

  expect([effects, notifications]).toEqual([[], []]);
  for (const seconds of [0, 4.9]) expect(when(world, due('calls', leg), after(LATE + seconds))).toEqual(NOTHING);
  expect(told(when(world, answered(leg), after(LATE + 4.9)).notifications)).toContain('queue.success ann');
});

test('given a kept leg that may ring on for long, its time stays as it was', () => {
  const { world, leg, look } = aKeptLeg();

  expect(when(world, look, after(1))).toEqual(NOTHING);
  expect(legOf(world).stage).toEqual(leg.stage);
});

test('given a kept leg that is not handed over, it is given up in the end', () => {
  const { world, leg, look } = aKeptLeg();
  when(world, look, after(LATE));

  expect(hungUp(when(world, due('calls', leg), after(LATE + 5)).effects)).toEqual([leg.channelId]);
});
