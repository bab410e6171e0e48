import type { Call } from '../../scripts/phone-farm/call';
import { now } from '../../scripts/phone-farm/eventually';
import type { Line } from '../../scripts/phone-farm/line';
import type { Tone } from '../../scripts/phone-farm/tones';
import { aTalk } from './floor';
import type { AgentAtPhone, Parley } from './parley';

export type Mode = 1 | 2 | 3 | 4;
export type Who = 'customer' | 'agent' | 'outside';

export const MODES: readonly Mode[] = [1, 2, 3, 4];
export const TONES: Readonly<Record<Who, Tone>> = { customer: 400, agent: 700, outside: 1000 };
export const OUTSIDE = '13800000000';

/** Far below the two seconds at which phones begin to suspect something, far above what a busy machine does. */
const LONGEST_GAP_MS = 1_000;

/** Whom a talk needs: an agent whose phone answers at once, and an outside number that does. */
export type Cast = { readonly parley: Parley; readonly agent: AgentAtPhone; readonly outside: Line };

export async function aCast(parley: Parley): Promise<Cast> {
  const agent = await parley.agentAtPhone(TONES.agent, { manner: { answerAfter: 0 } });
  const outside = parley.farm.outside(OUTSIDE, { tone: TONES.outside, manner: { answerAfter: 0 } });
  return { parley, agent, outside };
}

/** Who is in it, each with its phone, and how to set a mode. */
export class Talk {
  readonly modes = new Map<Who, Mode>();
  /** Whose phones hold: Asterisk sends them nothing at all, as they asked. */
  private readonly holding = new Set<Who>();

  private constructor(
    private readonly cast: Cast,
    readonly id: string,
    readonly phones: ReadonlyMap<Who, Call>,
    private readonly callIds: ReadonlyMap<Who, string>,
  ) {
    for (const who of phones.keys()) this.modes.set(who, 1);
  }

  static async begin(cast: Cast, parties: 2 | 3): Promise<Talk> {
    const { parley, agent, outside } = cast;
    const { id, customer, leg } = await aTalk(parley, agent, { tone: TONES.customer });
    const phones = new Map<Who, Call>([
      ['customer', customer],
      ['agent', leg],
    ]);
    if (parties === 3) {
      await parley.post(`conversation/${id}/invite_out`, { to: OUTSIDE, max_answer_seconds: 120 });
      phones.set('outside', await outside.incoming());
    }
    const talk = await new Talk(cast, id, phones, new Map()).withCallIds(parties);
    await talk.isAsItShould();
    return talk;
  }

  async set(who: Who, mode: Mode): Promise<void> {
    const { parley, agent } = this.cast;
    const member =
      who === 'agent' ? (`agent/${agent.name}` as const) : (`call/${this.callIds.get(who)!}` as const);
    await parley.post(`conversation/${this.id}/${member}/lsm`, { mode });
    this.modes.set(who, mode);
  }

  /** Presses hold, which holds an agent everywhere. */
  async holds(who: Who): Promise<void> {
    await this.phones.get(who)!.hold();
    this.holding.add(who);
    await this.becomes(who, 4);
  }

  async takesBack(who: Who, mode: Mode): Promise<void> {
    await this.phones.get(who)!.resume();
    this.holding.delete(who);
    await this.becomes(who, mode);
  }

  /** On record, and to hear. */
  private async becomes(who: Who, mode: Mode): Promise<void> {
    const { parley } = this.cast;
    const isSo = async () => {
      const { members } = await parley.conversation(this.id);
      return members.find(({ call_id }) => call_id === this.callIds.get(who))?.mode === mode;
    };
    await parley.until(isSo, `the ${who} is in mode ${mode}`);
    this.modes.set(who, mode);
    await this.isAsItShould();
  }

  /** Whom the outside number's invitation has brought, in this mode. */
  async joined({ outside }: Cast, mode: Mode): Promise<Call> {
    const call = await outside.incoming();
    (this.phones as Map<Who, Call>).set('outside', call);
    this.modes.set('outside', mode);
    await call.answered();
    return call;
  }

  /** Every phone hears exactly whom it should, in packets that keep coming. */
  async isAsItShould(): Promise<void> {
    const since = now();
    await Promise.all(
      [...this.phones].map(async ([who, phone]) => {
        const expected = this.expected(who);
        if (expected === 'music') await phone.hearsMusic();
        else if (expected.length === 0) await phone.hearsNothing();
        else await phone.hears(expected);
        if (this.holding.has(who)) return;
        expect(phone.ear.longestGap({ since })).toBeLessThan(LONGEST_GAP_MS);
        expect(phone.ear.packets({ since }).length).toBeGreaterThan(0);
      }),
    );
  }

  async end(): Promise<void> {
    const { parley } = this.cast;
    await parley.delete(`conversation/${this.id}`);
    await Promise.all([...this.phones.values()].map((phone) => phone.ended()));
    await parley.untilNothingIsLeft();
  }

  /** The table of the modes, and the hold sound for the only one who is active. */
  private expected(listener: Who): readonly Tone[] | 'music' {
    const active = [...this.modes].filter(([, mode]) => mode !== 4).map(([who]) => who);
    if (![1, 2].includes(this.modes.get(listener)!)) return [];
    if (active.length === 1) return 'music';
    return active
      .filter((speaker) => speaker !== listener && [1, 3].includes(this.modes.get(speaker)!))
      .map((speaker) => TONES[speaker]);
  }

  private async withCallIds(parties: number): Promise<Talk> {
    const { parley } = this.cast;
    const { members } = await parley.until(async () => {
      const conversation = await parley.conversation(this.id);
      return conversation.members.length === parties && conversation;
    }, `${parties} are in the conversation`);
    const ids = members.map((member): [Who, string] => [
      'name' in member ? 'agent' : member.telnumber === OUTSIDE ? 'outside' : 'customer',
      member.call_id,
    ]);
    return new Talk(this.cast, this.id, this.phones, new Map(ids));
  }
}
