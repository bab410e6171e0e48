import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

const OF_PROCESSES = 8;
const NAME = /@(.+)\.(\d+)\.([0-9a-f]+)$/;

/**
 * Who serves an application in Asterisk is connected under a second name, of its own: `parley@host.1234.0f3a`. It is gone
 * with its WebSocket, as soon as Asterisk has noticed, while the name of the application stays as long as there are calls
 * in it (measured on 22.10). No application of anybody's can be called like that: a setting takes no `@`.
 */
export function newOwnerName(application: string): string {
  return `${application}@${thisHost()}.${process.pid}.${theseProcesses()}${randomBytes(4).toString('hex')}`;
}

/** In words, the first among Asterisk's applications that serves this one; undefined: nobody does, or who did is dead. */
export function ownerAmong(names: readonly string[], application: string): string | undefined {
  const name = names.find((each) => each.startsWith(`${application}@`) && !isOfTheDead(each));
  if (name === undefined) return undefined;
  const [, host, pid] = NAME.exec(name) ?? [];
  return host === undefined ? name : `process ${pid} on ${host}`;
}

/** Only of whom we would see among our processes. */
function isOfTheDead(name: string): boolean {
  const [, host, pid, number] = NAME.exec(name) ?? [];
  if (host !== thisHost() || number?.slice(0, OF_PROCESSES) !== theseProcesses()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

const thisHost = (): string => hostname().replace(/[^A-Za-z0-9.-]/g, '-');

/** The same for all who see the same processes, and for nobody else: the start of this machine, and the container. */
function theseProcesses(): string {
  return (known ??= ofKernel());
}

let known: string | undefined;

function ofKernel(): string {
  try {
    const start = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    const digest = createHash('sha256').update(start + readlinkSync('/proc/self/ns/pid'));
    return digest.digest('hex').slice(0, OF_PROCESSES);
  } catch {
    return randomBytes(OF_PROCESSES / 2).toString('hex'); // No Linux: then nobody's end can be told.
  }
}
