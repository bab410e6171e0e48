import { spawn, type SpawnOptions } from 'node:child_process';

export type Child = {
  readonly pid: number | undefined;
  /** Its exit code when it has ended for whatever reason; null when by a signal, or when it could not be started. */
  readonly exited: Promise<number | null>;
  readonly isRunning: () => boolean;
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void;
  /** Asks it to end, waits until it has, and insists after `limitMs`; null: never. May be called again. */
  readonly stop: (limitMs: number | null) => Promise<void>;
};

/** Between the fork and the request for the signal this process may have ended already; then the child has another parent. */
const UNLESS_ORPHANED = '[ "$PPID" = "$0" ] && exec "$@"';

/**
 * Starts a program that never outlives this process: the kernel kills it when the thread that called this ends, however
 * that happens. It has a process group of its own, so a Ctrl-C at the terminal reaches this process only, which then stops
 * it in good order.
 */
export function startChild(command: string, args: readonly string[], options: SpawnOptions): Child {
  const guard = ['--pdeathsig', 'KILL', '--', 'sh', '-c', UNLESS_ORPHANED, String(process.pid)];
  const child = spawn('setpriv', [...guard, command, ...args], { ...options, detached: true });
  let isRunning = child.pid !== undefined;
  const exited = new Promise<number | null>((resolve) => {
    const ended = (code: number | null): void => {
      isRunning = false;
      resolve(code);
    };
    child.once('exit', ended);
    child.once('error', () => ended(null));
  });
  return {
    pid: child.pid,
    exited,
    isRunning: () => isRunning,
    kill: (signal) => void child.kill(signal),
    stop: async (limitMs) => {
      child.kill('SIGTERM');
      const insist = limitMs === null ? undefined : setTimeout(() => child.kill('SIGKILL'), limitMs);
      await exited;
      clearTimeout(insist);
    },
  };
}
