import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** What IANA's special-purpose registry has of IPv4 as not globally reachable, and multicast. */
const SPECIAL_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** The same of the one network of IPv6 that addresses of the internet are given out from. */
const GLOBAL_IPV6 = ['2000::', 3] as const;
const SPECIAL_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** A translator to IPv4 (NAT64) leads where the last 32 bits say. */
const NAT64 = '64:ff9b::';
const NAT64_BITS = 96;

// A BlockList takes an IPv4 address that is written as one of IPv6, `::ffff:10.0.0.1`, for the IPv4 address.
const internet = new BlockList();
const special = new BlockList();
internet.addSubnet('0.0.0.0', 0, 'ipv4');
internet.addSubnet(...GLOBAL_IPV6, 'ipv6');
internet.addSubnet(NAT64, NAT64_BITS, 'ipv6');
for (const [network, prefix] of SPECIAL_IPV6) special.addSubnet(network, prefix, 'ipv6');
for (const [network, prefix] of SPECIAL_IPV4) {
  special.addSubnet(network, prefix, 'ipv4');
  special.addSubnet(`${NAT64}${network}`, NAT64_BITS + prefix, 'ipv6');
}

/** Whether the IP address is one of the internet. */
export function isPublic(address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return internet.check(address, family) && !special.check(address, family);
}

/** As `dns.lookup`, but a name that leads anywhere else than to the internet is an error. What was checked is what is used. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, '');
    const inside = addresses.find(({ address }) => !isPublic(address));
    if (inside !== undefined)
      return callback(new Error(`${hostname} is ${inside.address}, not a public address`), '');
    if (options.all === true) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};
