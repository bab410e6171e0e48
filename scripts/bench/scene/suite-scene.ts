import { join } from 'node:path';
import { BenchScene, furnish, nameOf, type SceneOptions } from './bench-scene';
import { QUEUES_CONF } from '../contenders/native-queue';
import { SipPhones, type PhoneCall } from '../load/sip-phones';
import { sendingTo, WebhookReceiver } from './webhook-receiver';

/** What callers dial for each contender, before the name of a line. */
const DOORS = { Parley: '81', app_queue: '82', floor: '83' } as const;
export type Name = keyof typeof DOORS;

/**
 * Each has callers and agents of its own. `work`: calls come and go. `told`, `ended`: callers wait, and an agent becomes
 * free by being told to, or by the end of a talk. `hold`: talks that only go on. `rest`: nobody calls.
 */
export type Line = 'work' | 'told' | 'ended' | 'hold' | 'rest';

const DIALPLAN = `
[from-trunk](+)
exten => _81.,1,Gosub(parley,queue,1(enqueue,\${EXTEN:2}))
 same => n,Hangup()
exten => _82.,1,Answer(,i)
 same => n,Queue(\${EXTEN:2})
 same => n,Hangup()
exten => _83.,1,Stasis(floor,caller)
 same => n,Hangup()
`;
const STOP_MS = 10_000;
/** What the service is subscribed to. */
const SUBSCRIPTION = 'applications/parley/subscription?eventSource=endpoint:PJSIP';
/** Callers have an address of their own, and so, like a carrier, need no password. */
const CALLERS_HOST = '127.0.0.2';
const CALLERS = `
[bench-trunk](trunk)

[bench-trunk]
type = identify
endpoint = bench-trunk
match = ${CALLERS_HOST}
`;
/** Who is told when to work rests after each talk; the others are free again at once. */
const plan = (line: Line): string =>
  `<enqueue choice="lru" reserve_state="${line === 'told' ? 'away' : 'idle'}"><route><skill name="${line}"/></route></enqueue>`;
const PLANS = Object.fromEntries((['work', 'told', 'ended', 'hold'] as const).map((line) => [line, plan(line)]));

/** An Asterisk and phones for all contenders, and the service with its events. */
export class SuiteScene extends BenchScene {
  callers!: SipPhones;
  receiver!: WebhookReceiver;
  private readonly provided = new Set<string>();
  private isServiceAway = false;
  /** It has come back, and nothing was asked of it yet. */
  isServiceNew = false;

  static async start(options: Partial<SceneOptions> = {}): Promise<SuiteScene> {
    const receiver = await WebhookReceiver.start();
    const furniture = await furnish({
      dialplan: DIALPLAN,
      plans: PLANS,
      etc: { 'queues.conf': QUEUES_CONF, 'pjsip.conf': CALLERS },
      withAudio: false,
      ...options,
      settings: {
        ...sendingTo(receiver.url),
        PARLEY_KEEPALIVE_SECONDS: '86400',
        ...options.settings,
      },
    });
    const scene = new SuiteScene(furniture);
    scene.receiver = receiver;
    scene.callers = await SipPhones.start(furniture.sip, furniture.mill, CALLERS_HOST);
    await scene.open();
    return scene;
  }

  /** The service's store. */
  get storeFile(): string {
    return join(this.furniture.folder, 'data', 'parley.sqlite');
  }

  /** How many there are in Asterisk. */
  async channels(): Promise<number> {
    return Number(/(\d+) active channel/.exec(await this.asterisk.cli('core show channels count'))?.[1]);
  }

  async stopService(): Promise<void> {
    await this.service.stop(STOP_MS);
  }

  /**
   * Who is measured has Asterisk and the machine for itself. Asterisk makes events of every call for an application that is
   * subscribed to all phones, and for one that is not connected it makes them as well, and drops them.
   */
  async takeServiceAway(): Promise<void> {
    if (this.isServiceAway) return;
    this.isServiceAway = true;
    await this.stopService();
    const unsubscribe = (): Promise<boolean> =>
      this.askAri('DELETE', SUBSCRIPTION).then(
        () => true,
        () => false,
      );
    while (await unsubscribe()); // Once for each time that it has subscribed.
  }

  /** Resolves when it is ready; it knows the agents that it knew. */
  async bringServiceBack(): Promise<void> {
    if (!this.isServiceAway) return;
    this.isServiceAway = false;
    this.isServiceNew = true;
    this.startService();
    await this.untilReady();
  }

  /** Where Asterisk is, for processes beside the service. */
  get ari(): { readonly url: string; readonly password: string } {
    return this.furniture.ari;
  }

  /** These users have registered phones, and are logged in at the service as agents who are away. */
  private async provideAgents(users: readonly string[], line: Line): Promise<void> {
    const extensions = await this.provideLines(users);
    await this.each(users, async (user) => {
      const skills = [{ name: line, enabled: true }];
      await this.api.post('agent', {
        name: nameOf(user),
        extension: extensions.get(user)!,
        state: 'away',
        skills,
      });
    });
  }

  /** The users from `first` on: as many as are asked for, those made who are not there yet, which takes the service. */
  async growAgents(first: number, count: number, line: Line): Promise<readonly string[]> {
    const all = Array.from({ length: count }, (_, index) => String(first + index));
    const missing = all.filter((user) => !this.provided.has(user));
    if (missing.length === 0) return all;
    await this.bringServiceBack();
    await this.provideAgents(missing, line);
    for (const user of missing) this.provided.add(user);
    return all;
  }

  /** A caller for a line of this contender. @throws Error when the call is not taken. */
  async callTo(name: Name, line: Line, from = this.newNumber()): Promise<PhoneCall> {
    return await this.callIn(from, `${DOORS[name]}${line}`);
  }

  override async callIn(from: string, to: string): Promise<PhoneCall> {
    return await this.callers.call(this.trunk, from, to);
  }

  override async stop(keep = false): Promise<void> {
    await this.callers?.stop();
    await super.stop(keep);
    await this.receiver?.stop();
  }
}
