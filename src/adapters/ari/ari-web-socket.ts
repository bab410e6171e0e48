import { WebSocket } from 'ws';
import type { AriSettings } from './ari-settings';

export type Access = Pick<AriSettings, 'url' | 'user' | 'password'>;

/** A WebSocket of ARI, on its way, for these applications. The password is in no address that anybody could log. */
export function webSocketTo({ url, user, password }: Access, applications: readonly string[]): WebSocket {
  const names = applications.map(encodeURIComponent).join(',');
  const address = new URL(`/ari/events?app=${names}`, url.replace(/^http/, 'ws'));
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return new WebSocket(address, { headers: { authorization }, perMessageDeflate: false });
}
