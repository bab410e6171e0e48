import type { AppId } from '../../domain/ids';

/** Everything belongs to one application, and a request acts inside exactly one. */
export type Application = {
  readonly id: AppId;
  /** SHA-256 of each of its tokens, in lower-case hex. */
  readonly tokens: readonly string[];
  readonly disabled: boolean;
  /** Its clients expect status 200 for everything past authentication. */
  readonly alwaysOk: boolean;
  /** Put before the `user` of an extension, so that applications do not share SIP user names. */
  readonly sipPrefix: string;
};

/** In the way `none` a request acts in this application. */
export const DEFAULT_APPLICATION = 'default';

export type HttpSettings = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly authentication: readonly ('none' | 'token')[];
  readonly applications: readonly Application[];
  /** IANA name, for the times of members. */
  readonly timeZone: string;
  /** The realm of SIP digests: what the phone system asks phones to authenticate for. */
  readonly sipRealm: string;
  /** What a slow client may take. */
  readonly limits?: Partial<HttpLimits>;
};

export type HttpLimits = {
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** From the first byte of a request to its last. */
  readonly requestMs: number;
  /** Until an idle connection is closed. Longer than what proxies in front usually keep theirs. */
  readonly keepAliveMs: number;
  /** How often connections are looked at for the limits above. */
  readonly checkMs: number;
  /** How long requests under way may take once the server is closing. */
  readonly closingMs: number;
};

export const HTTP_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 75_000,
  checkMs: 1_000,
  closingMs: 5_000,
};
