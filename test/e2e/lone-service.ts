import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { eventually } from '../../scripts/phone-farm/eventually';
import type { CommandLine } from '../support/own-mounts';

const ROOT = resolve(__dirname, '../..');
export const SERVICE: CommandLine = [process.execPath, join(ROOT, 'dist/src/main.js')];
/** Nobody listens there: Asterisk is looked for when the store is open. */
const NO_ASTERISK = {
  PARLEY_ARI_URL: 'http://127.0.0.1:1',
  PARLEY_ARI_USER: 'parley',
  PARLEY_ARI_PASSWORD: 'x',
  PARLEY_HTTP_PORT: '0',
};

/** The service as a process without an Asterisk, and what it says. End it in the end. */
export class LoneService {
  output = '';
  errors = '';
  private readonly process;
  readonly exited: Promise<number | null>;

  constructor(settings: Readonly<Record<string, string>>, [program, ...args]: CommandLine = SERVICE) {
    const env = { PATH: process.env['PATH'], ...NO_ASTERISK, ...settings };
    this.process = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.process.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.exited = new Promise((ended) => this.process.once('close', ended));
  }

  get pid(): number {
    return this.process.pid!;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.process.kill(signal);
  }

  /** Waits until this is in what it says. @throws Error after twenty seconds. */
  async says(words: string): Promise<void> {
    await eventually(
      () => this.output.includes(words),
      20_000,
      () => `it should say ${words}: ${this.output}${this.errors}`,
    );
  }

  async end(): Promise<void> {
    this.kill('SIGKILL');
    await this.exited;
  }
}
