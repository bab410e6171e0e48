import type { Settings } from '../domain/settings';
import { dueAt, type Change, type DueKind } from '../domain/world';
import type { Clock } from '../ports/system';

/** Node's timers count no further; a longer wait is cut into pieces. */
const LONGEST_WAIT_MS = 2_147_483_647;

/** One timer for each thing that is due some day, kept in step with the world. */
export class Deadlines {
  private readonly cancels = new Map<string, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly onDue: (kind: DueKind, id: string) => void,
  ) {}

  follow(changes: readonly Change[]): void {
    for (const change of changes) {
      const key = `${change.kind} ${change.value.id}`;
      this.cancels.get(key)?.();
      this.cancels.delete(key);
      const due = change.live ? dueAt(change, this.settings) : null;
      if (due !== null) this.arm(key, change, due);
    }
  }

  stop(): void {
    for (const cancel of this.cancels.values()) cancel();
    this.cancels.clear();
  }

  private arm(key: string, change: Change, due: number): void {
    const delay = Math.max(0, due - this.clock.now());
    const cancel = this.clock.after(Math.min(delay, LONGEST_WAIT_MS), () => {
      this.cancels.delete(key);
      // A timer of Node may be a millisecond early by the clock, and a rule that is told too early does nothing.
      if (this.clock.now() < due) this.arm(key, change, due);
      else this.onDue(change.kind as DueKind, change.value.id);
    });
    this.cancels.set(key, cancel);
  }
}
