import { WebSocket } from 'ws';
import type { AriSettings } from './ari-settings';

export type Access = Pick<AriSettings, 'url' | 'user' | 'password'>;

export function authorization({ user, password }: Pick<Access, 'user' | 'password'>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** A WebSocket of ARI, on its way, for these applications. The password is in no address that anybody could log. */
export function webSocketTo({ url, user, password }: Access, applications: readonly string[]): WebSocket {
  const names = applications.map(encodeURIComponent).join(',');
  const address = new URL(`/ari/events?app=${names}`, url.replace(/^http/, 'ws'));
  const headers = { authorization: authorization({ user, password }) };
  return new WebSocket(address, { headers, perMessageDeflate: false });
}
