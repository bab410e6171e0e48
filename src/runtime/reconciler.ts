import type { Whisper } from '../domain/call/call';
import { mayChange } from '../domain/effect';
import type { BridgeId, ChannelId, SipUser } from '../domain/ids';
import { strayId, straysIn } from '../domain/reconciling';
import { ToldLately } from '../domain/told-lately';
import type { Change } from '../domain/world';
import { wait, type Clock, type Logger } from '../ports/system';
import type { CallerEntered, Telephony } from '../ports/telephony';
import type { EffectRunner } from './effect-runner';
import type { EngineRunner } from './engine-runner';
import { Strays } from './strays';

const SOON_MS = 2_000;
/** A request that Asterisk carried out after we had given it up shows only here. */
const EVERY_MS = 60_000;

const bridgeOf = (whisper: Whisper | null): readonly BridgeId[] => (whisper === null ? [] : [whisper.bridgeId]);

/** What the reconciler needs of the rest. */
export type ReconcilerSurroundings = {
  readonly telephony: Telephony;
  readonly engine: EngineRunner;
  readonly effects: EffectRunner;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type ReconcilerListeners = {
  /** A caller whose arrival was missed, maybe. */
  readonly callerSeen: (caller: CallerEntered) => Promise<void>;
  /** World and Asterisk agree again, as far as can be seen. */
  readonly reconciled: () => void;
  /** They could not be compared: until they can, nothing is carried out. */
  readonly inDoubt: () => void;
};

/** Brings world and Asterisk together again: on start, on every `connected`, after every time-out and once a minute. */
export class Reconciler {
  private running: Promise<void> | undefined;
  private isWanted = false;
  private isStopped = false;
  private isConnected = false;
  private readonly strays: Strays;
  /** The first look, or signals may have been missed since the last. */
  private afterGap = true;
  private readonly complained = new ToldLately();
  /** Asterisk may yet carry out what was asked of it and given up, maybe by the process before. */
  private isInDoubt = true;
  /**
   * What the comparison sees too late: channels and bridges that left the world since it began, their end is on its way
   * to Asterisk; and phones that have told of themselves since.
   */
  private readonly outdated = new Set<string>();
  private cancelNext = (): void => undefined;

  constructor(
    private readonly surroundings: ReconcilerSurroundings,
    private readonly listeners: ReconcilerListeners,
  ) {
    const { clock, logger, engine } = surroundings;
    this.strays = new Strays(clock, logger, {
      caller: (caller) => void listeners.callerSeen(caller),
      stray: (stray) => void engine.report({ type: 'stray-found', ...stray }),
    });
  }

  /** Signals may have been missed until now. */
  connected(): void {
    this.isConnected = true;
    this.request({ afterGap: true });
  }

  /** Until it is connected again nothing is tried: it would come to nothing, and a dial is tried but once. */
  disconnected(): void {
    this.isConnected = false;
    this.cancelNext();
    this.strays.stop();
    void this.surroundings.effects.pause();
  }

  /** A request was given up. What it does after this comparison, if it cannot be seen, the next one puts right. */
  requestGivenUp(): void {
    this.isInDoubt = true;
    this.request({ afterGap: false });
  }

  private request(options: { readonly afterGap: boolean }): void {
    if (this.isStopped || !this.isConnected) return;
    this.afterGap ||= options.afterGap;
    this.isWanted = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.isWanted) this.request({ afterGap: false }); // It was asked for at the very end.
    });
  }

  /** The next comparison asks for it again, and not sooner: Asterisk may go on refusing. */
  requestRefused(): void {
    this.isInDoubt = true;
  }

  /** Must see every change at once. */
  follow(changes: readonly Change[]): void {
    for (const { kind, value, live } of changes) {
      if (kind === 'calls' && !live) this.outdated.add(value.channelId);
      if (kind === 'conversations' && !live) this.outdated.add(value.bridgeId);
    }
  }

  /** A phone or gateway can be reached now, or no longer. */
  heardOf(user: SipUser): void {
    this.outdated.add(user);
  }

  /** A channel has ended, one of ours or not. */
  ended(channelId: ChannelId): void {
    this.strays.ended(channelId);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.isWanted = false;
    this.cancelNext();
    this.strays.stop();
    await this.running;
  }

  /** Once a minute for each problem: it is tried again every few seconds. */
  private complain(error: Error): void {
    const { clock, logger } = this.surroundings;
    if (!this.complained.isNew(error.message, clock.now())) return;
    logger.warn('cannot compare with the phone system yet', { problem: error.message });
  }

  private async run(): Promise<void> {
    const { effects, clock } = this.surroundings;
    this.cancelNext();
    while (this.isWanted) {
      this.isWanted = false;
      await effects.pause();
      const afterGap = this.afterGap;
      this.afterGap = false;
      try {
        await this.compare(afterGap);
      } catch (error) {
        this.afterGap ||= afterGap;
        if (this.isStopped || !this.isConnected) return;
        this.listeners.inDoubt();
        this.complain(error as Error);
        if (!this.isWanted) await wait(clock, SOON_MS);
        this.isWanted = this.isConnected;
      }
    }
    if (this.isStopped || !this.isConnected) return;
    effects.resume();
    this.listeners.reconciled();
    this.cancelNext = clock.after(EVERY_MS, () => {
      this.request({ afterGap: this.isInDoubt });
      this.isInDoubt = false;
    });
  }

  private async compare(afterGap: boolean): Promise<void> {
    const { telephony, engine, effects } = this.surroundings;
    this.outdated.clear();
    // Settles when all of these are on record, so their effects are with the effect runner, done or waiting.
    const { expected, held } = await engine.read(({ calls, conversations }) => ({
      expected: new Set<string>([
        ...[...calls.values()].flatMap(({ channelId, whisper }) => [channelId, ...bridgeOf(whisper)]),
        ...[...conversations.values()].map(({ bridgeId }): BridgeId => bridgeId),
      ]),
      held: new Set([...calls.values()].flatMap(({ channelId, phoneHold }) => (phoneHold ? [channelId] : []))),
    }));
    const awaited = effects.awaited();
    const { channels, bridges, accounts, trunks, callers, resumed } = await telephony.alive(expected, held);
    const there = new Set<string>([...channels.keys(), ...bridges.keys(), ...accounts.keys()]);
    const changing = new Set(awaited.flatMap((effect) => mayChange(effect, there)));
    const seated = new Set([...bridges.values()].flat());
    for (const caller of callers) {
      const { channelId } = caller;
      if (expected.has(channelId) || changing.has(channelId) || this.outdated.has(channelId)) continue;
      if (!seated.has(channelId)) await this.listeners.callerSeen(caller);
    }
    const unsettled = new Set([...changing, ...this.outdated]);
    const view = { channels, bridges, accounts, trunks, resumed, expected, unsettled, afterGap };
    const onRecord = engine.report({ type: 'phone-system-seen', ...view });
    const callerOn = new Map<string, CallerEntered>(callers.map((caller) => [caller.channelId, caller]));
    const strays = await engine.read((world) => straysIn(world, view));
    this.strays.found(strays.map((stray) => callerOn.get(strayId(stray)) ?? stray));
    await onRecord;
  }
}
