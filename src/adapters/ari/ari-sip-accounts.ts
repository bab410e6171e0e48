import type { Account } from '../../domain/extension/extension';
import type { SipUser } from '../../domain/ids';
import { AccountRefused } from '../../ports/telephony';
import { attempt } from './ari-attempt';
import { ariFailure, ariMessage } from './ari-failure';
import type { AriConnection } from './ari-connection';
import { fenced, gatewayUri } from './dial-string';

type ObjectType = 'auth' | 'aor' | 'endpoint';

/** Accounts made over ARI inherit from no template, so all that an agent's telephone needs is said here. */
const ENDPOINT = {
  context: 'from-agent',
  disallow: 'all',
  allow: 'ulaw,alaw',
  // All audio runs through Asterisk, or nobody could be muted or held.
  direct_media: 'no',
  // For telephones behind NAT.
  rtp_symmetric: 'yes',
  force_rport: 'yes',
  rewrite_contact: 'yes',
  rtp_keepalive: '1',
  // Seconds. A telephone that lost its network sends nothing any more, and never hangs up.
  rtp_timeout: '1800',
  rtp_timeout_hold: '1800',
  dtmf_mode: 'rfc4733',
  allow_transfer: 'yes',
} as const;
const AOR = { max_contacts: '1', remove_existing: 'yes', qualify_frequency: '10' } as const;

/**
 * A gateway is called and never calls. Nothing tells it from others who know its name, so no call is taken for its own:
 * `ip` asks for an address that was named, and none is. By default a From header with the name would do (measured).
 */
const GATEWAY_ENDPOINT = { ...ENDPOINT, identify_by: 'ip', allow_transfer: 'no' } as const;
/**
 * It is asked every 5 s and given 3 s, in which Asterisk asks three times: one that has gone is noticed within 8 s, one
 * that is back, or new, within 5 s (measured). Any answer counts, a 401 too.
 */
const GATEWAY_AOR = { qualify_frequency: '5', qualify_timeout: '3.0' } as const;

/** Makes the account, or changes its digest or address. @throws AccountRefused */
export async function provisionAccount(ari: AriConnection, account: Account, realm: string): Promise<void> {
  const user = fenced(account.user);
  if ('ipaddr' in account) {
    await put(ari, 'aor', user, { ...GATEWAY_AOR, contact: gatewayUri(account.ipaddr) });
    await put(ari, 'endpoint', user, { ...GATEWAY_ENDPOINT, aors: user });
    return;
  }
  const auth = { auth_type: 'digest', username: user, realm, password_digest: `MD5:${account.digest}` };
  await Promise.all([put(ari, 'auth', user, auth), put(ari, 'aor', user, AOR)]);
  // Without one, Asterisk stores `<unknown>`, and after its next start all calls come from "unknown" (measured on 22.10).
  const callerid = `<${user}>`;
  await put(ari, 'endpoint', user, { ...ENDPOINT, auth: user, aors: user, callerid });
}

/**
 * The endpoint last: it is what a survey sees, so an account is seen as long as anything of it is left. Without the other
 * two no telephone registers by it (measured on 22.10).
 */
export async function unprovisionAccount(ari: AriConnection, name: SipUser): Promise<void> {
  const user = fenced(name);
  await Promise.all([remove(ari, 'aor', user), remove(ari, 'auth', user)]);
  await remove(ari, 'endpoint', user);
}

async function put(
  ari: AriConnection,
  objectType: ObjectType,
  id: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const fields = Object.entries(values).map(([attribute, value]) => ({ attribute, value }));
  try {
    await ari.ask(`make ${objectType}`, ({ asterisk }) =>
      asterisk.updateObject({ configClass: 'res_pjsip', objectType, id, fields }),
    );
  } catch (error) {
    if (ariFailure(error) !== 'object-refused') throw error;
    throw new AccountRefused(`${objectType} ${id}: ${ariMessage(error)}`);
  }
}

async function remove(ari: AriConnection, objectType: ObjectType, id: string): Promise<void> {
  await attempt(ari, `delete ${objectType}`, ['no-object'], ({ asterisk }) =>
    asterisk.deleteObject({ configClass: 'res_pjsip', objectType, id }),
  );
}
