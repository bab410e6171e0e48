import { BenchScene, furnish, nameOf } from './bench-scene';
import type { Way } from './ringing-load';
import type { PhoneCall } from './sip-phones';

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

/** Agents of both ways, and callers for them. */
export class RingingScene extends BenchScene {
  /** `etc`: files that are added to Asterisk's configuration, by name. `withAudio`: phones that talk send packets. */
  static async start(etc: Readonly<Record<string, string>>, withAudio: boolean): Promise<RingingScene> {
    const plans = { told: plan('told'), ended: plan('ended') };
    const scene = new RingingScene(await furnish({ dialplan: DIALPLAN, plans, etc, withAudio }));
    await scene.open();
    return scene;
  }

  async logIn(users: readonly string[], extensions: ReadonlyMap<string, string>, skill: Way): Promise<void> {
    await this.each(users, async (user) => {
      await this.api.post('agent', {
        name: nameOf(user),
        extension: extensions.get(user)!,
        state: 'away',
        skills: [{ name: skill, enabled: true }],
      });
    });
  }

  /** A caller over the trunk, who waits from now on. */
  async call(door: Door, way: Way): Promise<PhoneCall> {
    return await this.callIn(this.newNumber(), `${DOORS[door]}${LINES[way]}`);
  }

  /** Asterisk rings a phone by itself, past the service. @throws Error when it will not. */
  async originate(user: string): Promise<void> {
    const query = new URLSearchParams({ endpoint: `PJSIP/${user}`, extension: 'talked', context: 'parley-done' });
    await this.askAri('POST', `channels?${query.toString()}`);
  }
}
