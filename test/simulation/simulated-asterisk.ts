import type { BridgeKind } from '../../src/domain/conversation/conversation';
import { BRIDGE, type Placement, type Played } from '../../src/domain/conversation/listen-speak-mode';
import type { Destination, Effect } from '../../src/domain/effect';
import type { Account } from '../../src/domain/extension/extension';
import type { AppId, BridgeId, ChannelId, SipUser, TrunkId } from '../../src/domain/ids';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import {
  AccountRefused,
  type Alive,
  type CallerEntered,
  type Fate,
  type OutgoingCall,
  type TelephonySignal,
} from '../../src/ports/telephony';
import type { SeededRandom } from './seeded-random';
import { newChannel, withoutOurs, type Channel } from './simulated-channel';
import { SimulatedDialplan, UNAVAILABLE, type Stay } from './simulated-dialplan';
import { Tally } from './tally';
import { WORLD, type VirtualTime } from './virtual-time';

/**
 * When a channel that was in our hands ended or left us. `isByLimit`: its time was over, and Asterisk hung up.
 * `toCome`: what the service had decided about it, and Asterisk had not been told, as far as is on record.
 */
export type End = { readonly at: number; readonly isByLimit: boolean; readonly toCome: readonly Effect['do'][] };

/** The connection that the application's events go to. */
export type Application = { hear(signal: TelephonySignal): void; replaced(): void };

/** The people: who is told when a phone rings, or when an account is made or starts anew and waits to be reached. */
export type Phones = {
  rings(channel: Channel): void;
  provisioned(account: Account): void;
  released(stay: Stay): void;
};

/** What a step of a placement changes, as `Telephony.place` orders them. */
export type PlacingStep = 'restrict' | 'move' | 'free';

/** How long it takes until a phone that is called rings. */
const ALERTING_MS = 20;
const NORMAL_CLEARING = 16;
const NO_ANSWER = 19;
/** What Asterisk has and does, at once and without fail. How it is reached is the line's affair. */
export class SimulatedAsterisk {
  readonly channels = new Map<ChannelId, Channel>();
  readonly bridges = new Map<BridgeId, BridgeKind>();
  /** What is played under the talk, by bridge. */
  readonly under = new Map<BridgeId, Played>();
  /** All that was announced so far, in order. */
  readonly announced: { readonly bridgeId: BridgeId; readonly app: AppId; readonly sounds: readonly Sound[] }[] =
    [];
  readonly accounts = new Map<SipUser, { readonly account: Account; isReachable: boolean }>();
  readonly trunks = new Set<TrunkId>();
  readonly dialplan: SimulatedDialplan;
  readonly ends = new Map<ChannelId, End[]>();
  /** Counts the starts: what was asked of an earlier one is not done by the next. */
  generation = 0;
  phones: Phones = { rings: () => undefined, provisioned: () => undefined, released: () => undefined };
  toCome = (_: ChannelId): End['toCome'] => [];
  private application: Application | undefined;

  constructor(
    private readonly time: VirtualTime,
    private readonly tally = new Tally(),
  ) {
    this.dialplan = new SimulatedDialplan(time, tally, {
      isUp: () => this.application !== undefined,
      takeCaller: (channel) => {
        this.channels.set(channel.id, channel);
        this.tell(channel.caller!);
      },
      takeLeg: ({ id: channelId }) => this.tell({ type: 'leg-answered', channelId }),
      isThere: (channel) => this.channels.get(channel.id) === channel,
      hangUp: ({ id }) => void this.destroy(id),
      goneOn: (channel, stay) => this.goOn(channel, stay),
    });
  }

  attach(application: Application): void {
    if (this.application !== undefined && this.application !== application) this.application.replaced();
    this.application = application;
  }

  detach(application: Application): void {
    if (this.application === application) this.application = undefined;
  }

  /** Calls and bridges are gone, accounts are not: they are in Asterisk's database. Who is there has to be found out anew. */
  restart(): void {
    this.generation++;
    for (const channel of [...this.channels.values()]) this.remove(channel);
    this.dialplan.restart();
    this.bridges.clear();
    this.under.clear();
    for (const each of this.accounts.values()) {
      if (each.isReachable) this.phones.provisioned(each.account);
      each.isReachable = false;
    }
  }

  /** Somebody deletes it, or a fault does. */
  loseABridge(random: SeededRandom): void {
    if (this.bridges.size > 0) this.closeBridge(random.pick([...this.bridges.keys()]));
  }

  /** It ends on its own. */
  loseAnEar(random: SeededRandom): void {
    const ears = [...this.channels.values()].filter(({ snoopsOn }) => snoopsOn !== null);
    if (ears.length > 0) this.destroy(random.pick(ears).id);
  }

  /** Another hand at the controls: somebody's mute and music are not what we asked for. Nothing tells of it. */
  disturb(random: SeededRandom): void {
    const channels = [...this.channels.values()].filter(({ id }) => this.controlled(id));
    if (channels.length > 0) Object.assign(random.pick(channels), { speaks: random.chance(0.5), hears: BRIDGE });
  }

  /** A caller comes to queue. */
  enter(caller: CallerEntered, isAnswered: boolean, pairedWith: ChannelId | null = null): Channel {
    const state = isAnswered ? 'up' : 'ringing';
    const channel = newChannel(caller.channelId, { caller, state, pairedWith });
    this.dialplan.queue(channel);
    return channel;
  }

  /** It is through with queueing. Half of a pair hangs up. */
  private goOn({ pairedWith }: Channel, stay: Stay): void {
    if (pairedWith !== null) this.destroy(pairedWith);
    else this.phones.released(stay);
  }

  dial({ channelId, to, ringSeconds, lifeSeconds }: OutgoingCall): void {
    if (this.channels.has(channelId)) throw new Error('a channel of this id exists');
    if (!this.canBeRung(to)) throw new Error('Allocation failed');
    const channel = newChannel(channelId, { to, state: 'ringing' });
    this.channels.set(channelId, channel);
    this.limit(channelId, lifeSeconds);
    this.time.schedule(WORLD, ringSeconds * 1000, () => {
      if (this.channels.get(channelId) === channel && channel.state === 'ringing') {
        this.destroy(channelId, NO_ANSWER);
      }
    });
    this.time.schedule(WORLD, ALERTING_MS, () => {
      if (this.channels.get(channelId) === channel && channel.state === 'ringing')
        this.tell({ type: 'leg-alerting', channelId });
    });
    this.phones.rings(channel);
  }

  answer(channelId: ChannelId): void {
    const channel = this.channels.get(channelId);
    if (channel?.state !== 'ringing') return;
    channel.answeredAt = this.time.now();
    this.dialplan.handOver(channel);
  }

  /** Somebody presses the hold key. */
  hold(channelId: ChannelId, holds: boolean): void {
    const channel = this.channels.get(channelId);
    if (channel?.state !== 'up') return;
    channel.holds = holds;
    this.tell({ type: holds ? 'leg-held' : 'leg-resumed', channelId });
  }

  /**
   * The party goes on with another phone, whose channel sits where its own sat. Its own stays up, alone, if that was a
   * bridge, and else ends.
   */
  replace(channelId: ChannelId, by: ChannelId): void {
    const channel = this.channels.get(channelId);
    if (channel?.state !== 'up') return;
    const { bridge } = channel;
    this.channels.set(by, { ...newChannel(by, { state: 'up' }), bridge });
    channel.bridge = null;
    this.tell({ type: 'leg-replaced', channelId, by, how: 'take-over' });
    if (bridge === null) this.destroy(channelId);
  }

  /**
   * Its phone asks for a transfer: one half of a pair sits where the channel sat, which stays up, alone. The other half is
   * a caller of ours, or where we have no part in it.
   */
  transfer(channelId: ChannelId, by: ChannelId, to: CallerEntered | null): void {
    const channel = this.channels.get(channelId);
    if (channel?.state !== 'up' || channel.bridge === null) return; // 400
    const pairedWith = to?.channelId ?? null;
    this.channels.set(by, { ...newChannel(by, { state: 'up', pairedWith }), bridge: channel.bridge });
    channel.bridge = null;
    this.tell({ type: 'leg-replaced', channelId, by, how: 'transfer' });
    if (to !== null) this.enter(to, false, by);
  }

  receive(channelId: ChannelId, answer: boolean): Fate {
    const channel = this.controlled(channelId);
    if (channel === undefined) return 'gone';
    if (answer) channel.state = 'up';
    return 'asked';
  }

  place(channelId: ChannelId, { bridgeId, speaks, hears }: Placement, step: PlacingStep): Fate {
    const channel = this.controlled(channelId);
    if (channel === undefined) return 'gone';
    switch (step) {
      case 'restrict':
        if (!speaks) channel.speaks = false;
        if (hears.from !== 'bridge') channel.hears = hears;
        return 'asked';
      case 'move':
        if (bridgeId !== null && !this.bridges.has(bridgeId)) return 'asked';
        channel.bridge = bridgeId;
        if (bridgeId !== null) channel.state = 'up';
        return 'asked';
      case 'free':
        channel.speaks = speaks;
        channel.hears = hears;
        return 'asked';
    }
  }

  /** Up at once. It follows its leg wherever that is placed, and ends with it. */
  snoop(channelId: ChannelId, on: ChannelId): Fate {
    if (!this.channels.has(on)) return 'gone';
    if (this.channels.has(channelId)) return 'asked';
    this.channels.set(channelId, newChannel(channelId, { snoopsOn: on, state: 'up' }));
    this.tell({ type: 'leg-answered', channelId });
    return 'asked';
  }

  limit(channelId: ChannelId, seconds: number): Fate {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return 'gone';
    channel.cancelLimit();
    channel.cancelLimit = this.time.schedule(WORLD, seconds * 1000, () => {
      channel.isOverLimit = true;
      this.destroy(channelId);
    });
    return 'asked';
  }

  hangUp(channelId: ChannelId): Fate {
    this.dialplan.end(channelId, 'hung up by us');
    return this.destroy(channelId) ? 'asked' : 'gone';
  }

  release(channelId: ChannelId, variables: Readonly<Record<string, string>>): Fate {
    const channel = this.controlled(channelId);
    if (channel === undefined) return 'gone';
    if (channel.caller === null) throw new Error('no dialplan to go on in');
    this.remove(channel);
    const stay = this.dialplan.end(channelId, 'released', variables)!;
    this.tell({ type: 'leg-ended', channelId, cause: 0 });
    const isTurnedAway = variables['PARLEY_RESULT'] === UNAVAILABLE.PARLEY_RESULT;
    if (isTurnedAway) this.dialplan.hold(withoutOurs(channel), stay);
    else this.goOn(channel, stay);
    return 'asked';
  }

  /** Somebody hangs up, or Asterisk does. False: it was gone. */
  destroy(channelId: ChannelId, cause = NORMAL_CLEARING): boolean {
    const held = this.dialplan.held.get(channelId);
    const channel = held ?? this.channels.get(channelId);
    if (channel === undefined) return false;
    if (channel.caller !== null) this.dialplan.end(channelId, 'hung up');
    if (held === undefined) {
      this.remove(channel);
      this.tell({ type: 'leg-ended', channelId, cause });
    }
    const snoops = [...this.channels.values()].filter(({ snoopsOn }) => snoopsOn === channelId);
    for (const { id } of snoops) this.destroy(id);
    if (channel.pairedWith !== null) this.destroy(channel.pairedWith);
    return true;
  }

  private remove({ id, cancelLimit, isOverLimit: isByLimit }: Channel): void {
    cancelLimit();
    this.channels.delete(id);
    const end = { at: this.time.now(), isByLimit, toCome: this.toCome(id) };
    this.ends.set(id, [...(this.ends.get(id) ?? []), end]);
  }

  openBridge(bridgeId: BridgeId, kind: BridgeKind): void {
    this.bridges.set(bridgeId, kind);
  }

  closeBridge(bridgeId: BridgeId): void {
    this.bridges.delete(bridgeId);
    this.under.delete(bridgeId);
    for (const channel of this.channels.values()) if (channel.bridge === bridgeId) channel.bridge = null;
  }

  playUnder(bridgeId: BridgeId, played: Played | null): void {
    if (played === null) this.under.delete(bridgeId);
    else if (this.bridges.has(bridgeId)) this.under.set(bridgeId, played);
  }

  announce(bridgeId: BridgeId, app: AppId, sounds: readonly Sound[]): void {
    if (this.bridges.has(bridgeId) && sounds.length > 0) this.announced.push({ bridgeId, app, sounds });
  }

  provision(account: Account, isRefused: boolean): void {
    const isRight = 'ipaddr' in account || /^[0-9a-f]{32}$/.test(account.digest);
    if (isRefused || !isRight) throw new AccountRefused('simulated');
    const { user } = account;
    const before = this.accounts.get(user);
    this.accounts.set(user, { account, isReachable: before?.isReachable === true });
    if (before === undefined) this.phones.provisioned(account);
  }

  unprovision(user: SipUser): void {
    if (this.trunks.has(user as string as TrunkId)) throw new Error('Could not delete object');
    this.accounts.delete(user);
  }

  /** A phone registers or leaves; a gateway answers, or no longer. */
  reach(user: SipUser, reachable: boolean): void {
    const found = this.accounts.get(user);
    if (found === undefined || found.isReachable === reachable) return;
    found.isReachable = reachable;
    this.tell({ type: 'phone-reachable', user, reachable });
  }

  channelsAlive(): Pick<Alive, 'channels' | 'callers'> {
    const channels = [...this.channels.values()];
    return {
      channels: new Map(channels.map(({ id, state }) => [id, state])),
      callers: channels.flatMap(({ caller }) => caller ?? []),
    };
  }

  bridgesAlive(): Alive['bridges'] {
    return new Map([...this.bridges.keys()].map((id) => [id, this.seatedIn(id)]));
  }

  endpointsAlive(): Pick<Alive, 'accounts' | 'trunks'> {
    const accounts = [...this.accounts].map(
      ([user, { isReachable }]) => [user, isReachable ? 'reachable' : 'unreachable'] as const,
    );
    return { accounts: new Map(accounts), trunks: new Set(this.trunks) };
  }

  private canBeRung(to: Destination): boolean {
    const through = to.kind === 'endpoint' ? to.user : to.trunk;
    return this.trunks.has(through as TrunkId) || this.accounts.get(through as SipUser)?.isReachable === true;
  }

  resumedOf(held: ReadonlySet<ChannelId>): ReadonlySet<ChannelId> {
    return new Set([...held].filter((id) => this.channels.get(id)?.holds === false));
  }

  /** The legs that hear what is said on this one: those that sit with it, and whom an ear among these whispers to. */
  heardOn(channelId: ChannelId): readonly ChannelId[] {
    const { bridge, speaks } = this.channels.get(channelId)!;
    const others = [...this.channels.values()].filter((each) => each.id !== channelId && each.bridge === bridge);
    if (bridge === null || !speaks) return [];
    return others.flatMap(({ id, hears, snoopsOn }) => (hears.from === 'bridge' ? [snoopsOn ?? id] : []));
  }

  seatedIn(bridgeId: BridgeId): readonly ChannelId[] {
    return [...this.channels.values()].filter(({ bridge }) => bridge === bridgeId).map(({ id }) => id);
  }

  /** A leg that still rings or is kept is in no application yet: nothing can be done with it but to hang it up. */
  private controlled(channelId: ChannelId): Channel | undefined {
    const channel = this.channels.get(channelId);
    return channel?.caller === null && channel.state !== 'up' ? undefined : channel;
  }

  private tell(signal: TelephonySignal): void {
    if (this.application === undefined) this.tally.count(`lost: ${signal.type}`);
    else this.application.hear(signal);
  }
}
