import { spawn } from 'node:child_process';

export type CommandResult = { readonly code: number | null; readonly output: string };
export type CommandOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
};

/**
 * Runs a program to its end; it is told to end when this process does. `output` is what it wrote to both streams, in the
 * order of arrival. Resolves for any exit code: 127 for a program that is missing, null for one that was killed.
 */
export function tryCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const guarded = ['--pdeathsig', 'TERM', '--', command, ...args];
    const child = spawn('setpriv', guarded, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/**
 * Runs a program that has to succeed; resolves with its output.
 *
 * @throws Error with the command and the end of its output.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, output } = await tryCommand(command, args, options);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} failed (${code}):\n${output.slice(-2000)}`);
  return output;
}
