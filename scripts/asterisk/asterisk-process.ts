import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { askConsole } from './asterisk-cli';
import { type AsteriskProgram } from './asterisk-program';
import { startChild } from './child-process';

/**
 * Where one Asterisk has its files; each needs both for itself.
 *
 * `etc`: its configuration, `modules.conf` and so on. Only read. The `[directories]` of its `asterisk.conf`, if there
 * is one, are replaced; the other sections count.
 * `state`: all that it writes. `state/log/` has what logger.conf asks for, `state/spool/`, `state/lib/` (astdb) and
 * `state/console.log` the rest. Made when missing.
 */
export type AsteriskFiles = { readonly etc: string; readonly state: string };

export type StartOptions = {
  /** How long it may take to boot. Default 60,000. */
  readonly bootMs?: number;
};

export type RunningAsterisk = {
  readonly pid: number;
  readonly files: AsteriskFiles;
  /** Asks it to end, waits until it has, and insists after 5 s. May be called again. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): void;
  /** What a console command prints. */
  cli(command: string): Promise<string>;
  /** Its exit code when it has ended for whatever reason, null when by a signal. */
  readonly exited: Promise<number | null>;
};

/** A socket's path is at most this long, in bytes, on Linux. */
const SOCKET_PATH_LIMIT = 107;
const STOP_MS = 5_000;
const POLL_MS = 20;

/**
 * Starts Asterisk in the foreground and waits until it is fully booted. It never outlives this process.
 *
 * @throws Error when another one uses `state`; with the end of its logs when it does not come up.
 */
export async function startAsterisk(
  program: AsteriskProgram,
  files: AsteriskFiles,
  options: StartOptions = {},
): Promise<RunningAsterisk> {
  const etc = resolve(files.etc);
  const state = resolve(files.state);
  await refuseStateInUse(state);
  const runDirectory = await makeDirectories(state);
  const socket = join(runDirectory, 'asterisk.ctl');
  const mainConfig = join(state, 'asterisk.conf');
  const shipped = await readFile(join(etc, 'asterisk.conf'), 'utf8').catch(() => '');
  await writeFile(mainConfig, renderMainConfig(shipped, program, { etc, state, run: runDirectory }));

  const console = await open(join(state, 'console.log'), 'w');
  const child = startChild(program.command, [...program.args, '-f', '-C', mainConfig], {
    stdio: ['ignore', console.fd, console.fd],
    env: environment(program),
    cwd: state,
  });
  await console.close();

  const exited = child.exited.then(async (code) => {
    if (!runDirectory.startsWith(state)) await rm(runDirectory, { recursive: true, force: true });
    return code;
  });
  const asterisk: RunningAsterisk = {
    pid: child.pid ?? 0,
    files: { etc, state },
    exited,
    kill: () => child.kill('SIGKILL'),
    cli: (command) => askConsole(socket, command),
    stop: async () => {
      await child.stop(STOP_MS);
      await exited;
    },
  };

  const giveUpAt = Date.now() + (options.bootMs ?? 60_000);
  while (!(await isBooted(socket))) {
    if (child.isRunning() && Date.now() < giveUpAt) {
      await wait(POLL_MS);
      continue;
    }
    const why = child.isRunning() ? 'did not boot in time' : 'ended while booting';
    asterisk.kill();
    await exited;
    throw new Error(`Asterisk ${why} (${program.version}, ${etc})\n${await logTail(state)}`);
  }
  return asterisk;
}

export type Directories = { readonly etc: string; readonly state: string; readonly run: string };

/** The `asterisk.conf` to start with: the shipped one with the directories of this machine. */
export function renderMainConfig(
  shipped: string,
  program: Pick<AsteriskProgram, 'modules' | 'data'>,
  { etc, state, run }: Directories,
): string {
  const directories = {
    astetcdir: etc,
    astmoddir: program.modules,
    astdatadir: program.data,
    astvarlibdir: join(state, 'lib'),
    astdbdir: join(state, 'lib'),
    astkeydir: join(state, 'lib'),
    astagidir: join(state, 'lib'),
    astspooldir: join(state, 'spool'),
    astrundir: run,
    astlogdir: join(state, 'log'),
  };
  const lines = Object.entries(directories).map(([name, path]) => `${name} => ${path}\n`);
  const others = shipped.replace(/^\[directories\][^\n]*\n(?:(?!\[)[^\n]*\n)*/m, '');
  return `[directories]\n${lines.join('')}\n${others}`;
}

/** @throws Error when an Asterisk that has its files here is running. */
export async function refuseStateInUse(state: string): Promise<void> {
  if (await isBooted(join(runDirectoryOf(resolve(state)), 'asterisk.ctl'))) {
    throw new Error(`another Asterisk runs on ${state} already`);
  }
}

/** The directory of the control socket: below the state, unless its path is too long there. */
function runDirectoryOf(state: string): string {
  const run = join(state, 'run');
  if (Buffer.byteLength(join(run, 'asterisk.ctl')) <= SOCKET_PATH_LIMIT) return run;
  return join(tmpdir(), `asterisk-${createHash('sha256').update(state).digest('hex').slice(0, 16)}`);
}

/** Makes what Asterisk writes to, for its owner only; returns the directory of its control socket. */
async function makeDirectories(state: string): Promise<string> {
  const run = runDirectoryOf(state);
  for (const path of [...['lib', 'spool', 'log'].map((name) => join(state, name)), run]) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
  // Recordings are written here, and Asterisk makes no directories itself.
  for (const name of ['monitor', 'recording', 'tmp']) await mkdir(join(state, 'spool', name), { recursive: true });
  if ((await stat(run)).uid !== process.getuid?.()) throw new Error(`${run} belongs to somebody else`);
  return run;
}

/** Little is handed on: a preloaded library, say, need not fit the libraries of a private Asterisk. */
function environment(program: AsteriskProgram): NodeJS.ProcessEnv {
  const { PATH, HOME, TZ } = process.env;
  return { PATH, HOME, TZ, LANG: 'C.UTF-8', ...program.env };
}

async function isBooted(socket: string): Promise<boolean> {
  if (!existsSync(socket)) return false;
  try {
    return (await askConsole(socket, 'core waitfullybooted')).includes('fully booted');
  } catch {
    return false; // The socket is not listening yet, or is one that a crash left behind.
  }
}

/** The end of what Asterisk wrote, to the console and to its log. */
async function logTail(state: string): Promise<string> {
  const logs = ['console.log', 'log/messages', 'log/full'].map((name) => join(state, name));
  const texts = await Promise.all(logs.map((log) => readFile(log, 'utf8').catch(() => '')));
  return texts
    .map((text) => text.trimEnd().split('\n').slice(-20).join('\n'))
    .join('\n')
    .trim();
}
