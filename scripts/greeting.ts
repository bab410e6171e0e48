import { networkInterfaces } from 'node:os';
import type { Config } from '../src/config/config';

type Address = { readonly host: string; readonly port: number };

const withPort = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Where this machine reaches the service, which may listen on all of its addresses. */
export function baseUrl({ http: { host, port } }: Pick<Config, 'http'>): string {
  return `http://${withPort({ host: { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host, port })}`;
}

/** Where telephones register: an address of this machine in place of "all of them". */
function sipAddress({ host, port }: Address): string {
  const family = { '0.0.0.0': 'IPv4', '::': 'IPv6' }[host];
  if (family === undefined) return withPort({ host, port });
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  // What begins with fe80 cannot be reached by the address alone.
  const outside = addresses.find(
    (each) => each.family === family && !each.internal && !each.address.startsWith('fe80'),
  );
  return withPort({ host: outside?.address ?? (family === 'IPv4' ? '127.0.0.1' : '::1'), port });
}

/** What whoever starts it wants to do first. */
export function greeting(config: Pick<Config, 'http' | 'sip' | 'ari' | 'authentication'>): string {
  const isOurs = config.ari === null;
  return `
Parley is ready: ${baseUrl(config)}${isOurs ? `   SIP: ${sipAddress(config.sip)} (UDP, TCP)` : ''}
${firstSteps(config)}
Ctrl-C stops ${isOurs ? 'everything' : 'the service; your Asterisk and its calls go on'}.
`;
}

function firstSteps(config: Pick<Config, 'http' | 'ari' | 'authentication'>): string {
  const ways = config.authentication;
  if (!ways.includes('none') && !ways.includes('token')) {
    return `
Clients sign their requests: docs/security.md says how.
`;
  }
  const token = ways.includes('none') ? '' : ' -H "Authorization: Bearer $token"';
  const url = `${baseUrl(config)}/v1/callcenter`;
  const curl = `curl -s -H 'Accept-Language: en' -H 'Content-Type: application/json'${token} ${url}`;
  const agent = '"name":"alice","state":"idle","skills":[{"name":"demo","enabled":true}]';
  return `
An account for a telephone, to register as 100001 (make 100002 alike for the one that calls):
  id=$(${curl}/extension -d '{"type":"1","user":"100001","password":"talk2me"}' | tee -a /dev/stderr | grep -oE '[0-9a-f]{32}')
An agent at that telephone${config.ari === null ? '; then dial 7alice or 8000 from the other one' : ''}:
  ${curl}/agent -d '{"extension":"'$id'",${agent}}'
Who is talking:
  ${curl}/conversation
`;
}
