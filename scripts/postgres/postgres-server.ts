import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startChild, type Child } from '../asterisk/child-process';
import { freePort } from '../asterisk/free-ports';
import { runCommand } from '../asterisk/run-command';
import { eventually } from '../phone-farm/eventually';
import type { PostgresProgram } from './postgres-program';

const HOST = '127.0.0.1';
const PASSWORD = 'for tests only';
const READY_MS = 30_000;
/** Its content need not outlive the machine, and it has no other users. */
const OPTIONS = {
  fsync: 'off',
  listen_addresses: HOST,
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '32MB',
  log_min_messages: 'fatal',
};

/**
 * A PostgreSQL of its own in a temporary folder, for tests and benchmarks: no data is safe in it. It listens on a port of
 * loopback that is free and asks for a password. It never outlives this process.
 */
export class PostgresServer {
  private databases = 0;
  private server!: Child;

  private constructor(
    readonly program: PostgresProgram,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(program: PostgresProgram): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
    try {
      const server = new PostgresServer(program, folder, await freePort(HOST));
      await server.initialise();
      await server.resume();
      return server;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Where a database is reached. `user`: as whom, and with which password; the superuser if left out. */
  url(database: string, user: string = `postgres:${encodeURIComponent(PASSWORD)}`): string {
    return `postgresql://${user}@${HOST}:${this.port}/${database}`;
  }

  /** A new empty database, or a copy of one that nobody uses. Returns its name. */
  async createDatabase(template = 'template0'): Promise<string> {
    const name = `test_${++this.databases}`;
    await this.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    return name;
  }

  /** Rows as the superuser sees them. */
  async query<Row>(sql: string, database = 'postgres'): Promise<readonly Row[]> {
    const client = new Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** Ends it as an administrator does, `fast`, or as a crash would. What was committed is there when it is started again. */
  async interrupt(manner: 'fast' | 'crash'): Promise<void> {
    process.kill(this.server.pid!, manner === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await this.server.exited;
  }

  /** Every process of it stands still: connections stay open, nobody answers. */
  freeze(): void {
    for (const pid of this.processes()) signal(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.processes().reverse()) signal(pid, 'SIGCONT');
  }

  /** Starts it again after `interrupt`; resolves when it answers. */
  async resume(): Promise<void> {
    const options = Object.entries({ ...OPTIONS, port: this.port }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    const data = join(this.folder, 'data');
    const log = openSync(this.log, 'a');
    this.server = startChild(this.program.postgres, ['-D', data, ...options], {
      ...this.program.user,
      cwd: this.folder,
      stdio: ['ignore', log, log],
      env: { PATH: process.env['PATH'], TZ: 'UTC' },
    });
    closeSync(log);
    const told = (): string => readFileSync(this.log, 'utf8').slice(-2_000);
    await eventually(
      async () => {
        if (!this.server.isRunning()) throw new Error(`PostgreSQL ended:\n${told()}`);
        return await this.answers();
      },
      READY_MS,
      () => `PostgreSQL should answer:\n${told()}`,
    );
  }

  async stop(): Promise<void> {
    if (this.server.isRunning()) this.thaw();
    await this.server.stop(0); // It has nothing to keep.
    await rm(this.folder, { recursive: true, maxRetries: 10 });
  }

  private get log(): string {
    return join(this.folder, 'log');
  }

  private async initialise(): Promise<void> {
    const { initdb, user } = this.program;
    const passwordFile = join(this.folder, 'password');
    await writeFile(passwordFile, PASSWORD);
    if (user.uid !== undefined) {
      for (const path of [this.folder, passwordFile]) await chown(path, user.uid, user.gid!);
    }
    const authentication = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    const kind = ['--encoding=UTF8', '--locale=C', '--no-sync'];
    await runCommand(initdb, ['-D', join(this.folder, 'data'), ...authentication, ...kind], {
      ...user,
      cwd: this.folder,
      env: { PATH: process.env['PATH'], TZ: 'UTC' },
    });
  }

  private async answers(): Promise<boolean> {
    return this.query('SELECT').then(
      () => true,
      () => false,
    );
  }

  /** The first starts all others. */
  private processes(): number[] {
    const { pid } = this.server;
    const file = `/proc/${pid}/task/${pid}/children`;
    const children = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return [pid!, ...children.split(' ').filter(Boolean).map(Number)];
  }
}

/** A process of the server that has ended since it was listed, as of a connection that was closed, needs none. */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
