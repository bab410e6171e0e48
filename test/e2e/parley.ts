import { existsSync, openSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Schemas } from '../../scripts/api/api-types';
import { provideAsterisk } from '../../scripts/asterisk/asterisk-program';
import { startAsterisk, type RunningAsterisk } from '../../scripts/asterisk/asterisk-process';
import { startChild, type Child } from '../../scripts/asterisk/child-process';
import { keepPasswords, renderParleyConfig } from '../../scripts/asterisk/parley-asterisk';
import { runCommand } from '../../scripts/asterisk/run-command';
import { ApiClient } from '../../scripts/api-client';
import { AriClient } from '../../scripts/phone-farm/ari-client';
import { eventually } from '../../scripts/phone-farm/eventually';
import { PhoneFarm, type Phone } from '../../scripts/phone-farm/phone-farm';
import type { Manner } from '../../scripts/phone-farm/line';
import type { Tone } from '../../scripts/phone-farm/tones';
import { CuttableProxy } from '../../scripts/asterisk/cuttable-proxy';
import { claimPorts, type ClaimedPorts } from '../support/claimed-ports';
import type { CommandLine } from '../support/own-mounts';
import { aWav, type Stretch } from '../support/wav';

const ROOT = resolve(__dirname, '../..');
const SERVICE = join(ROOT, 'dist/src/main.js');

/** A real call takes its time: hooks and tests poll with deadlines of their own, each shorter than this. */
jest.setTimeout(30_000);

type Settings = Readonly<Record<string, string>>;

export type ParleyOptions = {
  /** Environment variables of the service. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Plans by name, as XML. */
  readonly plans?: Readonly<Record<string, string>>;
  /** The command line that runs the service, made of the plain one. The process that it starts has to become the service. */
  readonly command?: (plain: CommandLine) => CommandLine;
  /** The service reaches Asterisk through a proxy that can fail: `network`. */
  readonly behindProxy?: boolean;
};

export type AgentOptions = {
  readonly manner?: Manner;
  readonly state?: string;
  readonly skills?: readonly SkillJson[];
};

export type SkillJson = { readonly name: string; readonly score?: number; readonly enabled: boolean };

/** What a caller brings back into the dialplan. */
const RETURNED = [
  'PARLEY_RESULT',
  'PARLEY_QUEUE_ID',
  'PARLEY_CONVERSATION_ID',
  'PARLEY_END_REASON',
  'PARLEY_AGENT',
  'PARLEY_USER_DATA',
] as const;
export type Returned = Readonly<Record<(typeof RETURNED)[number], string>>;

export type AgentAtPhone = { readonly name: string; readonly phone: Phone; readonly extensionId: string };

/** The whole product for real: Asterisk on our configuration, the service as a process, and a farm of phones around it. */
export class Parley extends ApiClient {
  private agents = 0;
  private service: Child;

  private constructor(
    readonly farm: PhoneFarm,
    public asterisk: RunningAsterisk,
    private readonly startAsterisk: () => Promise<RunningAsterisk>,
    private readonly startService: (settings?: Settings) => Child,
    url: string,
    private readonly ari: { readonly port: number; readonly password: string },
    private readonly folder: string,
    private readonly ports: ClaimedPorts,
    private readonly proxy: CuttableProxy | null,
  ) {
    super(url);
    this.service = startService();
  }

  static async start(options: ParleyOptions = {}): Promise<Parley> {
    if (!existsSync(SERVICE)) throw new Error(`${SERVICE} is missing: npm run build`);
    const folder = await mkdtemp(join(tmpdir(), 'parley-e2e-'));
    const program = await provideAsterisk(ROOT);
    const dataDir = join(folder, 'data');
    const ports = await claimPorts();
    const [httpPort, ariPort, sipPort, farmAriPort, farmSipPort] = ports.single;
    const { ariPassword, trunkPassword } = await keepPasswords(dataDir);
    const files = await renderParleyConfig(join(ROOT, 'asterisk-config'), {
      sipHost: '127.0.0.1',
      sipPort,
      ariHost: '127.0.0.1',
      ariPort,
      rtpPorts: ports.rtp,
      dataDir,
      ariUser: 'parley',
      ariPassword,
      trunkPassword,
    });
    await appendFile(join(files.etc, 'extensions.conf'), await readFile(join(__dirname, 'dialplan.conf')));
    const startAgain = (): Promise<RunningAsterisk> => startAsterisk(program, files);
    const asterisk = await startAgain();
    const plansFolder = join(folder, 'plans');
    await mkdir(plansFolder);
    for (const [name, xml] of Object.entries(options.plans ?? {}))
      await writeFile(join(plansFolder, `${name}.xml`), xml);
    const proxy = options.behindProxy ? await CuttableProxy.listen(ariPort) : null;
    const environment = {
      PATH: process.env['PATH'],
      PARLEY_HTTP_PORT: String(httpPort),
      PARLEY_ARI_URL: `http://127.0.0.1:${proxy?.port ?? ariPort}`,
      PARLEY_ARI_USER: 'parley',
      PARLEY_ARI_PASSWORD: ariPassword,
      PARLEY_DATA: dataDir,
      PARLEY_RATE_LIMIT: '0', // Tests ask again and again until it is so.
      PARLEY_PLANS: plansFolder,
      PARLEY_ASTERISK_SOUNDS: join(program.data, 'sounds'),
      ...options.settings,
    };
    const plain: CommandLine = [process.execPath, SERVICE];
    const [service, ...args] = options.command?.(plain) ?? plain;
    const startService = (settings: Settings = {}): Child => {
      const log = openSync(join(folder, 'service.log'), 'a');
      const env = { ...environment, ...settings };
      return startChild(service, args, { cwd: ROOT, stdio: ['ignore', log, log], env });
    };
    const farm = await PhoneFarm.start({
      program,
      state: join(folder, 'farm'),
      sip: { host: '127.0.0.1', port: farmSipPort },
      ariPort: farmAriPort,
      rtpPorts: ports.farmRtp,
      sut: { host: '127.0.0.1', port: sipPort },
      trunk: { user: 'parley-trunk', password: trunkPassword },
    });
    const ari = { port: ariPort, password: ariPassword };
    const url = `http://127.0.0.1:${httpPort}`;
    const parley = new Parley(farm, asterisk, startAgain, startService, url, ari, folder, ports, proxy);
    await parley.untilReady();
    return parley;
  }

  /** Everything ends, whatever went wrong with any of it. */
  async stop(): Promise<void> {
    const stopped = [
      await settled(this.farm.stop()),
      await settled(this.service.stop(10_000)),
      await settled(this.asterisk.stop()),
      await settled(Promise.resolve(this.proxy?.close())),
      await settled(rm(this.folder, { recursive: true })),
      await settled(this.ports.release()),
    ];
    for (const problem of stopped) if (problem !== undefined) throw problem;
  }

  /** Ends the service in good order and starts it again on the same data. */
  async restartService(): Promise<void> {
    await this.service.stop(10_000);
    this.service = this.startService();
    await this.untilReady();
  }

  /**
   * Ends the service as a crash would, and waits until Asterisk has noticed: whom the dialplan hands over before that is
   * in `Stasis()`, where nobody does anything for it until the service is back.
   */
  async killService(): Promise<void> {
    this.service.kill('SIGKILL');
    await this.service.exited;
    const isConnected = async (): Promise<boolean> =>
      /\sparley\b/.test(await this.asterisk.cli('ari show websocket sessions'));
    await this.until(async () => !(await isConnected()), 'Asterisk knows that the service is gone');
  }

  /** From now on it does nothing, and nobody is told, until it is killed. */
  freezeService(): void {
    process.kill(this.service.pid!, 'SIGSTOP');
  }

  /** Asks it to end, and waits for nothing. */
  signalService(): void {
    this.service.kill('SIGTERM');
  }

  get servicePid(): number {
    return this.service.pid!;
  }

  /** Its exit code when it has ended; null: by a signal. */
  async serviceExit(): Promise<number | null> {
    return await this.service.exited;
  }

  /** Starts it once it has ended, on the same data. */
  async startServiceAgain(settings: Settings = {}): Promise<void> {
    await this.service.exited;
    this.service = this.startService(settings);
    await this.untilReady();
  }

  /** Takes away all that the service has on record. It must have ended. */
  async loseStore(): Promise<void> {
    for (const end of ['', '-wal', '-shm']) {
      await rm(join(this.folder, `data/parley.sqlite${end}`), { force: true });
    }
  }

  /** Runs commands where the service's `data` is, and fails when one of them does. */
  async shell(commands: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const env = { ...process.env, NODE_PATH: join(ROOT, 'node_modules'), ...environment };
    await runCommand('sh', ['-ec', commands], { cwd: this.folder, env });
  }

  /** Another service on the same Asterisk, with data of its own: how it ends. */
  async secondService(): Promise<number | null> {
    const second = this.startService({ PARLEY_DATA: join(this.folder, 'second'), PARLEY_HTTP_PORT: '0' });
    return await second.exited;
  }

  get network(): CuttableProxy {
    if (this.proxy === null) throw new Error('it was not started behind a proxy');
    return this.proxy;
  }

  /** Why it is not ready; null: it is. */
  async whyNotReady(): Promise<string | null> {
    const response = await fetch(`${this.url}/readyz`, { headers: { 'accept-language': 'en' } });
    return response.ok ? null : ((await response.json()) as { readonly msg: string }).msg;
  }

  /** Ends Asterisk as a crash would, and starts it again. */
  async crashAsterisk(): Promise<void> {
    this.asterisk.kill();
    await this.asterisk.exited;
    this.asterisk = await this.startAsterisk();
    await this.untilReady();
  }

  async untilReady(): Promise<void> {
    await this.until(() => this.isReady(), 'it is ready', 10_000);
  }

  /** A new agent, logged in and idle, at a new phone that is registered. */
  async agentAtPhone(tone: Tone, options: AgentOptions = {}): Promise<AgentAtPhone> {
    const number = ++this.agents;
    const [name, user, password] = [`agent${number}`, String(100_000 + number), `secret${number}`];
    const { id: extensionId } = await this.post('extension', { type: '1', user, password });
    const phone = await this.farm.register({ user, password, tone, manner: options.manner ?? 'ring' });
    await this.until(async () => (await this.get(`extension/${extensionId}`)).enable, `${user} is enabled`);
    const { state = 'idle', skills = [] } = options;
    await this.post('agent', { name, num: String(number), extension: extensionId, state, skills });
    return { name, phone, extensionId };
  }

  async state(agent: AgentAtPhone): Promise<string> {
    return (await this.get(`agent/${agent.name}`)).state;
  }

  async untilState(agent: AgentAtPhone, state: string): Promise<void> {
    await this.until(async () => (await this.state(agent)) === state, `${agent.name} is ${state}`);
  }

  /** The agent's only conversation. */
  async conversationOf(agent: AgentAtPhone): Promise<Schemas['Conversation']> {
    const { conversations } = await this.get(`agent/${agent.name}`);
    if (conversations.length !== 1) throw new Error(`${agent.name} is in ${conversations.length} conversations`);
    return await this.conversation(conversations[0]!);
  }

  /** All that waits or rings, in the one order. */
  async queue(): Promise<readonly Schemas['QueueTask'][]> {
    return await this.list('queue');
  }

  async explain(question: object): Promise<Schemas['RoutingExplanation']> {
    return await this.post('routing/explain', question);
  }

  /** Puts a WAV file into the sounds of the application, over the API. */
  async putSound(name: string, ...stretches: readonly Stretch[]): Promise<void> {
    await this.put(`sound/${encodeURIComponent(name)}`, aWav(stretches));
  }

  async conversation(id: string): Promise<Schemas['Conversation']> {
    return await this.get(`conversation/${id}`);
  }

  async until<Result>(
    probe: () => Promise<Result | undefined | false>,
    what: string,
    within = 5_000,
  ): Promise<Result> {
    return await eventually(probe, within, () => `it should come about that ${what}`);
  }

  /** Waits until Asterisk has neither a channel nor a bridge. */
  async untilNothingIsLeft(): Promise<void> {
    let left = '';
    await eventually(
      async () => {
        const [channels, bridges] = await Promise.all([
          this.asterisk.cli('core show channels concise'),
          this.asterisk.cli('bridge show all'),
        ]);
        left = `${channels}${bridges}`;
        return channels.trim() === '' && bridges.trim().split('\n').length <= 1;
      },
      5_000,
      () => `nothing should be left in Asterisk: ${left}`,
    );
  }

  /** The id of the one channel that is in this context of the dialplan. */
  async channelInDialplan(context: string): Promise<string | undefined> {
    return (await this.channels()).find(({ dialplan }) => dialplan.context === context)?.id;
  }

  /** Waits until a caller is back in the dialplan, and reads what it was told. */
  async returned(): Promise<Returned> {
    const channelId = await this.until(
      async () => this.channelInDialplan('looked-at'),
      'the caller is back in the dialplan',
    );
    return (await this.variables(channelId, ...RETURNED)) as Returned;
  }

  async channelCount(): Promise<number> {
    return (await this.channels()).length;
  }

  private async channels(): Promise<
    readonly { readonly id: string; readonly dialplan: { readonly context: string } }[]
  > {
    return (await (await this.askAsterisk('GET', 'channels')).json()) as [];
  }

  /** What a channel's variables hold; those that are not set are ''. */
  async variables(channelId: string, ...names: readonly string[]): Promise<Record<string, string>> {
    const values = await Promise.all(
      names.map(async (variable) => {
        const answer = await this.askAsterisk('GET', `channels/${channelId}/variable?variable=${variable}`);
        return [variable, answer.status === 404 ? '' : ((await answer.json()) as { value: string }).value];
      }),
    );
    return Object.fromEntries(values) as Record<string, string>;
  }

  /** A request to ARI, past the service. */
  async askAsterisk(method: string, path: string, body?: object): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`parley:${this.ari.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    return await fetch(`http://127.0.0.1:${this.ari.port}/ari/${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  /** Another application of the same Asterisk, by its own connection. Close it in the end. */
  async otherApplication(app: string): Promise<AriClient> {
    const client = new AriClient({ port: this.ari.port, app, user: 'parley', password: this.ari.password });
    await client.listen(
      () => undefined,
      () => undefined,
    );
    return client;
  }

  /** A sound of half a second with this tone, as Asterisk names it. */
  async promptOf(tone: Tone): Promise<string> {
    const file = join(this.folder, `tone-${tone}`);
    const samples = Int16Array.from(
      { length: 4_000 },
      (_, index) => 8_000 * Math.sin((2 * Math.PI * tone * index) / 8_000),
    );
    await writeFile(`${file}.sln`, samples);
    return `sound:${file}`;
  }

  async serviceLog(): Promise<string> {
    return await readFile(join(this.folder, 'service.log'), 'utf8');
  }
}

/** What went wrong, if anything did. */
async function settled(ending: Promise<unknown>): Promise<Error | undefined> {
  return ending.then(
    () => undefined,
    (error: unknown) => error as Error,
  );
}
