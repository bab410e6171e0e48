import type { Account } from '../../src/domain/extension/extension';
import type { Destination } from '../../src/domain/effect';
import type { ChannelId, ConditionId } from '../../src/domain/ids';
import type { CallerEntered } from '../../src/ports/telephony';
import { enqueueText } from '../support/enqueue-text';
import { AGENTS, NIGHT, SKILLS, type Cast } from './cast';
import { someEnqueue } from './random-documents';
import type { SeededRandom } from './seeded-random';
import type { Phones, SimulatedAsterisk } from './simulated-asterisk';
import type { Channel } from './simulated-channel';
import type { Stay } from './simulated-dialplan';
import { WORLD, type VirtualTime } from './virtual-time';

const BUSY = 17;
/** As phones and networks say it: nobody has the number, busy, declined, no line free, out of order. */
const FAILURES = [1, BUSY, 21, 34, 38];

/** Callers who call in, and whoever has a phone that may ring. */
export class SimulatedPeople implements Phones {
  /** How often somebody went on with another phone. */
  takeOvers = 0;
  /** How often somebody's phone asked for a transfer. */
  transfers = 0;
  /** The conditions that callers' dialplans know. */
  conditions: () => readonly ConditionId[] = () => [];
  private callers = 0;
  /** The channel of each customer's last call, by telephone number. */
  private readonly lines = new Map<string, ChannelId>();
  /** The dialplan has them, for now. */
  private readonly comingBack = new Set<ChannelId>();
  private isOver = false;

  constructor(
    private readonly asterisk: SimulatedAsterisk,
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly cast: Cast,
  ) {
    asterisk.phones = this;
  }

  /** Everybody hangs up, and nobody takes a call any more. */
  goHome(): void {
    this.isOver = true;
    for (const id of [...this.asterisk.channels.keys(), ...this.asterisk.dialplan.held.keys()]) {
      this.time.schedule(WORLD, this.random.integer(0, 10_000), () => this.asterisk.destroy(id));
    }
  }

  callIn(): void {
    const number = `1390000${String(this.random.integer(1, this.cast.customers)).padStart(4, '0')}`;
    if (this.isOver || this.isOnTheLine(this.lines.get(number))) return;
    this.callers++;
    const channelId = `${Math.floor(this.time.now() / 1000)}.${this.callers}` as ChannelId;
    this.lines.set(number, channelId);
    const telnumber = this.random.chance(0.1) ? null : number;
    this.enter({ type: 'caller-entered', channelId, telnumber, ...this.someWish() });
  }

  private isOnTheLine(channelId: ChannelId | undefined): boolean {
    const { channels, dialplan } = this.asterisk;
    return [channels, dialplan.held, this.comingBack].some((each) => each.has(channelId!));
  }

  /** Somebody unplugs a phone or a gateway, or plugs it in again. */
  touchAPhone(): void {
    const users = [...this.asterisk.accounts.keys()];
    if (users.length > 0) this.asterisk.reach(this.random.pick(users), this.random.chance(0.6));
  }

  rings(channel: Channel): void {
    const { id, to } = channel;
    if (this.isInUse(id, to)) return void this.time.schedule(WORLD, 100, () => this.fail(channel, BUSY));
    const roll = this.isOver ? 0.2 : this.random.number();
    if (roll < 0.12) return; // Nobody is there.
    const after = this.random.integer(0, 2) ? this.random.integer(1, 500) : this.random.integer(500, 40_000);
    if (roll < 0.25) {
      const cause = this.random.pick(FAILURES);
      return void this.time.schedule(WORLD, after, () => this.fail(channel, cause));
    }
    this.time.schedule(WORLD, after, () => {
      if (this.isOver) return this.fail(channel, BUSY);
      if (this.asterisk.channels.get(id) !== channel) return;
      this.asterisk.answer(id);
      this.talk(channel);
    });
  }

  /** A number outside has one line. */
  private isInUse(id: ChannelId, to: Destination | null): boolean {
    if (to?.kind !== 'number') return false;
    const channels = [...this.asterisk.channels.values()];
    return channels.some((each) => each.id !== id && each.to?.kind === 'number' && each.to.number === to.number);
  }

  provisioned({ user }: Account): void {
    this.time.schedule(WORLD, this.random.integer(50, 3_000), () => this.asterisk.reach(user, true));
  }

  /** Some dialplans send a caller who comes back to queue again, on the same channel. */
  released(stay: Stay): void {
    const { channelId } = stay;
    if (this.isOver || !this.random.chance(0.2)) return;
    const telnumber = [...this.lines].find(([, channel]) => channel === channelId)?.[0] ?? null;
    this.comingBack.add(channelId);
    this.time.schedule(WORLD, this.random.integer(1, 3_000), () => {
      this.comingBack.delete(channelId);
      if (!this.isOver) this.enter({ type: 'caller-entered', channelId, telnumber, ...this.someWish() });
    });
  }

  /** Some hold, and most of those take back, once or twice. */
  private pressHold(channel: Channel): void {
    if (!this.random.chance(0.3)) return;
    const since = this.random.integer(1, 20_000);
    for (const [times, holds] of [true, this.random.chance(0.1), false, this.random.chance(0.2)].entries()) {
      this.time.schedule(WORLD, since + times * this.random.integer(1, 8_000), () => {
        if (this.asterisk.channels.get(channel.id) === channel) this.asterisk.hold(channel.id, holds);
      });
    }
  }

  /** Some whom we have dialled go on with another phone. */
  private changePhones(channel: Channel): void {
    if (channel.caller !== null || !this.random.chance(0.1)) return;
    const by = `${channel.id}.${++this.takeOvers}` as ChannelId;
    this.time.schedule(WORLD, this.random.integer(1, 20_000), () => {
      if (this.asterisk.channels.get(channel.id) !== channel || this.isOver) return;
      this.asterisk.replace(channel.id, by);
      const another = this.asterisk.channels.get(by);
      if (another !== undefined) this.talk(another);
    });
  }

  /** Some at agents' phones hand the talk on, most of them to another agent, and put down the receiver soon after. */
  private handOn(channel: Channel): void {
    if (channel.to?.kind !== 'endpoint' || !this.random.chance(0.1)) return;
    this.time.schedule(WORLD, this.random.integer(1, 20_000), () => {
      if (this.asterisk.channels.get(channel.id) !== channel || this.isOver) return;
      const by = `${channel.id}.transfer.${++this.transfers}` as ChannelId;
      this.asterisk.transfer(channel.id, by, this.random.chance(0.8) ? this.whomTo(by) : null);
      const another = this.asterisk.channels.get(by);
      if (another === undefined) return;
      this.talk(another);
      this.time.schedule(WORLD, this.random.integer(1, 5_000), () => this.asterisk.destroy(channel.id));
    });
  }

  private whomTo(by: ChannelId): CallerEntered {
    const args = ['agent', this.random.pick(AGENTS)];
    return { type: 'caller-entered', channelId: `${by};2` as ChannelId, telnumber: null, args, variables: {} };
  }

  private enter(caller: CallerEntered): void {
    this.talk(this.asterisk.enter(caller, this.random.chance(0.5)));
  }

  /** Some are patient. */
  private talk(channel: Channel): void {
    const { channels, dialplan } = this.asterisk;
    const { id } = channel;
    this.pressHold(channel);
    this.changePhones(channel);
    this.handOn(channel);
    if (this.random.chance(this.cast.patient)) return;
    const patience = this.random.chance(0.3) ? this.random.integer(1, 2_000) : this.random.integer(2_000, 120_000);
    this.time.schedule(WORLD, patience, () => {
      if (channels.get(id) === channel || dialplan.held.get(id) === channel) this.asterisk.destroy(id);
    });
  }

  private fail(channel: Channel, cause: number): void {
    if (this.asterisk.channels.get(channel.id) === channel) this.asterisk.destroy(channel.id, cause);
  }

  private someWish(): Pick<CallerEntered, 'args' | 'variables'> {
    const { random } = this;
    const roll = random.number();
    const app = random.chance(this.cast.elsewhere)
      ? { APP: 'other' }
      : random.chance(0.03)
        ? { APP: 'nobodys' }
        : {};
    const more = {
      ...app,
      ...(random.chance(0.3) ? { ANSWER: 'no' } : {}),
      ...(random.chance(0.3) ? { PRIORITY: String(random.integer(-2, 5)) } : {}),
      ...(random.chance(0.3) ? { USER_DATA: `customer ${random.integer(1, 99)}` } : {}),
    };
    const conditions = this.conditions();
    if (roll < 0.25) return { args: ['agent', random.pick(AGENTS)], variables: more };
    if (roll < 0.35 && conditions.length > 0)
      return { args: ['condition', random.pick(conditions)], variables: more };
    if (roll < 0.5) return { args: ['skill', random.pick(SKILLS)], variables: more };
    if (roll < 0.6) return { args: ['enqueue', 'support'], variables: more };
    if (roll < 0.65) return { args: ['enqueue', NIGHT], variables: more };
    if (roll < 0.95) {
      return { args: ['enqueue'], variables: { ...more, ENQUEUE: enqueueText(someEnqueue(random, conditions)) } };
    }
    return random.chance(0.5)
      ? { args: ['enqueue'], variables: { ...more, ENQUEUE: '<enqueue><route/></enqueue>' } }
      : { args: ['condition', '0'.repeat(32)], variables: more };
  }
}
