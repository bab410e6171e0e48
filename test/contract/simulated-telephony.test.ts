import type { ChannelId, GatewayAddress, PhoneNumber, TrunkId } from '../../src/domain/ids';
import { SeededRandom } from '../simulation/seeded-random';
import { SimulatedAsterisk } from '../simulation/simulated-asterisk';
import type { Channel } from '../simulation/simulated-channel';
import { SimulatedLine } from '../simulation/simulated-line';
import { VirtualTime } from '../simulation/virtual-time';
import { Weather } from '../simulation/weather';
import { describeSnoops } from './telephony-snoop.contract';
import { describePhones } from './telephony-phones.contract';
import { DIALPLAN, NO_NUMBER, type CallerInHand, type PhoneInHand, type PhoneSystem } from './phone-system';
import { describeTelephony } from './telephony.contract';

const TRUNK = 'parley-trunk' as TrunkId;
const DEADLINE_MS = 5_000;
const BUSY = 17;
const DOES_NOT_EXIST = 1;
/** So many seconds pass in the simulation while one passes here: less waiting, and no phone stops ringing too soon. */
const SPEED = 5;

describeTelephony('the simulated Asterisk', async () => new SimulatedPhones());
describeSnoops('the simulated Asterisk', async () => new SimulatedPhones());
describePhones('the simulated Asterisk', async () => new SimulatedPhones());

/** The simulated Asterisk on a good day, and somebody who holds all of its phones in hand. */
class SimulatedPhones implements PhoneSystem {
  readonly trunk = TRUNK;
  readonly gateway = '192.0.2.7' as GatewayAddress;
  readonly telephony: SimulatedLine;
  private readonly time = new VirtualTime();
  private readonly asterisk = new SimulatedAsterisk(this.time);
  private readonly numbers = new Map<PhoneNumber, Channel | null>();
  private callers = 0;
  private isClosed = false;
  private readonly passing: Promise<void>;

  constructor() {
    const random = new SeededRandom(1);
    const weather = new Weather(random);
    weather.isBad = false;
    this.telephony = new SimulatedLine(this.asterisk, 'the suite', this.time, random, weather);
    this.asterisk.trunks.add(TRUNK);
    this.asterisk.phones = {
      rings: (channel) => this.ring(channel),
      provisioned: (account) => this.asterisk.reach(account.user, 'ipaddr' in account),
      released: () => undefined,
    };
    this.telephony.connect();
    this.passing = this.letTimePass();
  }

  phone(number: PhoneNumber): PhoneInHand {
    this.numbers.set(number, null);
    const leg = (): Channel | undefined => {
      const channel = this.numbers.get(number);
      return channel ? this.asterisk.channels.get(channel.id) : undefined;
    };
    const hangUp = async (cause?: number) => void this.asterisk.destroy(leg()!.id, cause);
    return {
      state: () => {
        const state = leg()?.state ?? 'idle';
        return state === 'kept' ? 'up' : state;
      },
      answer: async () => this.asterisk.answer(leg()!.id),
      decline: () => hangUp(BUSY),
      hold: async () => this.asterisk.hold(leg()!.id, true),
      resume: async () => this.asterisk.hold(leg()!.id, false),
      hangUp: () => hangUp(),
    };
  }

  async takeOver(from: PhoneNumber, by: PhoneNumber): Promise<PhoneInHand> {
    const { id } = this.numbers.get(from)!;
    const channelId = `another.${by}` as ChannelId;
    this.asterisk.replace(id, channelId);
    const phone = this.phone(by);
    this.numbers.set(by, this.asterisk.channels.get(channelId)!);
    return phone;
  }

  async callIn(from: string): Promise<CallerInHand> {
    const { asterisk } = this;
    const channelId = `1700000000.${++this.callers}` as ChannelId;
    const telnumber = from === 'anonymous' ? null : from;
    asterisk.enter({ type: 'caller-entered', channelId, telnumber, ...DIALPLAN }, false);
    const stay = asterisk.dialplan.stays.at(-1)!;
    return {
      state: () => {
        if (stay.end === 'released') return 'up';
        if (stay.end === 'held') return 'calling';
        if (stay.end !== 'inside') return 'ended';
        return asterisk.channels.get(channelId)?.state === 'up' ? 'up' : 'calling';
      },
      hangUp: async () => void asterisk.destroy(channelId),
      variableAfterwards: async (_, name) => stay.variables[name] ?? null,
    };
  }

  async until(probe: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const giveUpAt = performance.now() + DEADLINE_MS;
    while (!(await probe())) {
      if (performance.now() > giveUpAt) throw new Error(what);
      await new Promise(setImmediate);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.passing;
  }

  private ring(channel: Channel): void {
    const number = channel.to?.kind === 'number' ? channel.to.number : NO_NUMBER;
    if (!this.numbers.has(number)) {
      this.asterisk.destroy(channel.id, DOES_NOT_EXIST);
      return;
    }
    this.numbers.set(number, channel);
  }

  private async letTimePass(): Promise<void> {
    let last = performance.now();
    while (!this.isClosed) {
      await new Promise(setImmediate);
      const now = performance.now();
      await this.time.idle((now - last) * SPEED);
      last = now;
    }
  }
}
