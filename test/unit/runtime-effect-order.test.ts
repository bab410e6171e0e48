import { SILENCE } from '../../src/domain/conversation/listen-speak-mode';
import type { BridgeId, ChannelId } from '../../src/domain/ids';
import type { Fate } from '../../src/ports/telephony';
import { EffectRunner } from '../../src/runtime/effect-runner';
import { aTelephony, silent, standingClock, turn } from '../support/fakes';

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
