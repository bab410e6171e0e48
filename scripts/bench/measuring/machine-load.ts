import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The kernel counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const SYNCS = 200;

export type Shares<Who extends string> = Readonly<Record<Who | 'others', number>>;

/** How much of the processors some processes take, and all others together, from its making on. */
export class ProcessorWatch<Who extends string> {
  private readonly since: Readonly<Record<string, number>>;

  constructor(private readonly pids: Readonly<Record<Who, number | undefined>>) {
    this.since = this.seconds();
  }

  /** Seconds of a core. */
  spent(): Shares<Who> {
    const spent = Object.entries(this.seconds()).map(([who, seconds]) => [who, seconds - this.since[who]!]);
    return Object.fromEntries(spent) as Shares<Who>;
  }

  private seconds(): Record<string, number> {
    const own = Object.entries<number | undefined>(this.pids).map(([who, pid]) => [who, secondsOf(pid)] as const);
    const [user = 0, nice = 0, system = 0, , , interrupts = 0, soft = 0] = /^cpu +(.*)$/m
      .exec(readFileSync('/proc/stat', 'utf8'))![1]!
      .split(' ')
      .map(Number);
    const all = (user + nice + system + interrupts + soft) / TICKS_PER_SECOND;
    return { ...Object.fromEntries(own), others: all - own.reduce((sum, [, seconds]) => sum + seconds, 0) };
  }
}

/** Who is absent takes nothing. */
function secondsOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Milliseconds that the disk takes to have a page for good, each of some in a row, in order of length. */
export function diskTimes(): readonly number[] {
  const path = join(tmpdir(), `parley-disk-${process.pid}`);
  const file = openSync(path, 'w');
  try {
    return Array.from({ length: SYNCS }, () => {
      const begin = performance.now();
      writeSync(file, Buffer.alloc(4096));
      fdatasyncSync(file);
      return performance.now() - begin;
    }).sort((one, other) => one - other);
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
