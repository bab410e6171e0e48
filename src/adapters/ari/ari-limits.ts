import type { ChannelId } from '../../domain/ids';
import type { Fate } from '../../ports/telephony';
import { fateOf } from './ari-attempt';
import type { AriVariables } from './ari-variables';

/** Asterisk ends the channel after so many seconds; 0: never. */
export const LIMIT = 'TIMEOUT(absolute)';
/** So much later than asked for, as a part of the time that is left, is as good. */
const TOLERANCE = 0.01;

/** When Asterisk itself ends channels, as far as is known. A leg has its first limit from its dialling on. */
export class AriLimits {
  /** Milliseconds of `performance.now()`. */
  private readonly ends = new Map<ChannelId, number>();

  constructor(private readonly variables: AriVariables) {}

  /** Nothing is asked where the limit that the channel has ends it no sooner, and hardly later: as with one of hours, for the seconds that a phone rang. */
  async limit(channelId: ChannelId, seconds: number): Promise<Fate> {
    const wanted = endAfter(seconds);
    const late = (this.ends.get(channelId) ?? -Infinity) - wanted;
    if (late >= 0 && late <= seconds * 1000 * TOLERANCE) return 'asked';
    this.ends.delete(channelId); // Until it is done, nothing is certain.
    const fate = fateOf(await this.variables.setOne(channelId, LIMIT, String(seconds)));
    if (fate === 'asked') this.ends.set(channelId, wanted);
    return fate;
  }

  /** It was dialled with this one. */
  dialled(channelId: ChannelId, seconds: number): void {
    this.ends.set(channelId, endAfter(seconds));
  }

  /** Those of which a limit is known. */
  channels(): Iterable<ChannelId> {
    return this.ends.keys();
  }

  /** It is gone, or its limit is taken off. */
  forget(channelId: ChannelId): void {
    this.ends.delete(channelId);
  }

  forgetAll(): void {
    this.ends.clear();
  }
}

const endAfter = (seconds: number): number => performance.now() + seconds * 1000;
