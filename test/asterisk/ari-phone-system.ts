import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { provideAsterisk, type AsteriskProgram } from '../../scripts/asterisk/asterisk-program';
import { startAsterisk, type AsteriskFiles, type RunningAsterisk } from '../../scripts/asterisk/asterisk-process';
import { renderParleyConfig } from '../../scripts/asterisk/parley-asterisk';
import { type Call } from '../../scripts/phone-farm/call';
import { eventually } from '../../scripts/phone-farm/eventually';
import { type Line } from '../../scripts/phone-farm/line';
import { PhoneFarm } from '../../scripts/phone-farm/phone-farm';
import { connectAri, type Pauses } from '../../src/adapters/ari/ari-connection';
import type { AriSettings } from '../../src/adapters/ari/ari-settings';
import { AsteriskSounds } from '../../src/adapters/sounds/asterisk-sounds';
import { SoundFolder } from '../../src/adapters/sounds/sound-folder';
import type { AriTelephony } from '../../src/adapters/ari/ari-telephony';
import { systemChance, systemClock } from '../../src/adapters/system/node-system';
import type { GatewayAddress, PhoneNumber, TrunkId } from '../../src/domain/ids';
import type { Logger } from '../../src/ports/system';
import { DIALPLAN, type CallerInHand, type PhoneInHand, type PhoneSystem } from '../contract/phone-system';
import { claimPorts, type ClaimedPorts } from '../support/claimed-ports';
import { unmeasured } from '../support/fakes';

const ROOT = resolve(__dirname, '../..');
const TRUNK = 'parley-trunk' as TrunkId;
const TRUNK_PASSWORD = 'between-test-and-farm';
const ARI = { user: 'parley', password: 'between-test-and-asterisk' } as const;
const ARI_WITHIN_MS = 5_000;
/** Asterisk asks a new gateway within five seconds whether it is there. */
const WITHIN_MS = 10_000;
/** Where a caller comes in: handed over unanswered, and waiting for us to look at its variables afterwards. */
const QUEUE = '9000';

const escaped = (value: string): string => value.replace(/[;\\]/g, '\\$&');
const EXTRA_DIALPLAN = `
[from-trunk]
exten => ${QUEUE},1,NoOp()
${Object.entries(DIALPLAN.variables)
  .map(([name, value]) => ` same => n,Set(PARLEY_${name}=${escaped(value)})`)
  .join('\n')}
 same => n,Stasis(parley,${DIALPLAN.args.join(',')})
 same => n,Wait(60)
`;

/** A real Asterisk on the shipped configuration, and a farm of phones on its trunk. */
export class AriPhoneSystem implements PhoneSystem {
  readonly trunk = TRUNK;
  readonly telephony: AriTelephony;
  readonly sounds: SoundFolder;
  private readonly lines = new Map<string, Line>();

  private constructor(
    private readonly folder: string,
    private readonly program: AsteriskProgram,
    private readonly files: AsteriskFiles,
    private readonly ports: ClaimedPorts,
    readonly ariPort: number,
    private asterisk: RunningAsterisk,
    readonly farm: PhoneFarm,
  ) {
    this.sounds = new SoundFolder(this.soundsDir, new AsteriskSounds(join(program.data, 'sounds')));
    this.telephony = connectAri(this.ariSettings(), SILENT, this.sounds, unmeasured, PAUSES);
  }

  static async start(): Promise<AriPhoneSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-ari-'));
    const program = await provideAsterisk(ROOT);
    const ports = await claimPorts();
    const [sipPort, ariPort, farmSipPort, farmAriPort] = ports.single;
    const files = await renderParleyConfig(join(ROOT, 'asterisk-config'), {
      sipHost: '127.0.0.1',
      sipPort,
      ariHost: '127.0.0.1',
      ariPort,
      rtpPorts: ports.rtp,
      dataDir: folder,
      ariUser: ARI.user,
      ariPassword: ARI.password,
      trunkPassword: TRUNK_PASSWORD,
    });
    await appendFile(join(files.etc, 'extensions.conf'), EXTRA_DIALPLAN);
    const asterisk = await startAsterisk(program, files);
    const farm = await PhoneFarm.start({
      program,
      state: join(folder, 'farm'),
      sip: { host: '127.0.0.1', port: farmSipPort },
      ariPort: farmAriPort,
      rtpPorts: ports.farmRtp,
      sut: { host: '127.0.0.1', port: sipPort },
      trunk: { user: TRUNK, password: TRUNK_PASSWORD },
    });
    return new AriPhoneSystem(folder, program, files, ports, ariPort, asterisk, farm);
  }

  ariSettings(changes: Partial<AriSettings> = {}): AriSettings {
    return {
      url: `http://127.0.0.1:${this.ariPort}`,
      ...ARI,
      application: 'parley',
      silenceClass: 'parley-silence',
      ringbackClass: 'parley-ringback',
      soundClassesFile: join(this.soundsDir, 'musiconhold.conf'),
      realm: 'asterisk',
      deadlineMs: ARI_WITHIN_MS,
      ...changes,
    };
  }

  /** The farm again: nothing tells it from a gateway of many phones. */
  get gateway(): GatewayAddress {
    return this.farm.address as GatewayAddress;
  }

  /** As `renderParleyConfig` has it. */
  get soundsDir(): string {
    return join(this.folder, 'sounds');
  }

  phone(number: PhoneNumber): PhoneInHand {
    const line = this.line(number);
    return this.inHand(number, () => line.calls.at(-1));
  }

  async takeOver(from: PhoneNumber, by: PhoneNumber): Promise<PhoneInHand> {
    const replaces = this.line(from).calls.at(-1) ?? missing(from);
    const call = await this.farm.call({ from: by, to: QUEUE, tone: 1000, replaces });
    await call.answered();
    return this.inHand(by, () => call);
  }

  private inHand(number: PhoneNumber, current: () => Call | undefined): PhoneInHand {
    const call = (): Call => current() ?? missing(number);
    return {
      state: () => {
        const state = current()?.state;
        return state === 'ringing' || state === 'up' ? state : 'idle';
      },
      answer: () => call().answer(),
      decline: () => call().decline('busy'),
      hold: () => call().hold(),
      resume: () => call().resume(),
      hangUp: () => call().hangUp(),
    };
  }

  /** The farm's line behind a number; it rings when it is called. */
  line(number: PhoneNumber): Line {
    const known = this.lines.get(number);
    if (known) return known;
    const line = this.farm.outside(number, { tone: 400 });
    this.lines.set(number, line);
    return line;
  }

  async callIn(from: string): Promise<CallerInHand> {
    const call = await this.farm.call({ from, to: QUEUE, tone: 700 });
    return {
      state: () => (call.state === 'up' || call.state === 'ended' ? call.state : 'calling'),
      hangUp: () => call.hangUp(),
      variableAfterwards: async (channelId, name) => {
        const { dialplan } = await this.request<{ readonly dialplan: { readonly app_name: string } }>(
          `channels/${channelId}`,
        );
        if (dialplan.app_name !== 'Wait') return null;
        return (await this.request<{ readonly value: string }>(`channels/${channelId}/variable?variable=${name}`))
          .value;
      },
    };
  }

  async until(probe: () => boolean | Promise<boolean>, what: string): Promise<void> {
    await eventually(probe, WITHIN_MS, () => what);
  }

  /** As if Asterisk had crashed. */
  async killAsterisk(): Promise<void> {
    this.asterisk.kill();
    await this.asterisk.exited;
  }

  /** Asterisk does nothing any more, and nobody is told. */
  freeze(): void {
    process.kill(this.asterisk.pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.asterisk.pid, 'SIGCONT');
  }

  async stopAsterisk(): Promise<void> {
    await this.asterisk.stop();
  }

  async startAsteriskAgain(): Promise<void> {
    this.asterisk = await startAsterisk(this.program, this.files);
  }

  /** The warnings and errors that Asterisk has logged. */
  async problems(): Promise<readonly string[]> {
    const log = await readFile(join(this.files.state, 'log/messages'), 'utf8');
    return log.split('\n').filter((line) => /(WARNING|ERROR)\[/.test(line));
  }

  /** What Asterisk's console prints. */
  async cli(command: string): Promise<string> {
    return await this.asterisk.cli(command);
  }

  async close(): Promise<void> {
    await this.telephony.close();
    await this.farm.stop();
    await this.asterisk.stop();
    await rm(this.folder, { recursive: true });
    await this.ports.release();
  }

  /** A request to Asterisk itself. */
  async request<Answer>(path: string, method = 'GET'): Promise<Answer> {
    const authorization = `Basic ${Buffer.from(`${ARI.user}:${ARI.password}`).toString('base64')}`;
    const address = `http://127.0.0.1:${this.ariPort}/ari/${path}`;
    const response = await fetch(address, { method, headers: { authorization } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}

export const PAUSES: Pauses = { clock: systemClock, chance: systemChance };
export const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

function missing(number: string): never {
  throw new Error(`${number} has not been called`);
}
