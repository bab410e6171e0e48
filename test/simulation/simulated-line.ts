import type { BridgeKind } from '../../src/domain/conversation/conversation';
import type { Placement, Played } from '../../src/domain/conversation/listen-speak-mode';
import type { Effect } from '../../src/domain/effect';
import type { Account } from '../../src/domain/extension/extension';
import type { AppId, BridgeId, ChannelId, SipUser } from '../../src/domain/ids';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import {
  TelephonyUnavailable,
  type Alive,
  type Fate,
  type OutgoingCall,
  type Telephony,
  type TelephonySignal,
} from '../../src/ports/telephony';
import type { SeededRandom } from './seeded-random';
import { UNAVAILABLE } from './simulated-dialplan';
import type { Application, SimulatedAsterisk } from './simulated-asterisk';
import { Tally } from './tally';
import { WORLD, type VirtualTime } from './virtual-time';
import type { Weather } from './weather';

const DEADLINE_MS = 5_000;
const PLACING = ['restrict', 'move', 'free'] as const;

/** What can be asked of Asterisk. */
export type Operation = Effect['do'] | 'compare';

/** So seldom that more must go wrong with them, else too little does. */
const RARELY_ASKED: ReadonlySet<Operation> = new Set(['snoop', 'announce', 'unprovision']);
const RARITY = 20;

/** A request whose answer is not known yet. */
export type UnderWay = { readonly operation: Operation; isCarriedOut: boolean };

/**
 * The simulated Asterisk as one process reaches it: late, and in bad weather not always. `owner` is the process.
 *
 * As with ARI, events come on one connection that may break, and requests go beside it: they are refused while the
 * connection is known to be down, and carried out even if their sender gives them up or dies.
 */
export class SimulatedLine implements Telephony, Application {
  /** By `keyOf`. */
  readonly underWay = new Map<string, UnderWay>();
  /** What was answered, by `keyOf`, and not asked again since. */
  readonly answered = new Set<string>();
  private readonly listeners = new Set<(signal: TelephonySignal) => void>();
  private readonly arrivals = new Map<string, number>();
  /** Signals on their way. */
  private readonly coming = new Set<TelephonySignal>();
  /** What was asked although the last comparison had failed. */
  readonly askedInDoubt: string[] = [];
  /** A comparison has failed, and none has succeeded since. */
  isInDoubt = false;
  /** A comparison waits for an answer that does not come. Nothing is carried out meanwhile, and nobody knows yet. */
  isLeftWaiting = false;
  private isUp = false;
  /** The connection has broken, noticed or not. */
  private isBroken = false;
  /** Counts the connections, so that what belongs to an earlier one is recognised. */
  private connection = 0;

  constructor(
    private readonly asterisk: SimulatedAsterisk,
    private readonly owner: string,
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly weather: Weather,
    private readonly tally = new Tally(),
    private readonly dialSent: (call: OutgoingCall) => void = () => undefined,
    private readonly releaseSent: (channelId: ChannelId) => void = () => undefined,
  ) {}

  /** What it had not heard yet it never hears; some of what it had asked for is lost with its sockets. */
  static dieWith(owner: string, time: VirtualTime): void {
    for (const each of [owner, signalsTo(owner), socketsOf(owner)]) time.kill(each);
  }

  /** Events flow at once, requests are taken when `connected` has been told. */
  connect(): void {
    const connection = ++this.connection;
    this.time.schedule(this.owner, this.random.integer(50, 1_500), () => {
      if (connection !== this.connection) return;
      this.isBroken = false;
      this.asterisk.attach(this);
      this.time.schedule(this.owner, this.random.integer(0, 60), () => {
        if (connection !== this.connection) return;
        this.isUp = true;
        this.emit({ type: 'connected' });
      });
    });
  }

  /** The connection breaks: what is on its way is lost, and so is all until it is back. Noticed some time later. */
  disconnect(): void {
    if (this.isBroken) return;
    this.isBroken = true;
    const connection = ++this.connection;
    this.asterisk.detach(this);
    this.loseSignals();
    this.time.forget(signalsTo(this.owner));
    this.time.schedule(this.owner, this.random.integer(0, 3_000), () => {
      if (connection !== this.connection) return;
      if (this.isUp) {
        this.isUp = false;
        this.emit({ type: 'disconnected' });
      }
      const pause = this.random.chance(0.5) ? this.random.integer(10, 500) : this.weather.outageMs(15_000);
      this.time.schedule(this.owner, pause, () => {
        if (connection === this.connection) this.connect();
      });
    });
  }

  get isConnected(): boolean {
    return this.isUp && !this.isBroken;
  }

  /** It works, and nothing is on its way on it. */
  get isQuiet(): boolean {
    return this.isConnected && this.coming.size + this.underWay.size === 0;
  }

  /** Something is under way that seldom is. */
  get isRarelyBusy(): boolean {
    for (const { operation } of this.underWay.values()) if (RARELY_ASKED.has(operation)) return true;
    return false;
  }

  /** What it had not heard yet it never hears. */
  loseSignals(): void {
    for (const { type } of this.coming) this.tally.count(`lost: ${type}`);
    this.coming.clear();
  }

  replaced(): void {
    this.connection++;
    this.isUp = false;
    this.time.schedule(this.owner, this.random.integer(0, 50), () => this.emit({ type: 'replaced' }));
  }

  /** Signals come late, in order for each channel, and sometimes twice. */
  hear(signal: TelephonySignal): void {
    const isCaller = signal.type === 'caller-entered';
    // Its variables are read first, which may fail: then the next comparison sees it.
    if (isCaller && this.weather.strikes(0.02, 'lost: caller-entered')) return;
    const keys = aboutWhom(signal);
    const latency = this.random.integer(0, isCaller ? 120 : 50);
    const arrival = Math.max(...keys.map((key) => this.arrivals.get(key) ?? 0), this.time.now() + latency);
    for (const key of keys) this.arrivals.set(key, arrival);
    const times = this.weather.strikes(0.1, `repeated: ${signal.type}`) ? 2 : 1;
    this.coming.add(signal);
    for (let time = 0; time < times; time++) {
      const delay = arrival - this.time.now();
      this.time.schedule(signalsTo(this.owner), delay, () => {
        this.coming.delete(signal);
        this.emit(signal);
      });
    }
  }

  async dial(call: OutgoingCall): Promise<void> {
    this.dialSent(call);
    return this.request('dial', call.channelId, () => this.asterisk.dial(call));
  }

  receive(channelId: ChannelId, answer: boolean): Promise<Fate> {
    return this.request('receive', channelId, () => this.asterisk.receive(channelId, answer));
  }

  async place(channelId: ChannelId, _from: BridgeId | null, placement: Placement): Promise<Fate> {
    for (const step of PLACING) {
      const fate = await this.request('place', channelId, () => this.asterisk.place(channelId, placement, step));
      if (fate === 'gone') return fate;
    }
    return 'asked';
  }

  limit(channelId: ChannelId, seconds: number): Promise<Fate> {
    return this.request('limit', channelId, () => this.asterisk.limit(channelId, seconds));
  }

  hangUp(channelId: ChannelId): Promise<Fate> {
    return this.request('hang-up', channelId, () => this.asterisk.hangUp(channelId));
  }

  release(
    channelId: ChannelId,
    _from: BridgeId | null,
    variables: Readonly<Record<string, string>>,
  ): Promise<Fate> {
    this.releaseSent(channelId);
    const isTurnedAway = variables['PARLEY_RESULT'] === UNAVAILABLE.PARLEY_RESULT;
    const act = (): Fate => this.asterisk.release(channelId, variables);
    return this.request('release', channelId, act, { isTurnedAway });
  }

  snoop(channelId: ChannelId, on: ChannelId): Promise<Fate> {
    return this.request('snoop', channelId, () => this.asterisk.snoop(channelId, on));
  }

  openBridge(bridgeId: BridgeId, kind: BridgeKind): Promise<void> {
    return this.request('open-bridge', bridgeId, () => this.asterisk.openBridge(bridgeId, kind));
  }

  closeBridge(bridgeId: BridgeId): Promise<void> {
    return this.request('close-bridge', bridgeId, () => this.asterisk.closeBridge(bridgeId));
  }

  playUnder(bridgeId: BridgeId, played: Played | null): Promise<void> {
    return this.request('play-under', bridgeId, () => this.asterisk.playUnder(bridgeId, played));
  }

  announce(bridgeId: BridgeId, app: AppId, sounds: readonly Sound[]): Promise<void> {
    return this.request('announce', bridgeId, () => this.asterisk.announce(bridgeId, app, sounds));
  }

  provision(account: Account): Promise<void> {
    const isRefused = (): boolean => this.weather.strikes(0.04, 'refused: provision');
    return this.request('provision', account.user, () => this.asterisk.provision(account, isRefused()));
  }

  unprovision(user: SipUser): Promise<void> {
    return this.request('unprovision', user, () => this.asterisk.unprovision(user));
  }

  async alive(known: ReadonlySet<string> = new Set(), held: ReadonlySet<ChannelId> = new Set()): Promise<Alive> {
    try {
      const alive = await this.seen(known, held);
      this.isInDoubt = false;
      return alive;
    } catch (error) {
      this.isLeftWaiting = false;
      this.isInDoubt = true;
      throw error;
    }
  }

  /** Four questions, each answered at a moment of its own. */
  private async seen(known: ReadonlySet<string>, held: ReadonlySet<ChannelId>): Promise<Alive> {
    const [channels, bridges, endpoints, resumed] = await Promise.all([
      this.request('compare', 'channelsAlive', () => this.asterisk.channelsAlive()),
      this.request('compare', 'bridgesAlive', () => this.asterisk.bridgesAlive()),
      this.request('compare', 'endpointsAlive', () => this.asterisk.endpointsAlive()),
      this.request('compare', 'resumedOf', () => this.asterisk.resumedOf(held)),
    ]);
    const callers = channels.callers.filter(({ channelId }) => !known.has(channelId));
    return { ...channels, callers, bridges, ...endpoints, resumed };
  }

  onSignal(listener: (signal: TelephonySignal) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private emit(signal: TelephonySignal): void {
    for (const listener of this.listeners) listener(signal);
  }

  /** Takes its time, may be refused, or lost on either way, and may be carried out after it was given up. */
  private request<Result>(
    operation: Operation,
    on: string,
    act: () => Result,
    { isTurnedAway = false } = {},
  ): Promise<Result> {
    if (this.time.isDead(this.owner)) return new Promise(() => undefined);
    const key = keyOf(operation, on);
    if (!this.isUp) return Promise.reject(new TelephonyUnavailable('not connected'));
    if (this.isInDoubt && operation !== 'compare' && !isTurnedAway) this.askedInDoubt.push(key);
    const { generation } = this.asterisk;
    const strikes = (probability: number, fate: string): boolean => this.strikes(operation, probability, fate);
    const isLost = strikes(0.015, 'given up and not done') || this.spoils(operation, 'given up and not done');
    const isLate = !isLost && strikes(0.03, 'given up and done late');
    const isAnswered = !isLost && !isLate && !strikes(0.015, 'done and given up');
    const [there, back] = [this.random.integer(1, 40), this.random.integer(1, 40)];
    const request: UnderWay = { operation, isCarriedOut: false };
    this.underWay.set(key, request);
    this.answered.delete(key);
    return new Promise((resolve, reject) => {
      const later = (milliseconds: number, settle: () => void): void =>
        void this.time.schedule(this.owner, milliseconds, () => {
          if (this.underWay.get(key) === request) this.underWay.delete(key);
          settle();
        });
      const giveUp = (): void => reject(new TelephonyUnavailable('no answer in time'));
      if (!isAnswered && operation === 'compare') this.isLeftWaiting = true;
      if (!isAnswered) later(DEADLINE_MS, giveUp);
      if (isLost) return;
      const way = this.random.chance(0.5) ? WORLD : socketsOf(this.owner);
      this.time.schedule(way, isLate ? this.random.integer(DEADLINE_MS, 9_000) : there, () => {
        if (generation !== this.asterisk.generation) return later(back, giveUp);
        const settle = attempt(() => this.carryOut(operation, act), resolve, reject);
        request.isCarriedOut = true;
        if (!isAnswered) return;
        later(back, () => {
          this.answered.add(key);
          settle();
        });
      });
    });
  }

  /** Asterisk may have its reasons. To make an account is refused in a way of its own. */
  private carryOut<Result>(operation: Operation, act: () => Result): Result {
    const isRefused = operation !== 'provision' && this.strikes(operation, 0.004, 'refused');
    if (isRefused || this.spoils(operation, 'refused')) throw new Error('simulated refusal');
    return act();
  }

  private spoils(operation: Operation, how: NonNullable<Weather['nextComparison']>): boolean {
    return operation === 'compare' && this.weather.spoilsComparison(how);
  }

  private strikes(operation: Operation, probability: number, fate: string): boolean {
    const rarity = RARELY_ASKED.has(operation) ? RARITY : 1;
    return this.weather.strikes(probability * rarity, `${fate}: ${operation}`);
  }
}

/** `on`: the channel, bridge or user. */
export function keyOf(operation: Operation, on: string): string {
  return `${operation} ${on}`;
}

/** Acts now; the returned function tells how it went. */
function attempt<Result>(
  act: () => Result,
  resolve: (result: Result) => void,
  reject: (error: Error) => void,
): () => void {
  try {
    const result = act();
    return () => resolve(result);
  } catch (error) {
    return () => reject(error as Error);
  }
}

/** What is told of the same one stays in order. */
function aboutWhom(signal: TelephonySignal): readonly string[] {
  if (signal.type === 'leg-replaced') return [signal.channelId, signal.by];
  return ['channelId' in signal ? signal.channelId : 'user' in signal ? signal.user : signal.type];
}

const signalsTo = (owner: string): string => `signals to ${owner}`;
const socketsOf = (owner: string): string => `sockets of ${owner}`;
