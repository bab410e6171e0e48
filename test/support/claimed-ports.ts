import { once } from 'node:events';
import { createServer } from 'node:net';
import { refuseTakenPorts } from '../../scripts/asterisk/free-ports';

const HOST = '127.0.0.1';
/** All below the ports that the kernel gives to sockets without one, as those of the farm's microphones. */
const FIRST = 10_000;
const BLOCK = 1_000;
const BLOCKS = 22;

export type PortRange = { readonly from: number; readonly to: number };

/** Ports of 127.0.0.1 that no other test has, in this process or another, until they are released. */
export type ClaimedPorts = {
  /** Each free for TCP and UDP when they were claimed. */
  readonly single: readonly [number, number, number, number, number];
  /** For audio, 400 and 500 ports. */
  readonly rtp: PortRange;
  readonly farmRtp: PortRange;
  release(): Promise<void>;
};

/**
 * Claims ports for an Asterisk, its service and a farm. Whoever listens on the first port of a block has all of it; the
 * kernel takes that back when the process ends, however that happens.
 *
 * @throws Error when there is no block left.
 */
export async function claimPorts(): Promise<ClaimedPorts> {
  for (let block = 0; block < BLOCKS; block++) {
    const first = FIRST + block * BLOCK;
    const release = await claim(first);
    if (release === undefined) continue;
    const single = [first + 1, first + 2, first + 3, first + 4, first + 5] as const;
    if (await areFree(single)) {
      const rtp = { from: first + 100, to: first + 499 };
      return { single, rtp, farmRtp: { from: first + 500, to: first + 999 }, release };
    }
    await release();
  }
  throw new Error(`no ports are left between ${FIRST} and ${FIRST + BLOCKS * BLOCK - 1}`);
}

/** Resolves with what gives it back; undefined when somebody else has it. */
async function claim(port: number): Promise<(() => Promise<void>) | undefined> {
  const server = createServer().listen({ host: HOST, port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  server.unref(); // A test that fails to release it ends all the same.
  return () => new Promise((resolve) => void server.close(() => resolve()));
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  const wanted = ports.flatMap((port) =>
    (['tcp', 'udp'] as const).map((protocol) => ({ protocol, host: HOST, port, setting: `${port}` })),
  );
  return refuseTakenPorts(wanted).then(
    () => true,
    () => false,
  );
}
