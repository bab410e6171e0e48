import type { AgentId, AppId, ExtensionId, GatewayAddress, PhoneNumber, SipUser } from '../ids';

/** Where an agent's phone is. */
export type Extension = {
  readonly id: ExtensionId;
  readonly app: AppId;
  readonly line: ExtensionLine;
  /** Whether it can be rung now: a SIP terminal while it is registered, a gateway while it answers, a telephone always. */
  readonly enabled: boolean;
  readonly boundTo: AgentId | null;
};

export type ExtensionLine =
  | { readonly type: '1'; readonly user: SipUser; readonly digest: SipDigest }
  /** A SIP gateway. `telnum`: whom it is asked for; null: for nobody in particular, it knows whom to ring. */
  | { readonly type: '2'; readonly ipaddr: GatewayAddress; readonly telnum: PhoneNumber | null }
  | { readonly type: '3'; readonly telnum: PhoneNumber };

/** What Asterisk has of an extension: a PJSIP endpoint of this name that registers, or that is at a fixed address. */
export type Account =
  | { readonly user: SipUser; readonly digest: SipDigest }
  | { readonly user: SipUser; readonly ipaddr: GatewayAddress };

/** MD5 of `user:realm:password` in lower-case hex: all that SIP digest authentication needs (RFC 2617, 3.2.2.2). */
export type SipDigest = string;

/** Null: an ordinary telephone, of which Asterisk knows nothing. */
export function accountOf({ id, line }: Extension): Account | null {
  switch (line.type) {
    case '1':
      return { user: line.user, digest: line.digest };
    case '2':
      return { user: gatewayUser(id), ipaddr: line.ipaddr };
    case '3':
      return null;
  }
}

export function gatewayUser(id: ExtensionId): SipUser {
  return `${id}-gateway` as SipUser;
}
