import type { AppId } from '../domain/ids';
import type { OutsideReport } from '../domain/outside/claiming';
import type { OutsideRule } from '../domain/outside/outside-rules';
import type { Refusal } from '../domain/refusal';
import type { World } from '../domain/world';
import type { Metrics } from '../ports/metrics';
import type { LoggedEffect } from '../ports/storage';
import type { Logger } from '../ports/system';

/** Tells of calls to the outside: how many there are, and which ones a rule was against. */
export class OutsideMeter {
  constructor(
    private readonly world: World,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  decided(effects: readonly LoggedEffect[]): void {
    const { trunk } = this.world.settings;
    for (const { effect } of effects) {
      if (effect.do !== 'dial' || effect.to.kind !== 'number' || effect.to.trunk !== trunk) continue;
      const call = this.world.calls.get(effect.callId);
      if (call !== undefined) this.metrics.outsideBegun(call.app);
    }
  }

  refused(app: AppId, { details }: Refusal): void {
    if (details['rule'] === undefined) return;
    const { rule, number = null } = details as { readonly rule: OutsideRule; readonly number?: string };
    this.tell('an outside call is refused', 'refused', { app, rule, number });
  }

  reported(reports: readonly OutsideReport[]): void {
    for (const report of reports) this.tell('an outside call would be refused', 'reported', report);
  }

  private tell(
    message: string,
    outcome: 'refused' | 'reported',
    against: { readonly app: AppId; readonly rule: OutsideRule; readonly number: string | null },
  ): void {
    this.metrics.outsideAgainstRule(against.app, against.rule, outcome);
    this.logger.warn(message, against);
  }
}
