import type { ChannelId } from '../../src/domain/ids';
import type { Channel } from './simulated-channel';
import type { Tally } from './tally';
import { WORLD, type VirtualTime } from './virtual-time';

/** How often it tries again to hand over a caller, or a leg that we dialled, and how long it waits before that. */
const CALLERS = { retries: 20, pauseMs: 3_000 };
const LEGS = { retries: 60, pauseMs: 1_000 };
/** What it sets when it has given up, and what a service sets that is on its way out. */
export const UNAVAILABLE = { PARLEY_RESULT: 'unavailable' };

/**
 * One coming of a caller to queue, and how it went on. `held`: the dialplan has it, and tries again to hand it over;
 * `fallback`: it has given that up.
 */
export type Stay = {
  readonly channelId: ChannelId;
  end: 'held' | 'inside' | 'released' | 'fallback' | 'hung up' | 'hung up by us' | 'lost';
  variables: Readonly<Record<string, string>>;
  /** How often it could not be handed over. */
  tries: number;
};

/** Those whom it hands over, and Asterisk. */
export type BehindDialplan = {
  /** False: nobody has the application, and `Stasis()` fails at once. */
  isUp(): boolean;
  takeCaller(channel: Channel): void;
  takeLeg(channel: Channel): void;
  /** Whether a leg has not been hung up meanwhile. */
  isThere(channel: Channel): boolean;
  hangUp(channel: Channel): void;
  goneOn(channel: Channel, stay: Stay): void;
};

/** `[parley]` of asterisk-config/extensions.conf. */
export class SimulatedDialplan {
  readonly stays: Stay[] = [];
  /** The callers that it has: the service can neither see nor reach them. */
  readonly held = new Map<ChannelId, Channel>();

  constructor(
    private readonly time: VirtualTime,
    private readonly tally: Tally,
    private readonly behind: BehindDialplan,
  ) {}

  /** `queue`: a caller has come. */
  queue(channel: Channel): void {
    const stay: Stay = { channelId: channel.id, end: 'held', variables: {}, tries: 0 };
    this.stays.push(stay);
    this.tryToQueue(channel, stay);
  }

  /** A caller could not be handed over, or is back because the service takes nobody on. */
  hold(channel: Channel, stay: Stay): void {
    const { id } = channel;
    stay.tries++;
    if (stay.tries > CALLERS.retries) {
      this.tally.count('held: fell back');
      this.held.delete(id);
      return this.behind.goneOn(channel, Object.assign(stay, { end: 'fallback', variables: UNAVAILABLE }));
    }
    Object.assign(stay, { end: 'held', variables: {} });
    this.held.set(id, channel);
    this.time.schedule(WORLD, CALLERS.pauseMs, () => {
      if (this.held.get(id) === channel) this.tryToQueue(channel, stay);
    });
  }

  /** `leg`: one that we dialled was answered. */
  handOver(channel: Channel, tries = 0): void {
    if (this.behind.isUp()) {
      if (tries > 0) this.tally.count('kept: handed over');
      channel.state = 'up';
      return this.behind.takeLeg(channel);
    }
    channel.state = 'kept';
    if (tries === LEGS.retries) {
      this.tally.count('kept: for too long');
      return this.behind.hangUp(channel);
    }
    this.time.schedule(WORLD, LEGS.pauseMs, () => {
      if (this.behind.isThere(channel)) this.handOver(channel, tries + 1);
    });
  }

  /** Of a caller that is held or inside. Undefined: there is none on this channel. */
  end(channelId: ChannelId, end: Stay['end'], variables: Stay['variables'] = {}): Stay | undefined {
    this.held.delete(channelId);
    const isHere = (stay: Stay): boolean => stay.end === 'inside' || stay.end === 'held';
    const stay = this.stays.findLast((each) => each.channelId === channelId && isHere(each));
    return stay === undefined ? undefined : Object.assign(stay, { end, variables });
  }

  /** Asterisk is started again: everybody's call is lost. */
  restart(): void {
    for (const stay of this.stays) if (stay.end === 'inside' || stay.end === 'held') stay.end = 'lost';
    this.held.clear();
  }

  private tryToQueue(channel: Channel, stay: Stay): void {
    if (!this.behind.isUp()) return this.hold(channel, stay);
    if (stay.tries > 0) this.tally.count('held: handed over');
    this.held.delete(channel.id);
    stay.end = 'inside';
    this.behind.takeCaller(channel);
  }
}
