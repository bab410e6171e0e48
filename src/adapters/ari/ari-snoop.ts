import type { ChannelId } from '../../domain/ids';
import type { Fate } from '../../ports/telephony';
import { attempt, fateOf, GONE } from './ari-attempt';
import type { AriConnection } from './ari-connection';
import { DIALLED } from './ari-signals';

/** Makes a channel of our application that hears what `on` hears and says, and whispers to it. */
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
