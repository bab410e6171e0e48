import { SILENCE } from '../../src/domain/conversation/listen-speak-mode';
import type { Effect } from '../../src/domain/effect';
import type { BridgeId, ChannelId, Instant } from '../../src/domain/ids';
import type { Fate } from '../../src/ports/telephony';
import { EffectRunner } from '../../src/runtime/effect-runner';
import { aTelephony, silent, standingClock, turn } from '../support/fakes';
import { APP } from '../support/worlds';

const channelId = 'c1' as ChannelId;
const bridgeId = 'b1' as BridgeId;

/** How many promises settle one after the other between the submit and the resume. */
test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
  'given a resume %i steps after a submit, no effect overtakes',
  async (steps) => {
    const carriedOut: string[] = [];
    const silence = () => undefined;
    const doing = (what: string) => async (): Promise<Fate> => {
      carriedOut.push(what);
      return 'asked';
    };
    const runner = new EffectRunner(
      aTelephony({
        receive: doing('receive'),
        openBridge: async () => void carriedOut.push('open'),
        place: doing('place'),
        hangUp: doing('hang up'),
      }),
      standingClock,
      silent,
      { done: silence, isWanted: () => true, legEnded: silence, unavailable: silence, refusedUnseen: silence },
    );
    runner.submit([
      { id: '1', effect: { do: 'receive', channelId, answer: true } },
      { id: '2', effect: { do: 'open-bridge', bridgeId, kind: 'pair' } },
      {
        id: '3',
        effect: { do: 'place', channelId, from: null, placement: { bridgeId, speaks: true, hears: SILENCE } },
      },
      { id: '4', effect: { do: 'hang-up', channelId, from: bridgeId } },
    ]);
    for (let step = 0; step < steps; step++) await Promise.resolve();
    runner.resume();
    await turn();

    expect(carriedOut).toEqual(['receive', 'open', 'place', 'hang up']);
  },
);

/** Requests that are under way until the test ends them. */
function heldUp() {
  const underWay = new Map<string, () => void>();
  const hold = <Result>(what: string, result: Result): Promise<Result> =>
    new Promise((resolve) => underWay.set(what, () => (underWay.delete(what), resolve(result))));
  const end = async (what: string): Promise<void> => {
    underWay.get(what)!();
    await turn();
  };
  return { hold, end, what: (): readonly string[] => [...underWay.keys()].sort() };
}

test('given two legs that are to enter a bridge, both do at once, after its opening and before its end', async () => {
  const { hold, end, what } = heldUp();
  const silence = () => undefined;
  const runner = new EffectRunner(
    aTelephony({
      openBridge: () => hold('open', undefined),
      place: (each) => hold<Fate>(`place ${each}`, 'asked'),
      limit: (each) => hold<Fate>(`limit ${each}`, 'asked'),
      announce: () => hold('announce', undefined),
      hangUp: (each) => hold<Fate>(`hang up ${each}`, 'asked'),
      closeBridge: () => hold('close', undefined),
    }),
    standingClock,
    silent,
    { done: silence, isWanted: () => true, legEnded: silence, unavailable: silence, refusedUnseen: silence },
  );
  runner.resume();
  const legs = ['c1' as ChannelId, 'c2' as ChannelId];
  const effects: readonly Effect[] = [
    { do: 'open-bridge', bridgeId, kind: 'pair' },
    ...legs.map((each): Effect => ({
      do: 'place',
      channelId: each,
      from: null,
      placement: { bridgeId, speaks: true, hears: SILENCE },
    })),
    { do: 'limit', channelId: legs[1]!, until: 0 as Instant },
    { do: 'announce', bridgeId, app: APP, sounds: [] },
    ...legs.map((each): Effect => ({ do: 'hang-up', channelId: each, from: bridgeId })),
    { do: 'close-bridge', bridgeId },
  ];
  runner.submit(effects.map((effect, index) => ({ id: String(index), effect })));
  await turn();
  expect(what()).toEqual(['open']);
  await end('open');
  expect(what()).toEqual(['place c1', 'place c2']);
  await end('place c2');
  expect(what()).toEqual(['limit c2', 'place c1']);
  await end('limit c2');
  await end('place c1');
  expect(what()).toEqual(['announce']);
  await end('announce');
  expect(what()).toEqual(['hang up c1', 'hang up c2']);
  await end('hang up c1');
  expect(what()).toEqual(['hang up c2']);
  let isSettled = false;
  void runner.settled().then(() => (isSettled = true));
  await end('hang up c2');
  expect(what()).toEqual(['close']);
  expect(isSettled).toBe(false);
  await end('close');
  expect(isSettled).toBe(true);
  expect(runner.awaited()).toEqual([]);
});
