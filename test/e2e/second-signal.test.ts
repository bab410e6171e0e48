import Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandLine } from '../support/own-mounts';
import { LoneService, SERVICE } from './lone-service';

let folder: string;
let service: LoneService;
/** Another program that has the store locked. */
let shell: Database.Database | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-signal-'));
});
afterEach(async () => {
  await service.end();
  shell?.close();
  await rm(folder, { recursive: true });
});

const children = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

/** Its number among the processes that it sees. */
const ownNumber = (pid: number): string =>
  /^NSpid:.*\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;

function inContainer(command: CommandLine): CommandLine {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return ['unshare', '--pid', '--fork', '--kill-child', ...user, ...command];
}

/** A service that cannot end in good order yet: a command is under way, and its store is locked. Its number as seen from here. */
async function cannotEnd(command: CommandLine, pidOf: (started: number) => number): Promise<number> {
  service = new LoneService({ PARLEY_DATA: folder }, command);
  await service.says('"serving"');
  shell = new Database(join(folder, 'parley.sqlite'));
  shell.exec('BEGIN IMMEDIATE');
  const port = /"port":(\d+)/.exec(service.output)![1]!;
  const url = `http://127.0.0.1:${port}/v1/callcenter/condition`;
  const body = JSON.stringify({ where: 'true', queue_timeout: 60 });
  const headers = { 'content-type': 'application/json' };
  void fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
  await service.says('the store is away');
  const pid = pidOf(service.pid);
  process.kill(pid, 'SIGTERM');
  await service.says('shutting down');
  return pid;
}

test.each<[what: string, command: CommandLine, pidOf: (started: number) => number, ownNumber: RegExp]>([
  ['a process among others', SERVICE, (pid) => pid, /^\d\d+$/],
  ['process 1 of a container', inContainer(SERVICE), (pid) => children(pid)[0]!, /^1$/],
])(
  'given %s that finishes what is under way, a second signal ends it at once',
  async (_, command, pidOf, number) => {
    const pid = await cannotEnd(command, pidOf);
    expect(ownNumber(pid)).toMatch(number);

    process.kill(pid, 'SIGTERM');

    expect(await service.exited).toBe(143);
  },
  60_000,
);
