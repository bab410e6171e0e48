import type { RuleFault } from '../domain/queue/fitting';
import { atCharacter } from '../domain/text';
import { ToldLately } from '../domain/told-lately';
import type { Clock, Logger } from '../ports/system';

/** Logs rules of conditions that fail, once per condition and minute: one may fail on each of thousands of agents. */
export class FaultLog {
  private readonly told = new ToldLately();

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  tell(faults: readonly RuleFault[]): void {
    const now = this.clock.now();
    for (const { conditionId, rule, agent, at, problem } of faults) {
      if (!this.told.isNew(conditionId, now)) continue;
      this.logger.warn('a condition fails on an agent, who does not match by that', {
        conditionId,
        agent,
        problem: `${rule}, ${atCharacter(at, problem).en}`,
      });
    }
  }
}
