import type { IncomingMessage } from 'node:http';
import type { Networks } from './networks';

/**
 * Where a request comes from. Each proxy adds to `X-Forwarded-For` whom it was called by, so the last one that is no
 * proxy of ours is the client; what stands before it, the client itself may have written.
 */
export function clientAddress({ socket, headers }: IncomingMessage, trustedProxies: Networks): string {
  const hops = [...forwardedFor(headers), socket.remoteAddress ?? ''];
  return hops.findLast((hop, index) => index === 0 || !trustedProxies.has(hop))!;
}

export function isForwarded({ headers }: IncomingMessage): boolean {
  return headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
}

function forwardedFor(headers: IncomingMessage['headers']): readonly string[] {
  const given = headers['x-forwarded-for'];
  if (given === undefined) return [];
  const text = Array.isArray(given) ? given.join(',') : given;
  return text.split(',').map((hop) => withoutPort(hop.trim()));
}

/** Some proxies add the port: `192.0.2.7:51234`, `[2001:db8::1]:51234`. */
function withoutPort(hop: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop;
}
