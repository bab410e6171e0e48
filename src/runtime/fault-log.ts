import type { RuleFault } from '../domain/queue/fitting';
import { atCharacter } from '../domain/text';
import type { Clock, Logger } from '../ports/system';

const ONCE_IN_MS = 60_000;

/** Logs rules of conditions that fail, once per condition and minute: one may fail on each of thousands of agents. */
export class FaultLog {
  private readonly last = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  tell(faults: readonly RuleFault[]): void {
    const now = this.clock.now();
    for (const [id, at] of this.last) if (now - at >= ONCE_IN_MS) this.last.delete(id);
    for (const { conditionId, rule, agent, at, problem } of faults) {
      if (this.last.has(conditionId)) continue;
      this.last.set(conditionId, now);
      this.logger.warn('a condition fails on an agent, who does not match by that', {
        conditionId,
        agent,
        problem: `${rule}, ${atCharacter(at, problem).en}`,
      });
    }
  }
}
