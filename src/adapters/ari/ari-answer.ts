import type { ChannelId } from '../../domain/ids';
import { attempt, GONE, type Attempt } from './ari-attempt';
import type { AriConnection } from './ari-connection';

/**
 * Answers a caller. One who hangs up at this moment cannot be answered any more, and is gone when Asterisk says so (19 of 19,
 * measured on 22.10). It says so of that request alone: what else is asked of a channel that hangs up is told that it is
 * not found, or not in our application. Who cannot be answered and is there still is refused like anything else.
 */
export async function answerCaller(ari: AriConnection, channelId: ChannelId): Promise<Attempt> {
  const answered = await attempt(ari, 'answer', [...GONE, 'cannot-be-answered'], ({ channels }) =>
    channels.answer({ channelId }),
  );
  if (answered !== 'cannot-be-answered') return answered;
  const seen = await attempt(ari, 'look at caller', GONE, ({ channels }) => channels.get({ channelId }));
  if (seen !== 'done') return seen;
  throw new Error('Asterisk has failed to answer the caller');
}
