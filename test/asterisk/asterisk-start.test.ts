import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ModuleKind, transpileModule } from 'typescript';
import { startAsterisk, type RunningAsterisk } from '../../scripts/asterisk/asterisk-process';
import { provideAsterisk, type AsteriskProgram } from '../../scripts/asterisk/asterisk-program';
import {
  keepPasswords,
  renderParleyConfig,
  startParleyAsterisk,
  type ParleyAsteriskSettings,
} from '../../scripts/asterisk/parley-asterisk';
import { eventually } from '../../scripts/phone-farm/eventually';
import { claimPorts, type ClaimedPorts } from '../support/claimed-ports';
import { register } from './sip-register';

const PROJECT_ROOT = resolve(__dirname, '../..');
const HOST = '127.0.0.1';
/** Fetching the private Asterisk takes a while where it is not there yet. */
const PROVIDE_MS = 300_000;

/**
 * What an Asterisk on our configuration may log as a warning or an error.
 * An account that was made over ARI is stored with all options, also with one that Asterisk itself calls outdated.
 */
const ALLOWED = /Endpoint \w+: Option 'stir_shaken' is no longer supported/;

let program: AsteriskProgram;
let directory: string;
let ports: ClaimedPorts;
let settings: ParleyAsteriskSettings;
let asterisk: RunningAsterisk;

beforeAll(async () => {
  program = await provideAsterisk(PROJECT_ROOT);
  directory = await mkdtemp(join(tmpdir(), 'parley-asterisk-'));
  ports = await claimPorts();
  const [sipPort, ariPort] = ports.single;
  settings = {
    sipHost: HOST,
    sipPort,
    ariHost: HOST,
    ariPort,
    rtpPorts: ports.rtp,
    dataDir: directory,
    ariUser: 'parley',
    ...(await keepPasswords(directory)),
  };
  asterisk = await startParleyAsterisk(program, PROJECT_ROOT, settings);
}, PROVIDE_MS);

afterAll(async () => {
  await asterisk.stop();
  await rm(directory, { recursive: true });
  await ports.release();
});

async function ari(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object) {
  const { ariHost, ariPort, ariUser, ariPassword } = settings;
  const answer = await fetch(`http://${ariHost}:${ariPort}/ari${path}`, {
    method,
    headers: {
      Authorization: `Basic ${Buffer.from(`${ariUser}:${ariPassword}`).toString('base64')}`,
      'Content-Type': 'application/json',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as unknown };
}

/** Asterisk keeps this and never the password. */
function passwordDigest(user: string, password: string): string {
  return `MD5:${createHash('md5').update(`${user}:asterisk:${password}`).digest('hex')}`;
}

async function makeAccount(user: string, password: string): Promise<number[]> {
  const objects = {
    auth: {
      auth_type: 'digest',
      username: user,
      realm: 'asterisk',
      password_digest: passwordDigest(user, password),
    },
    aor: { max_contacts: '1', remove_existing: 'yes', qualify_frequency: '0' },
    endpoint: { context: 'from-agent', disallow: 'all', allow: 'ulaw,alaw', auth: user, aors: user },
  };
  const statuses: number[] = [];
  for (const [type, attributes] of Object.entries(objects)) {
    const fields = Object.entries(attributes).map(([attribute, value]) => ({ attribute, value }));
    statuses.push((await ari('PUT', `/asterisk/config/dynamic/res_pjsip/${type}/${user}`, { fields })).status);
  }
  return statuses;
}

const telephone = (user: string, password: string) => ({ host: HOST, port: settings.sipPort, user, password });

async function problemsInLog(): Promise<string[]> {
  const log = await readFile(join(asterisk.files.state, 'log/messages'), 'utf8');
  return log.split('\n').filter((line) => /(WARNING|ERROR)\[/.test(line) && !ALLOWED.test(line));
}

/** An ended process that nobody has asked after yet does not count. */
function isAlive(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && !/\) [ZX] /.test(readFileSync(path, 'utf8'));
}

describe('an Asterisk on the shipped configuration', () => {
  test('starts without a warning, all modules running', async () => {
    expect(await problemsInLog()).toEqual([]);
    const modules = (await asterisk.cli('module show')).split('\n').filter((line) => line.includes('.so'));
    const asked = (await readFile(join(PROJECT_ROOT, 'asterisk-config/modules.conf'), 'utf8')).match(
      /^load = \S+/gm,
    )!;
    expect(modules.filter((line) => !line.includes(' Running '))).toEqual([]);
    expect(modules).toHaveLength(asked.length);
  });

  test('answers ARI to who knows the password, and to nobody else', async () => {
    expect(await ari('GET', '/asterisk/info?only=status')).toMatchObject({ status: 200 });
    const { ariPort } = settings;
    for (const url of ['', 'parley:@', 'parley:wrong@'].map(
      (who) => `http://${HOST}:${ariPort}/ari/channels?api_key=${who}`,
    )) {
      expect((await fetch(url)).status).toBe(401);
    }
  });

  test('has both classes of music, with a file each', async () => {
    const classes = await asterisk.cli('moh show files');
    expect(classes).toMatch(/Class: default\n\s*File: .*\/parley-hold\n/);
    expect(classes).toMatch(/Class: parley-silence\n\s*File: .*\/parley-silence\n/);
  });

  test.each(['from-agent', 'from-trunk'])(
    'queues calls to 8000, and to 7 or 8 with a name, from %s',
    async (context) => {
      expect(await asterisk.cli(`dialplan show 8000@${context}`)).toContain('Gosub(parley,queue,1(enqueue,demo))');
      expect(await asterisk.cli(`dialplan show 7alice_1@${context}`)).toContain(
        'Gosub(parley,queue,1(agent,${WANTED}))',
      );
      expect(await asterisk.cli(`dialplan show 8after-hours_2@${context}`)).toContain(
        'Gosub(parley,queue,1(enqueue,${WANTED}))',
      );
    },
  );

  test.each(['from-agent', 'parley-try', 'parley-done', 'parley'])(
    'has no way out to a trunk in %s',
    async (context) => {
      const plan = await asterisk.cli(`dialplan show ${context}`);
      expect(plan).toContain(`Context '${context}'`);
      expect(plan).not.toMatch(/\bDial\(|Originate|PJSIP\//);
    },
  );

  test('sends what a carrier may send to the outside context, and telephones to theirs', async () => {
    expect(await asterisk.cli('pjsip show endpoint parley-trunk')).toMatch(/context\s+: from-trunk/);
    expect(await register(telephone('parley-trunk', settings.trunkPassword))).toBe(200);
    expect(await register(telephone('parley-trunk', ''))).toBe(401);
  });
});

describe('an account that is made over ARI', () => {
  test('given the right password it registers at once, with another or none it does not', async () => {
    expect(await makeAccount('100001', 'talk2me')).toEqual([200, 200, 200]);

    expect(await register(telephone('100001', 'talk2me'))).toBe(200);
    expect(await register(telephone('100001', 'wrong'))).toBe(401);
    expect(await register(telephone('100002', 'talk2me'))).toBe(401);
    expect((await ari('GET', '/endpoints/PJSIP/100001')).body).toMatchObject({ state: 'online' });
  });

  test('given a restart of Asterisk, it is there and so is its registration', async () => {
    await makeAccount('100003', 'talk2me');
    await register(telephone('100003', 'talk2me'));

    await asterisk.stop();
    asterisk = await startParleyAsterisk(program, PROJECT_ROOT, settings);

    await eventually(
      async () => ((await ari('GET', '/endpoints/PJSIP/100003')).body as { state?: string }).state === 'online',
      5_000,
      () => '100003 is not online',
    );
    expect(await register(telephone('100003', 'talk2me'))).toBe(200);
  });

  test('given that it is deleted, it does not register, and made anew it is not registered', async () => {
    await makeAccount('100004', 'talk2me');
    await register(telephone('100004', 'talk2me'));

    for (const type of ['endpoint', 'aor', 'auth']) {
      expect((await ari('DELETE', `/asterisk/config/dynamic/res_pjsip/${type}/100004`)).status).toBe(204);
    }

    expect(await register(telephone('100004', 'talk2me'))).toBe(401);
    expect((await ari('GET', '/endpoints/PJSIP/100004')).status).toBe(404);
    await makeAccount('100004', 'talk2me');
    expect((await ari('GET', '/endpoints/PJSIP/100004')).body).toMatchObject({ state: 'offline' });
  });

  test('leaves nothing in the log that should worry anybody', async () => {
    expect(await problemsInLog()).toEqual([]);
  });
});

describe('while the service is away', () => {
  beforeAll(async () => {
    await asterisk.cli('dialplan add extension wait,1,Wait,60 into test-caller');
    await asterisk.cli('dialplan set global PARLEY_RETRIES 1');
    await asterisk.cli('dialplan set global PARLEY_RETRY_SECONDS 1');
  });

  /** Somebody calls a number; answers with ARI's status. */
  const call = async (number: string, context: string, variables: object = {}): Promise<number> => {
    const endpoint = `Local/${number}@${context}/n`;
    const where = { endpoint, context: 'test-caller', extension: 'wait' };
    return (await ari('POST', '/channels', { ...where, variables })).status;
  };
  /** What the dialplan does with the caller right now, by application; undefined when the caller is gone. */
  const doing = async (): Promise<string | undefined> =>
    /^Local\/[^!]*;2!(?:[^!]*!){4}([^!]*)!/m.exec(await asterisk.cli('core show channels concise'))?.[1];
  const soon = async (application: string | undefined) =>
    await eventually(
      async () => (await doing()) === application,
      4_000,
      () => `the caller never came to ${application ?? 'the end'}`,
    );

  test.each(['8000', '7alice', '8after-hours_2', '8x'])(
    'given a call to %s, it is held until the retries are over, then an apology',
    async (number) => {
      expect(await call(number, 'from-trunk')).toBe(200);

      await soon('Wait');
      await soon('Playback');
      await asterisk.cli('channel request hangup all');
      await soon(undefined);
    },
  );

  test('given that the caller has queued before, nothing is left of that but the user data', async () => {
    const before = [
      'PARLEY_RESULT',
      'PARLEY_QUEUE_ID',
      'PARLEY_CONVERSATION_ID',
      'PARLEY_END_REASON',
      'PARLEY_AGENT',
    ];
    const names = [...before, 'PARLEY_USER_DATA'];
    // Two underscores hand a variable on to the other half of a Local channel.
    expect(await call('8000', 'from-trunk', Object.fromEntries(names.map((name) => [`__${name}`, 'old'])))).toBe(
      200,
    );
    await soon('Playback');

    const channels = (await ari('GET', '/channels')).body as { id: string; name: string }[];
    const { id } = channels.find(({ name }) => name.endsWith(';2'))!;
    const values = names.map(async (name) => (await ari('GET', `/channels/${id}/variable?variable=${name}`)).body);
    expect(await Promise.all(values)).toMatchObject(
      ['unavailable', '', '', '', '', 'old'].map((value) => ({ value })),
    );
    await asterisk.cli('channel request hangup all');
    await soon(undefined);
  });

  test.each([
    '7al.ice',
    `7${'a'.repeat(33)}`,
    '8sup.port',
    `8${'a'.repeat(65)}`,
    '80',
    '8001',
    '8-1',
    '9999',
    '08912345',
    '+498912345',
  ])(
    'given a call from a telephone to %s, which is neither a name nor a queue, it ends and is not queued',
    async (number) => {
      const before = await problemsInLog();
      expect(await call(number, 'from-agent')).toBe(200);
      await soon(undefined);
      expect((await problemsInLog()).slice(before.length).join()).not.toContain('Stasis');
    },
  );

  test('nothing else is in the log than that the service is away', async () => {
    const problems = await problemsInLog();
    expect(problems.filter((line) => !/(Stasis app 'parley'|config for app 'parley')/.test(line))).toEqual([]);
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe('the process', () => {
  test('given that its files are in use, a second one is refused and the first goes on', async () => {
    const elsewhere = { ...settings, sipPort: settings.sipPort + 1 };
    await expect(startParleyAsterisk(program, PROJECT_ROOT, elsewhere)).rejects.toThrow(
      'another Asterisk runs on',
    );
    await expect(startAsterisk(program, asterisk.files)).rejects.toThrow('another Asterisk runs on');

    const config = await readFile(join(asterisk.files.etc, 'pjsip.conf'), 'utf8');
    expect(config).toContain(`bind = ${HOST}:${settings.sipPort}\n`);
    expect(await asterisk.cli('core show uptime')).toContain('System uptime');
  });

  test('given a configuration that it cannot run on, the end of its log says why', async () => {
    const etc = join(directory, 'broken');
    await mkdir(etc);
    await writeFile(join(etc, 'modules.conf'), '[modules]\nautoload = no\nrequire = no_such_module.so\n');
    await writeFile(join(etc, 'logger.conf'), '[logfiles]\nmessages => error\n');

    await expect(startAsterisk(program, { etc, state: join(directory, 'broken-state') })).rejects.toThrow(
      /ended while booting[^]*no_such_module/,
    );
  });

  test('given two at once, each has its own console, and stopping one leaves the other alone', async () => {
    const [, , sipPort, ariPort] = ports.single;
    const { etc } = await renderParleyConfig(join(PROJECT_ROOT, 'asterisk-config'), {
      ...settings,
      sipPort,
      ariPort,
      rtpPorts: ports.farmRtp,
      dataDir: join(directory, 'second'),
    });
    // So long a path that no socket fits below it.
    const second = await startAsterisk(program, { etc, state: join(directory, 'second', 'x'.repeat(100)) });

    await second.cli('dialplan set global WHO second');
    expect(await second.cli('dialplan show globals')).toContain('WHO=second');
    expect(await asterisk.cli('dialplan show globals')).not.toContain('WHO');
    await second.stop();

    expect(await second.exited).toBe(0);
    expect(isAlive(second.pid)).toBe(false);
    expect(isAlive(asterisk.pid)).toBe(true);
    await expect(second.cli('core show uptime')).rejects.toThrow();
  });

  test('given that it is killed, that is told', async () => {
    const { pid, exited } = asterisk;
    asterisk.kill();
    expect(await exited).toBeNull();
    expect(isAlive(pid)).toBe(false);
    asterisk = await startParleyAsterisk(program, PROJECT_ROOT, settings);
  });

  test.each(['exits', 'is told to end', 'is killed'])(
    'given that its parent %s, a child ends too',
    async (how) => {
      const source = await readFile(join(PROJECT_ROOT, 'scripts/asterisk/child-process.ts'), 'utf8');
      const { outputText } = transpileModule(source, { compilerOptions: { module: ModuleKind.CommonJS } });
      const file = join(directory, 'child-process.js');
      await writeFile(file, outputText);
      const code = `
      const child = require(process.argv[1]).startChild('sleep', ['600'], { stdio: 'ignore' });
      console.log(child.pid);
      process.stdin.on('data', () => process.exit(0));`;
      const parent = spawn(process.execPath, ['-e', code, file], { stdio: ['pipe', 'pipe', 'inherit'] });
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(line.toString());
      expect(isAlive(pid)).toBe(true);

      if (how === 'exits') parent.stdin.write('now');
      else parent.kill(how === 'is killed' ? 'SIGKILL' : 'SIGTERM');

      await eventually(
        () => !isAlive(pid),
        5_000,
        () => `process ${pid} is still there`,
      );
    },
  );
});
