import type { Fate } from '../../ports/telephony';
import type { AriApi } from './ari-api';
import type { AriConnection } from './ari-connection';
import { ariFailure, type AriFailure } from './ari-failure';

export type Attempt = AriFailure | 'done';

/** One request. `harmless`: failures that mean that it is so already; they are returned. Any other is thrown. */
export async function attempt(
  ari: AriConnection,
  operation: string,
  harmless: readonly AriFailure[],
  call: (api: AriApi) => Promise<unknown>,
): Promise<Attempt> {
  try {
    await ari.ask(operation, call);
    return 'done';
  } catch (error) {
    const failure = ariFailure(error);
    if (!harmless.includes(failure)) throw error;
    return failure;
  }
}

/** There is no channel or bridge any more that it could be done to. */
export const GONE: readonly AriFailure[] = ['channel-gone', 'bridge-gone', 'not-in-bridge', 'not-in-stasis'];

/** Back in the dialplan is gone, too: no longer ours to touch. */
export function fateOf(...results: readonly Attempt[]): Fate {
  return results.includes('channel-gone') || results.includes('not-in-stasis') ? 'gone' : 'asked';
}

/** What is read of a channel, and `otherwise` of one that is gone. */
export async function unlessGone<Result, Otherwise = Result>(
  otherwise: Otherwise,
  read: () => Promise<Result>,
): Promise<Result | Otherwise> {
  try {
    return await read();
  } catch (error) {
    if (ariFailure(error) === 'channel-gone') return otherwise;
    throw error;
  }
}
