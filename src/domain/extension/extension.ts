import type { AgentId, AppId, ExtensionId, PhoneNumber, SipUser } from '../ids';

/** Where an agent's phone is. */
export type Extension = {
  readonly id: ExtensionId;
  readonly app: AppId;
  readonly line: ExtensionLine;
  /** Whether it can be rung now: a SIP terminal while it is registered, an ordinary telephone always. */
  readonly enabled: boolean;
  readonly boundTo: AgentId | null;
};

export type ExtensionLine =
  | { readonly type: '1'; readonly user: SipUser; readonly digest: SipDigest }
  | { readonly type: '3'; readonly telnum: PhoneNumber };

/** MD5 of `user:realm:password` in lower-case hex: all that SIP digest authentication needs (RFC 2617, 3.2.2.2). */
export type SipDigest = string;
