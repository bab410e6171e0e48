import type { ChannelId } from '../../domain/ids';
import type { Fate } from '../../ports/telephony';
import { attempt, fateOf, GONE } from './ari-attempt';
import type { AriConnection } from './ari-connection';
import { DIALLED } from './ari-signals';

/**
 * Makes a channel of our application that hears what `on` hears and says, and whispers to it. Measured on 22.10, all but
 * the figures by test:
 *
 * - It needs no module but `res_stasis_snoop`, and nothing is logged. It is up at once, and 7 ms after the request it
 *   sits in its bridge; 20 ms later the leg hears the coach, 45 ms later the coach hears the leg.
 * - StasisStart, ChannelEnteredBridge and StasisEnd come as for any leg. ChannelDestroyed does not: its cause is 0. Our
 *   application follows it, over a new connection, too, and `TIMEOUT(absolute)` ends it.
 * - What is whispered reaches the leg alone: not its bridge, and no other snoop on it.
 * - It is on the leg, not on the bridge: it goes on when the leg moves or sits in no bridge. Music to the leg is heard
 *   by the coach, too, and does not keep the whisper from the leg. A leg that is muted inwards is not heard by the
 *   coach. A phone that holds brings music to nobody.
 * - Music to the snoop is whispered to the leg, silence to it keeps the coach from the leg. Muted inwards, it keeps all
 *   from the coach.
 * - It makes a packet every 20 ms, of silence if need be.
 * - What a phone sends in bursts, or too fast, waits for the coach: it hears the leg 40 ms late on a quiet machine, 140
 *   after a minute on a busy one, and half a second at most. Beyond that, Asterisk drops all that waits.
 * - It ends with the leg, but not when the leg goes back to the dialplan.
 * - A second one with its id is refused with status 500, and Asterisk logs an error; the first goes on.
 * - A coach costs 0.7 % of a processor: 0.5 % its leg in a bridge of its own, 0.2 % the snoop.
 */
export async function snoopOn(
  ari: AriConnection,
  application: string,
  channelId: ChannelId,
  on: ChannelId,
): Promise<Fate> {
  const answer = await attempt(ari, 'snoop', ['channel-gone', 'cannot-snoop'], ({ channels }) =>
    channels.snoopChannelWithId({
      channelId: on,
      snoopId: channelId,
      spy: 'both',
      whisper: 'out',
      app: application,
      appArgs: DIALLED,
    }),
  );
  if (answer !== 'cannot-snoop') return fateOf(answer);
  // Said if it is there already, too.
  return fateOf(await attempt(ari, 'look at snoop', GONE, ({ channels }) => channels.get({ channelId })));
}
