import { isOnceOnly, isShared, isUnseen, touches, type Effect } from '../domain/effect';
import { secondsUntil, type CallId, type ChannelId } from '../domain/ids';
import type { EffectId, LoggedEffect } from '../ports/storage';
import type { Clock, Logger } from '../ports/system';
import { TelephonyUnavailable, type Fate, type Telephony } from '../ports/telephony';
import { EffectOrder } from './effect-order';

export type EffectListeners = {
  readonly done: (effect: EffectId) => void;
  /** False if the call was given up while its dial waited for the commit. */
  readonly isWanted: (callId: CallId) => boolean;
  /** An effect's result that the world must know of: a fact like any other. */
  readonly legEnded: (channelId: ChannelId) => void;
  readonly unavailable: () => void;
  /** It was not carried out, and no comparison shows that. */
  readonly refusedUnseen: () => void;
};

/**
 * Carries out what was decided. Effects on the same channel or bridge go in order, but for legs that enter and leave a
 * bridge; others side by side. At least once where an effect may repeat, at most once where it may not.
 */
export class EffectRunner {
  private readonly pending = new Map<EffectId, LoggedEffect>();
  private readonly order = new EffectOrder();
  private readonly waiters = new Map<EffectId, Waiter>();
  private isPaused = true;
  /** Counts the resumes: each queues all that waits anew, and what was queued before it must not overtake. */
  private round = 0;

  constructor(
    private readonly telephony: Telephony,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly logger: Logger,
    private readonly listeners: EffectListeners,
  ) {}

  submit(effects: readonly LoggedEffect[]): void {
    for (const logged of effects) this.pending.set(logged.id, logged);
    // Somebody waits for the phone to ring; nothing that was decided before touches a channel that is still to be made.
    for (const logged of effects.filter(({ effect }) => effect.do === 'dial')) this.queue(logged);
    for (const logged of effects.filter(({ effect }) => effect.do !== 'dial')) this.queue(logged);
  }

  /** Settles when the effect is carried out, at once if it is not pending; rejects when it was refused. */
  carriedOut(id: EffectId): Promise<void> {
    if (!this.pending.has(id)) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiters.set(id, { resolve, reject }));
  }

  /** Nothing new is carried out; settles when what was under way is through. */
  async pause(): Promise<void> {
    this.isPaused = true;
    await this.settled();
  }

  /** Settles when all that was decided until now is carried out, unless it is paused, or Asterisk does not answer. */
  async settled(): Promise<void> {
    await this.order.settled();
  }

  /** Goes on with what waits, in the order it was decided. */
  resume(): void {
    this.isPaused = false;
    this.round++;
    for (const logged of this.pending.values()) this.queue(logged);
  }

  /** The channel has left and is back: what was decided before is over, and must not be done to it now. */
  overtaken(channelId: ChannelId): void {
    for (const { id, effect } of this.pending.values()) {
      if (!('channelId' in effect) || effect.channelId !== channelId) continue;
      this.pending.delete(id);
      this.listeners.done(id);
    }
  }

  /** Decided, and not known to be done. */
  awaited(): readonly Effect[] {
    return [...this.pending.values()].map(({ effect }) => effect);
  }

  private queue(logged: LoggedEffect): void {
    const { round } = this;
    const { effect } = logged;
    const touched = touches(effect).map((id) => ({ id, isShared: isShared(effect, id) }));
    this.order.add(touched, () => this.carryOut(logged, round));
  }

  private async carryOut({ id, effect }: LoggedEffect, round: number): Promise<void> {
    if (this.isPaused || round !== this.round || !this.pending.has(id)) return; // `resume` queues it again.
    if (effect.do === 'dial' && !this.listeners.isWanted(effect.callId)) {
      this.listeners.legEnded(effect.channelId);
    } else if (!(await this.attempt(id, effect))) {
      return;
    }
    this.pending.delete(id);
    this.listeners.done(id);
    this.settle(id, ({ resolve }) => resolve());
  }

  /** False if the effect must be tried again. */
  private async attempt(id: EffectId, effect: Effect): Promise<boolean> {
    try {
      const fate = await this.perform(effect);
      if (fate === 'gone' && 'channelId' in effect) this.listeners.legEnded(effect.channelId);
    } catch (error) {
      if (error instanceof TelephonyUnavailable) {
        this.logger.warn('phone system not available', { effectId: id, do: effect.do, problem: error.message });
        this.isPaused = true;
        this.listeners.unavailable(); // What became of a dial the reconciler finds out.
        return isOnceOnly(effect);
      }
      // Not the effect as it is: it may hold what a phone authenticates with.
      this.logger.error('effect refused', { effectId: id, do: effect.do, on: touches(effect), error });
      if (effect.do === 'dial') this.listeners.legEnded(effect.channelId);
      if (isUnseen(effect)) this.listeners.refusedUnseen();
      this.settle(id, ({ reject }) => reject(error as Error));
    }
    return true;
  }

  private settle(id: EffectId, how: (waiter: Waiter) => void): void {
    const waiter = this.waiters.get(id);
    this.waiters.delete(id);
    if (waiter !== undefined) how(waiter);
  }

  /** The fate of the leg that it acts on, if it acts on one that is there already. */
  private async perform(effect: Effect): Promise<Fate | void> {
    const { telephony } = this;
    switch (effect.do) {
      case 'dial':
        return telephony.dial(effect);
      case 'receive':
        return telephony.receive(effect.channelId, effect.answer);
      case 'place':
        return telephony.place(effect.channelId, effect.from, effect.placement);
      case 'limit':
        return telephony.limit(effect.channelId, secondsUntil(this.clock.now(), effect.until));
      case 'hang-up':
        return telephony.hangUp(effect.channelId, effect.answeredElsewhere);
      case 'release':
        return telephony.release(effect.channelId, effect.from, effect.variables);
      case 'snoop':
        return telephony.snoop(effect.channelId, effect.on);
      case 'open-bridge':
        return telephony.openBridge(effect.bridgeId, effect.kind);
      case 'close-bridge':
        return telephony.closeBridge(effect.bridgeId);
      case 'play-under':
        return telephony.playUnder(effect.bridgeId, effect.played);
      case 'announce':
        return telephony.announce(effect.bridgeId, effect.app, effect.sounds);
      case 'provision':
        return telephony.provision(effect);
      case 'unprovision':
        return telephony.unprovision(effect.user);
    }
  }
}

type Waiter = { readonly resolve: () => void; readonly reject: (error: Error) => void };
