import type { AppId } from '../../domain/ids';
import type { Secret } from '../../ports/secret';
import type { ClientRole } from './client-role';

/** Everything belongs to one application, and a request acts inside exactly one. */
export type Application = {
  readonly id: AppId;
  readonly tokens: readonly Token[];
  /** Each of them its clients may sign with: while one takes the place of another, both. */
  readonly secrets: readonly Secret[];
  /** The account that its signed requests name; null: it has none. */
  readonly certId: string | null;
  /** Where it may be called from: IP addresses and networks, `10.0.0.0/8`; none: from anywhere. */
  readonly networks: readonly string[];
  readonly disabled: boolean;
  /** Its clients expect status 200 for everything past authentication. */
  readonly alwaysOk: boolean;
  /** Put before the `user` of an extension, so that applications do not share SIP user names. */
  readonly sipPrefix: string;
  /** That each of its clients may send; 0: any number, null: as the settings say for all. */
  readonly requestsPerSecond: number | null;
};

/** `hash`: the SHA-256 of the token, in lower-case hex. */
export type Token = { readonly hash: string; readonly role: ClientRole };

/** In the way `none` a request acts in the application `DEFAULT_APP`. */
export const WAYS_OF_AUTHENTICATION = ['none', 'token', 'signature'] as const;
export type WayOfAuthentication = (typeof WAYS_OF_AUTHENTICATION)[number];

export type HttpSettings = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly authentication: readonly WayOfAuthentication[];
  readonly applications: readonly Application[];
  /** IP addresses and networks of the proxies that are believed whom they were called by. */
  readonly trustedProxies: readonly string[];
  /** IANA name, for the times of members and of signed requests. */
  readonly timeZone: string;
  /** How far the time of a signed request may be from now, before or after. */
  readonly signatureWindowSeconds: number;
  /** The realm of SIP digests: what the phone system asks phones to authenticate for. */
  readonly sipRealm: string;
  /** That a client may send, twice as many at once; 0: any number. */
  readonly requestsPerSecond: number;
  /** What a slow client may take, and one that fails to show who it is. */
  readonly limits?: Partial<HttpLimits>;
};

type HttpLimits = {
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
  /** How often in a row credentials of one address may be no good. */
  readonly failuresAtOnce: number;
};

export const HTTP_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 75_000,
  checkMs: 1_000,
  closingMs: 5_000,
  failuresAtOnce: 20,
};
