import { openSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../project-root';
import { ApiClient } from '../../api-client';
import { provideAsterisk, type AsteriskProgram } from '../../asterisk/asterisk-program';
import { startAsterisk, type AsteriskFiles, type RunningAsterisk } from '../../asterisk/asterisk-process';
import { startChild, type Child } from '../../asterisk/child-process';
import { CuttableProxy } from '../../asterisk/cuttable-proxy';
import { freePorts } from '../../asterisk/free-ports';
import { keepPasswords, renderParleyConfig } from '../../asterisk/parley-asterisk';
import { eventually } from '../../phone-farm/eventually';
import { AudioMill } from '../load/audio-mill';
import type { Credentials } from '../load/sip-message';
import { SipPhones, type PhoneCall } from '../load/sip-phones';

const RTP_PORTS = { from: 20_000, to: 29_999 };
const READY_MS = 30_000;
const STOP_MS = 10_000;
const PASSWORD = 'talk2me';
/** Accounts are made, and phones registered, so many at a time. */
const AT_ONCE = 8;

export type SceneOptions = {
  /** Added to Asterisk's. */
  readonly dialplan: string;
  /** Plans by name, as XML. */
  readonly plans: Readonly<Record<string, string>>;
  /** Added to files of Asterisk's configuration, by name; a file that there is not is made. */
  readonly etc?: Readonly<Record<string, string>>;
  /** Phones that talk send packets. */
  readonly withAudio: boolean;
  /** There is a network between the service and its Asterisk that can be cut. */
  readonly isCuttable?: boolean;
  /** Environment variables of the service. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Arguments of Node before those of the service. */
  readonly nodeArguments?: readonly string[];
};

/** What a scene is made of. */
type Furniture = {
  readonly folder: string;
  readonly program: AsteriskProgram;
  readonly files: AsteriskFiles;
  readonly asterisk: RunningAsterisk;
  readonly api: ApiClient;
  readonly phones: SipPhones;
  readonly mill: AudioMill;
  readonly trunk: Credentials;
  /** Where Asterisk takes SIP. */
  readonly sip: { readonly host: string; readonly port: number };
  readonly ari: { readonly url: string; readonly password: string };
  /** Between the service and its Asterisk; null: they talk directly. */
  readonly network: CuttableProxy | null;
  readonly startService: () => Child;
};

/** Asterisk runs, phones and service are prepared; all of it in a folder of its own. */
export async function furnish(options: SceneOptions): Promise<Furniture> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const program = await provideAsterisk(PROJECT_ROOT, (line) => console.log(line));
  const [httpPort, ariPort, sipPort] = (await freePorts('127.0.0.1', 3)) as [number, number, number];
  const dataDir = join(folder, 'data');
  const { ariPassword, trunkPassword } = await keepPasswords(dataDir);
  const files = await renderParleyConfig(join(PROJECT_ROOT, 'asterisk-config'), {
    sipHost: '127.0.0.1',
    sipPort,
    ariHost: '127.0.0.1',
    ariPort,
    rtpPorts: RTP_PORTS,
    dataDir,
    ariUser: 'parley',
    ariPassword,
    trunkPassword,
  });
  await appendFile(join(files.etc, 'extensions.conf'), options.dialplan);
  for (const [name, text] of Object.entries(options.etc ?? {})) await appendFile(join(files.etc, name), text);
  const plans = join(folder, 'plans');
  await mkdir(plans);
  for (const [name, xml] of Object.entries(options.plans)) await writeFile(join(plans, `${name}.xml`), xml);

  const network = options.isCuttable ? await CuttableProxy.listen(ariPort) : null;
  const environment = {
    PATH: process.env['PATH'],
    PARLEY_HTTP_PORT: String(httpPort),
    PARLEY_ARI_URL: `http://127.0.0.1:${network?.port ?? ariPort}`,
    PARLEY_ARI_USER: 'parley',
    PARLEY_ARI_PASSWORD: ariPassword,
    PARLEY_DATA: dataDir,
    PARLEY_PLANS: plans,
    PARLEY_ASTERISK_SOUNDS: join(program.data, 'sounds'),
    PARLEY_RATE_LIMIT: '0', // All agents come from one client here.
    ...options.settings,
  };
  const log = openSync(join(folder, 'service.log'), 'a');
  const command = [...(options.nodeArguments ?? []), join(PROJECT_ROOT, 'dist/src/main.js')];
  const mill = await AudioMill.start(options.withAudio);
  const sip = { host: '127.0.0.1', port: sipPort };
  return {
    folder,
    program,
    files,
    asterisk: await startAsterisk(program, files),
    api: new ApiClient(`http://127.0.0.1:${httpPort}`),
    phones: await SipPhones.start(sip, mill),
    mill,
    sip,
    trunk: { user: 'parley-trunk', password: trunkPassword },
    ari: { url: `http://127.0.0.1:${ariPort}/ari`, password: ariPassword },
    network,
    startService: () =>
      startChild(process.execPath, command, {
        cwd: PROJECT_ROOT,
        stdio: ['ignore', log, log],
        env: environment,
      }),
  };
}

/** What the agent at a user's phone is called. */
export const nameOf = (user: string): string => `agent_${user}`;

/** A private Asterisk, the service as a process, and phones around them. */
export class BenchScene {
  readonly api: ApiClient;
  readonly phones: SipPhones;
  readonly mill: AudioMill;
  readonly version: string;
  readonly trunk: Credentials;
  readonly network: CuttableProxy | null;
  asterisk: RunningAsterisk;
  service: Child;
  private numbers = 0;

  constructor(protected readonly furniture: Furniture) {
    this.api = furniture.api;
    this.phones = furniture.phones;
    this.mill = furniture.mill;
    this.version = furniture.program.version;
    this.trunk = furniture.trunk;
    this.network = furniture.network;
    this.asterisk = furniture.asterisk;
    this.service = furniture.startService();
  }

  /** @throws Error with what the service has said when it does not get ready. */
  async open(): Promise<void> {
    await this.untilReady().catch(async (error: unknown) => {
      const said = await this.serviceLog();
      await this.stop();
      throw new Error(`${(error as Error).message}\n${said}`);
    });
  }

  /** Answers how many milliseconds after `since` the service says that it is ready. @throws Error when it does not in time. */
  async untilReady(since = performance.now()): Promise<number> {
    const isReady = (): Promise<boolean> => this.api.isReady();
    await eventually(isReady, READY_MS, () => 'the service should be ready');
    return performance.now() - since;
  }

  /** Ends the service as a crash would; resolves when it is gone. */
  async killService(): Promise<void> {
    this.service.kill('SIGKILL');
    await this.service.exited;
  }

  startService(): void {
    this.service = this.furniture.startService();
  }

  async killAsterisk(): Promise<void> {
    this.asterisk.kill();
    await this.asterisk.exited;
  }

  /** Resolves when it is up. */
  async startAsterisk(): Promise<void> {
    this.asterisk = await startAsterisk(this.furniture.program, this.furniture.files);
  }

  /** Accounts and registered phones for these users; resolves when the service takes them all for registered. */
  async provideLines(users: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const extensions = new Map<string, string>();
    await this.each(users, async (user) => {
      const { id } = await this.api.post('extension', { type: '1', user, password: PASSWORD });
      extensions.set(user, id);
      await this.phones.register({ user, password: PASSWORD });
      const isEnabled = async (): Promise<boolean> => (await this.api.get(`extension/${id}`)).enable;
      await eventually(isEnabled, READY_MS, () => `${user} should be registered`);
    });
    return extensions;
  }

  async each(users: readonly string[], action: (user: string) => Promise<unknown>): Promise<void> {
    const left = [...users];
    const work = async (): Promise<void> => {
      for (let user = left.shift(); user !== undefined; user = left.shift()) await action(user);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** One that nobody outside has had before. */
  newNumber(): string {
    return `139${String(++this.numbers).padStart(8, '0')}`;
  }

  /** Somebody outside calls over the trunk, showing a number. @throws Error when the call is not taken. */
  async callIn(from: string, to: string): Promise<PhoneCall> {
    return await this.phones.call(this.trunk, from, to);
  }

  /** What Asterisk has of channels and bridges, as its console prints them; '' for nothing. */
  async leftInAsterisk(): Promise<string> {
    const channels = await this.asterisk.cli('core show channels concise');
    const [, ...bridges] = (await this.asterisk.cli('bridge show all')).trim().split('\n'); // Behind its headline.
    return [channels.trim(), ...bridges].join('\n').trim();
  }

  /** Asks Asterisk itself, past the service. @throws Error when it refuses. */
  async askAri(method: 'GET' | 'POST' | 'DELETE', path: string): Promise<unknown> {
    const { url, password } = this.furniture.ari;
    const authorization = `Basic ${Buffer.from(`parley:${password}`).toString('base64')}`;
    const response = await fetch(`${url}/${path}`, { method, headers: { authorization } });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : await response.json();
  }

  /** The channels in each bridge of Asterisk. */
  async seats(): Promise<ReadonlyMap<string, readonly string[]>> {
    const bridges = (await this.askAri('GET', 'bridges')) as readonly {
      readonly id: string;
      readonly channels: readonly string[];
    }[];
    return new Map(bridges.map(({ id, channels }) => [id, [...channels].sort()]));
  }

  async serviceLog(): Promise<string> {
    return await readFile(join(this.furniture.folder, 'service.log'), 'utf8');
  }

  /** Everything ends; the folder stays where `keep` is set. */
  async stop(keep = false): Promise<void> {
    await this.phones.stop();
    await this.mill.stop();
    await this.service.stop(STOP_MS);
    await this.asterisk.stop();
    await this.network?.close();
    if (!keep) await rm(this.furniture.folder, { recursive: true });
  }
}
