/** How to reach Asterisk over ARI, and by which names we are known there. */
export type AriSettings = {
  /** `http://127.0.0.1:8088`, without a path. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The name in `Stasis(<application>,...)`. One process at a time has it. */
  readonly application: string;
  /** A music-on-hold class of silence: for whoever must not hear its bridge. */
  readonly silenceClass: string;
  /** A music-on-hold class of the ringing tone. */
  readonly ringbackClass: string;
  /** Where the classes of sounds are written to, absolute: the shipped `musiconhold.conf` includes it. */
  readonly soundClassesFile: string;
  /** The realm in the digests of SIP accounts. */
  readonly realm: string;
  /** How long one request may take, waiting for its turn included, in milliseconds. */
  readonly deadlineMs: number;
  /** How often Asterisk is asked whether it is still there, in milliseconds. Default 2,000. */
  readonly heartbeatMs?: number;
};
