import type { Destination } from '../../domain/effect';
import type { GatewayAddress } from '../../domain/ids';

/** From parts only, so that nobody calls a number of their own making. */
export function endpointOf(to: Destination): string {
  return to.kind === 'number' ? `PJSIP/${fenced(to.number)}@${fenced(to.trunk)}` : `PJSIP/${fenced(to.user)}`;
}

/** Anybody may call from anything: what could mean something else to Asterisk or a phone is left out. */
export function shownNumber(from: string | null): string {
  return (from ?? '').replace(/[^+0-9A-Za-z*#._-]/g, '').slice(0, 64);
}

/** The last fence: whatever went wrong before, no dial string or configuration is ever made of anything else. */
export function fenced<Name extends string>(name: Name): Name {
  if (!/^[+0-9A-Za-z_-]+$/.test(name)) throw new Error(`not a name for Asterisk: ${JSON.stringify(name)}`);
  return name;
}

/** An address alone, so that a call to a gateway goes nowhere else. */
export function gatewayUri(ipaddr: GatewayAddress): string {
  if (!/^([0-9.]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?$/.test(ipaddr))
    throw new Error(`no address: ${JSON.stringify(ipaddr)}`);
  return `sip:${ipaddr}`;
}
