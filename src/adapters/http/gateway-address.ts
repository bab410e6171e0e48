import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** IPv6 in brackets: without them, nobody could tell a port from the last part of the address. */
const FORM = /^(?:(?<v4>[0-9.]+)|\[(?<v6>[0-9A-Fa-f:.]+)\])(?::(?<port>[1-9][0-9]{0,4}))?$/;
const MAX_PORT = 65_535;

/** Where no single device is: "this" network, multicast, reserved and broadcast. */
const NOBODYS_IPV4 = new BlockList();
NOBODYS_IPV4.addSubnet('0.0.0.0', 8, 'ipv4');
NOBODYS_IPV4.addSubnet('224.0.0.0', 3, 'ipv4');

/** The same, and IPv4 addresses in the clothes of IPv6. */
const NOBODYS_IPV6 = new BlockList();
NOBODYS_IPV6.addAddress('::', 'ipv6');
NOBODYS_IPV6.addSubnet('ff00::', 8, 'ipv6');
NOBODYS_IPV6.addSubnet('::ffff:0:0', 96, 'ipv6');

/** No host names: what one leads to may change. */
export function isGatewayAddress(text: string): boolean {
  const { v4 = '', v6 = '', port = '5060' } = FORM.exec(text)?.groups ?? {};
  if (Number(port) > MAX_PORT) return false;
  return (isIPv4(v4) && !NOBODYS_IPV4.check(v4, 'ipv4')) || (isIPv6(v6) && !NOBODYS_IPV6.check(v6, 'ipv6'));
}
