import type { Extension } from '../domain/extension/extension';
import type { Answer, CommandType, Input } from '../domain/input';
import { Refusal } from '../domain/refusal';
import type { World } from '../domain/world';
import { STORE_AWAY, type Once } from '../ports/call-center';
import type { EffectId, Storage } from '../ports/storage';
import { pause, type Clock, type Logger } from '../ports/system';
import type { Contact } from './contact';
import { logDecision } from './decision-log';
import type { EffectRunner } from './effect-runner';
import type { EngineRunner, Taken, ToKeep } from './engine-runner';
import { KeptAnswers } from './kept-answers';
import type { OutsideMeter } from './outside-meter';
import { needsTelephony } from './telephony-needs';
import type { WayOut } from './way-out';

/** What commands need of the rest. */
export type CommandSurroundings = {
  readonly world: World;
  readonly storage: Pick<Storage, 'findAnswer'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly engine: EngineRunner;
  readonly effects: Pick<EffectRunner, 'carriedOut'>;
  readonly contact: Contact;
  readonly wayOut: WayOut;
  readonly outsideMeter: Pick<OutsideMeter, 'refused'>;
};

const CARRY_OUT_MS = 5_000;

/** The way of commands: refused if nothing can come of them now, else taken, and answered when they are on record. */
export class Commands {
  private readonly answers: KeptAnswers;
  /** Taken, and not answered yet. */
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly surroundings: CommandSurroundings) {
    this.answers = new KeptAnswers(surroundings.storage, surroundings.clock);
  }

  async ask<Type extends CommandType>(command: Input<Type>, once?: Once): Promise<Answer<Type>> {
    if (once === undefined) return this.begin(command);
    this.expectStore();
    const keep = { app: command.app, ...once };
    return this.answers.once(command.app, once, () => this.begin(command, keep));
  }

  /** @throws Refusal while the store is away. */
  expectStore(): void {
    if (this.surroundings.engine.isStuck) throw new Refusal('busy', { problem: STORE_AWAY });
  }

  /** Settles when those under way are answered. */
  answered(): Promise<unknown> {
    return Promise.allSettled(this.underWay);
  }

  private async begin<Type extends CommandType>(command: Input<Type>, keep?: ToKeep): Promise<Answer<Type>> {
    const { wayOut, contact, world } = this.surroundings;
    wayOut.admit(command as Input<CommandType>);
    this.expectStore();
    const problem = contact.obstacle;
    if (problem !== null && needsTelephony(command, world)) throw new Refusal('busy', { problem });
    const answered = this.carryOut(command, keep);
    this.underWay.add(answered);
    try {
      return await answered;
    } finally {
      this.underWay.delete(answered);
    }
  }

  private async carryOut<Type extends CommandType>(command: Input<Type>, keep?: ToKeep): Promise<Answer<Type>> {
    const { answer, effects } = await this.take(command, keep);
    if (command.type === 'create-extension') await this.makeAccount(answer as Extension, effects, keep);
    logDecision(this.surroundings.logger, command, answer);
    return answer;
  }

  private async take<Type extends CommandType>(command: Input<Type>, keep?: ToKeep): Promise<Taken<Type>> {
    try {
      return await this.surroundings.engine.take(command, keep);
    } catch (error) {
      if (error instanceof Refusal) this.surroundings.outsideMeter.refused(command.app, error);
      throw error;
    }
  }

  /** Waits for it, but not longer than a client does: it is on record, and made when Asterisk answers again. */
  private async makeAccount({ id }: Extension, effects: readonly EffectId[], kept?: ToKeep): Promise<void> {
    const { engine, effects: runner, clock } = this.surroundings;
    const made = Promise.all(effects.map((effect) => runner.carriedOut(effect)));
    made.catch(() => undefined); // It may be refused when nobody waits any more.
    const longest = pause(clock, CARRY_OUT_MS);
    try {
      await Promise.race([made, longest.over]);
    } catch (error) {
      if (kept !== undefined) engine.withdraw(kept);
      await engine.report({ type: 'account-refused', extensionId: id });
      throw new Refusal('phone-system-failed', { reason: (error as Error).message });
    } finally {
      longest.end();
    }
  }
}
