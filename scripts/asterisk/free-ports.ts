import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export type WantedPort = {
  readonly protocol: 'tcp' | 'udp';
  readonly host: string;
  readonly port: number;
  /** What to say when it is taken, e.g. the setting that names another. */
  readonly setting: string;
};

/**
 * Makes sure that nobody else has these ports. Asterisk only logs an error for a SIP port that it cannot have, and then
 * runs without.
 *
 * @throws Error that lists all that are taken or given twice.
 */
export async function refuseTakenPorts(wanted: readonly WantedPort[]): Promise<void> {
  const twice = givenTwice(wanted);
  const problems = twice.length > 0 ? twice : await Promise.all(wanted.map(problemOf));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new Error(`ports:\n  ${found.join('\n  ')}`);
}

/** Ports that two settings name; each of them would be free. */
function givenTwice(wanted: readonly WantedPort[]): readonly string[] {
  return wanted.flatMap((one, i) =>
    wanted
      .slice(i + 1)
      .filter(
        (other) => one.protocol === other.protocol && one.port === other.port && one.setting !== other.setting,
      )
      .map((other) => `${one.setting} and ${other.setting} are both ${one.protocol} port ${one.port}`),
  );
}

async function problemOf({ protocol, host, port, setting }: WantedPort): Promise<string | undefined> {
  try {
    if (protocol === 'tcp') {
      const server = createServer().listen({ host, port, exclusive: true });
      await once(server, 'listening');
      await new Promise((resolve) => server.close(resolve));
    } else {
      const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').bind({
        address: host,
        port,
        exclusive: true,
      });
      await once(socket, 'listening');
      await new Promise<void>((resolve) => void socket.close(resolve));
    }
    return undefined;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is taken' : String(error);
    return `${setting}: ${protocol} port ${port} of ${host} ${reason}`;
  }
}

/** A TCP port of this address that nobody has right now. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen({ host, port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** So many of them, all different. */
export async function freePorts(host: string, count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort(host));
  return [...ports];
}
