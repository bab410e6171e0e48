import type { TrunkId } from './ids';
import type { OutsidePolicy } from './outside/outside-rules';

/** What an operator may set and a rule needs. The same for the life of the process. */
export type Settings = {
  /** An agent without a keepalive for so long is expired. */
  readonly keepaliveSeconds: number;
  /** How long an agent's own phone rings for what the agent itself has asked for. */
  readonly ownRingSeconds: number;
  /** How long an agent who has missed a call is left alone by the queue; 0: not at all. */
  readonly missPauseSeconds: number;
  /** The PJSIP endpoint through which outside numbers are called; null: none, and no outside call. */
  readonly trunk: TrunkId | null;
  /** Who may call what through it. */
  readonly outside: OutsidePolicy;
  /** The music-on-hold class for those who wait or are on hold. */
  readonly musicClass: string;
};
