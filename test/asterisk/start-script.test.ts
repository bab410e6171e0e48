import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { provideAsterisk } from '../../scripts/asterisk/asterisk-program';
import { keepPasswords } from '../../scripts/asterisk/parley-asterisk';
import type { Call } from '../../scripts/phone-farm/call';
import { eventually } from '../../scripts/phone-farm/eventually';
import { PhoneFarm } from '../../scripts/phone-farm/phone-farm';
import { claimPorts, type ClaimedPorts } from '../support/claimed-ports';

const PROJECT_ROOT = resolve(__dirname, '../..');
const READY_MS = 15_000;

/** What `scripts/start` runs once everything is set up. */
class Start {
  output = '';
  private readonly process: ChildProcess;
  readonly exited: Promise<number | null>;

  constructor(settings: Readonly<Record<string, string>>) {
    const others = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'));
    this.process = spawn(process.execPath, [join(PROJECT_ROOT, 'dist/scripts/start.js')], {
      cwd: PROJECT_ROOT,
      env: { ...Object.fromEntries(others), ...settings },
    });
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exited = once(this.process, 'exit').then(([code]) => code as number | null);
  }

  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
    this.process.kill(name);
  }

  /** The process that it started with these words in its command line; undefined when there is none. */
  child(words: string): number | undefined {
    const { pid } = this.process;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number);
    return children.find((each) => commandLine(each).includes(words));
  }

  /** Waits until all of this is in what it and the service say. */
  async says(...words: readonly string[]): Promise<void> {
    await eventually(
      () => words.every((each) => this.output.includes(each)),
      READY_MS,
      () => `it should say ${words.join(' and ')}:\n${this.output}`,
    );
  }

  /** Waits for what it says when the service is ready: for the first time, or again for the nth time. */
  async ready(again = 0): Promise<void> {
    const times = (): number => this.output.split('the service is ready again').length - 1;
    await eventually(
      () => this.output.includes('Parley is ready') && times() >= again,
      READY_MS,
      () => `it should get ready:\n${this.output}`,
    );
  }
}

function commandLine(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

let directory: string;
const starts: Start[] = [];
/** Those of the last start come first. */
const claimed: ClaimedPorts[] = [];
const farms: PhoneFarm[] = [];
beforeAll(async () => void (await provideAsterisk(PROJECT_ROOT)), 300_000);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-start-'));
});
afterEach(async () => {
  for (const farm of farms.splice(0)) await farm.stop();
  for (const start of starts.splice(0)) {
    start.signal('SIGKILL');
    await start.exited;
  }
  for (const ports of claimed.splice(0)) await ports.release();
  await rm(directory, { recursive: true, maxRetries: 10 });
});

async function aStart(settings: Readonly<Record<string, string>> = {}): Promise<Start> {
  const ports = await claimPorts();
  claimed.unshift(ports);
  const [httpPort, sipPort, ariPort] = ports.single;
  const start = new Start({
    PARLEY_HTTP_PORT: String(httpPort),
    PARLEY_SIP_PORT: String(sipPort),
    PARLEY_ARI_PORT: String(ariPort),
    PARLEY_RTP_PORTS: `${ports.rtp.from}-${ports.rtp.to}`,
    PARLEY_DATA: join(directory, 'data'),
    ...settings,
  });
  starts.push(start);
  return start;
}

/** Somebody from outside on the plan demo of the last start, where no agent is logged in. */
async function aWaitingCaller(): Promise<Call> {
  const { single, farmRtp } = claimed[0]!;
  const [, sipPort, , ariPort, farmSipPort] = single;
  const { trunkPassword } = await keepPasswords(join(directory, 'data'));
  const farm = await PhoneFarm.start({
    program: await provideAsterisk(PROJECT_ROOT),
    state: join(directory, 'farm'),
    sip: { host: '127.0.0.1', port: farmSipPort },
    ariPort,
    rtpPorts: farmRtp,
    sut: { host: '127.0.0.1', port: sipPort },
    trunk: { user: 'parley-trunk', password: trunkPassword },
  });
  farms.push(farm);
  const caller = await farm.call({ from: '13900000001', to: '8000', tone: 400 });
  await caller.hearsMusic();
  return caller;
}

test('given that the service is killed, it runs again under the same Asterisk; the third time within a minute ends all', async () => {
  const start = await aStart();
  await start.ready();
  const asterisk = start.child('asterisk.conf')!;

  for (let times = 1; times <= 2; times++) {
    process.kill(start.child('main.js')!, 'SIGKILL');
    await start.ready(times);
  }
  expect(start.child('asterisk.conf')).toBe(asterisk);

  process.kill(start.child('main.js')!, 'SIGKILL');
  expect(await start.exited).toBe(1);
  expect(start.output).toContain('it has ended 3 times within a minute');
  expect(commandLine(asterisk)).toBe('');
}, 60_000);

test('given a second start on the same data, it is refused before it starts anything; Ctrl-C ends the first', async () => {
  const first = await aStart();
  await first.ready();
  const children = ['asterisk.conf', 'main.js'].map((words) => first.child(words)!);

  const second = await aStart();
  expect(await second.exited).toBe(1);
  expect(second.output).toBe(`PARLEY_DATA: another start uses ${join(directory, 'data')} already\n`);

  first.signal('SIGINT');
  expect(await first.exited).toBe(0);
  expect(children.map(commandLine)).toEqual(['', '']);
}, 60_000);

const WAITS = ['stopping when all calls have ended; once more: at once', 'waiting for those who are being served'];

test('given that it is to wait for calls, it says what it waits for, and stops when the last has ended', async () => {
  const start = await aStart({ PARLEY_DRAIN: 'calls' });
  await start.ready();
  const caller = await aWaitingCaller();
  const children = ['asterisk.conf', 'main.js'].map((words) => start.child(words)!);
  start.signal('SIGTERM');
  await start.says(...WAITS, '"queueTasks":1');
  await caller.hearsMusic();

  await caller.hangUp();
  expect(await start.exited).toBe(0);
  expect(children.map(commandLine)).toEqual(['', '']);
}, 60_000);

test('given a second signal while it waits for calls, all ends at once', async () => {
  const start = await aStart({ PARLEY_DRAIN: 'calls' });
  await start.ready();
  const caller = await aWaitingCaller();
  const children = ['asterisk.conf', 'main.js'].map((words) => start.child(words)!);
  start.signal('SIGTERM');
  await start.says(...WAITS);
  await caller.hearsMusic();

  start.signal('SIGTERM');
  expect(await start.exited).toBe(143);
  await eventually(
    () => children.every((child) => commandLine(child) === ''),
    5_000,
    () => 'what it started should end with it',
  );
}, 60_000);

test('given a plan that cannot be used, it says so before it starts anything', async () => {
  await mkdir(join(directory, 'plans'));
  await writeFile(join(directory, 'plans/half.xml'), '<enqueue>');

  const start = await aStart({ PARLEY_PLANS: join(directory, 'plans') });

  expect(await start.exited).toBe(1);
  expect(start.output).toMatch(/^the plans cannot be used:\n.*half\.xml: /);
  expect(existsSync(join(directory, 'data'))).toBe(false);
});
