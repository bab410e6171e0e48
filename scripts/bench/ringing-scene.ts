import { openSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiClient } from '../api-client';
import { provideAsterisk } from '../asterisk/asterisk-program';
import { startAsterisk, type RunningAsterisk } from '../asterisk/asterisk-process';
import { startChild, type Child } from '../asterisk/child-process';
import { freePorts } from '../asterisk/free-ports';
import { keepPasswords, renderParleyConfig } from '../asterisk/parley-asterisk';
import { eventually } from '../phone-farm/eventually';
import { AudioMill } from './audio-mill';
import type { Way } from './ringing-load';
import type { Credentials } from './sip-message';
import { SipPhones, type PhoneCall, type Ringing } from './sip-phones';

const PROJECT_ROOT = resolve(__dirname, '..', '..', '..');
const RTP_PORTS = { from: 26_000, to: 29_999 };
const READY_MS = 30_000;
const PASSWORD = 'talk2me';
/** Accounts are made, and phones registered, so many at a time. */
const AT_ONCE = 8;

/** What the callers dial: into the service, or into Asterisk's own queue. */
export type Door = 'service' | 'native';
const DOORS: Readonly<Record<Door, string>> = { service: '81', native: '82' };
const LINES: Readonly<Record<Way, string>> = { told: '01', ended: '02' };

const DIALPLAN = `
[from-trunk](+)
exten => 8101,1,Gosub(parley,queue,1(enqueue,told))
 same => n,Hangup()
exten => 8102,1,Gosub(parley,queue,1(enqueue,ended))
 same => n,Hangup()
exten => _820X,1,Answer()
 same => n,Queue(\${IF($["\${EXTEN}" = "8201"]?told:ended)})
 same => n,Hangup()
`;
/** Who is told when to work rests after each talk; the others are free again at once. */
const RESERVED: Readonly<Record<Way, string>> = { told: 'away', ended: 'idle' };
const plan = (way: Way): string =>
  `<enqueue choice="lru" reserve_state="${RESERVED[way]}"><route><skill name="${way}"/></route></enqueue>`;

export const nameOf = (user: string): string => `agent_${user}`;

/** A private Asterisk, the service as a process, and phones around them; all of it in a folder of its own. */
export class RingingScene {
  private ringing: (ringing: Ringing) => void = ({ call }) => call.refuse();
  private callers = 0;
  private readonly authorization: string;

  private constructor(
    readonly api: ApiClient,
    readonly asterisk: RunningAsterisk,
    readonly service: Child,
    readonly phones: SipPhones,
    private readonly mill: AudioMill,
    private readonly trunk: Credentials,
    private readonly ari: { readonly url: string; readonly password: string },
    private readonly folder: string,
    readonly version: string,
  ) {
    this.authorization = `Basic ${Buffer.from(`parley:${ari.password}`).toString('base64')}`;
  }

  /** `etc`: files that are added to Asterisk's configuration, by name. `withAudio`: phones that talk send packets. */
  static async start(etc: Readonly<Record<string, string>>, withAudio: boolean): Promise<RingingScene> {
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
    await appendFile(join(files.etc, 'extensions.conf'), DIALPLAN);
    for (const [name, text] of Object.entries(etc)) await writeFile(join(files.etc, name), text);
    const plans = join(folder, 'plans');
    await mkdir(plans);
    for (const way of ['told', 'ended'] as const) await writeFile(join(plans, `${way}.xml`), plan(way));

    const asterisk = await startAsterisk(program, files);
    const log = openSync(join(folder, 'service.log'), 'a');
    const service = startChild(process.execPath, [join(PROJECT_ROOT, 'dist/src/main.js')], {
      cwd: PROJECT_ROOT,
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env['PATH'],
        PARLEY_HTTP_PORT: String(httpPort),
        PARLEY_ARI_URL: `http://127.0.0.1:${ariPort}`,
        PARLEY_ARI_USER: 'parley',
        PARLEY_ARI_PASSWORD: ariPassword,
        PARLEY_DATA: dataDir,
        PARLEY_PLANS: plans,
        PARLEY_ASTERISK_SOUNDS: join(program.data, 'sounds'),
        PARLEY_LOG_LEVEL: 'warn',
      },
    });
    const mill = await AudioMill.start(withAudio);
    const ring = (ringing: Ringing): void => scene.ringing(ringing);
    const phones = await SipPhones.start({ host: '127.0.0.1', port: sipPort }, mill, ring);
    const scene: RingingScene = new RingingScene(
      new ApiClient(`http://127.0.0.1:${httpPort}`),
      asterisk,
      service,
      phones,
      mill,
      { user: 'parley-trunk', password: trunkPassword },
      { url: `http://127.0.0.1:${ariPort}/ari`, password: ariPassword },
      folder,
      program.version,
    );
    const isReady = (): Promise<boolean> => scene.api.isReady();
    await eventually(isReady, READY_MS, () => 'the service should be ready').catch(async (error: unknown) => {
      const said = await scene.serviceLog();
      await scene.stop();
      throw new Error(`${(error as Error).message}\n${said}`);
    });
    return scene;
  }

  /** Who is called when a phone rings; nobody: it refuses. */
  onRing(listener: (ringing: Ringing) => void): void {
    this.ringing = listener;
  }

  /** Accounts and registered phones for these users; resolves when the service takes them all for registered. */
  async provideLines(users: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const extensions = new Map<string, string>();
    await this.each(users, async (user) => {
      const { id } = await this.api.post<{ id: string }>('extension', { type: '1', user, password: PASSWORD });
      extensions.set(user, id);
      await this.phones.register({ user, password: PASSWORD });
      const isEnabled = async (): Promise<boolean> =>
        (await this.api.get<{ enable: boolean }>(`extension/${id}`)).enable;
      await eventually(isEnabled, READY_MS, () => `${user} should be registered`);
    });
    return extensions;
  }

  async logIn(users: readonly string[], extensions: ReadonlyMap<string, string>, skill: Way): Promise<void> {
    await this.each(users, async (user) => {
      await this.api.post('agent', {
        name: nameOf(user),
        extension: extensions.get(user),
        state: 'away',
        skills: [{ name: skill, enabled: true }],
      });
    });
  }

  async each(users: readonly string[], action: (user: string) => Promise<unknown>): Promise<void> {
    const left = [...users];
    const work = async (): Promise<void> => {
      for (let user = left.shift(); user !== undefined; user = left.shift()) await action(user);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** A caller over the trunk, who waits from now on. */
  async call(door: Door, way: Way): Promise<PhoneCall> {
    const from = `139${String(++this.callers).padStart(8, '0')}`;
    return await this.phones.call(this.trunk, from, `${DOORS[door]}${LINES[way]}`);
  }

  /** Asterisk rings a phone by itself, past the service. @throws Error when it will not. */
  async originate(user: string): Promise<void> {
    const query = new URLSearchParams({ endpoint: `PJSIP/${user}`, extension: 'talked', context: 'parley-done' });
    const response = await fetch(`${this.ari.url}/channels?${query.toString()}`, {
      method: 'POST',
      headers: { authorization: this.authorization },
    });
    if (!response.ok) throw new Error(`originate: ${response.status} ${await response.text()}`);
  }

  async serviceLog(): Promise<string> {
    return await readFile(join(this.folder, 'service.log'), 'utf8');
  }

  async stop(): Promise<void> {
    await this.phones.stop();
    await this.mill.stop();
    await this.service.stop(10_000);
    await this.asterisk.stop();
    await rm(this.folder, { recursive: true });
  }
}
