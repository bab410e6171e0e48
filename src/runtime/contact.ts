import type { Instant } from '../domain/ids';
import type { Text } from '../domain/text';
import type { DueKind } from '../domain/world';
import { ASTERISK_AWAY, COMPARING } from '../ports/call-center';
import type { Clock } from '../ports/system';

const LIVES_IN_ASTERISK: ReadonlySet<DueKind> = new Set(['calls', 'conversations', 'queueTasks']);

type Due = { readonly kind: DueKind; readonly id: string };

/** Whether it is known what happens in Asterisk, and what has come to its time while it is not. */
export class Contact {
  private isConnected = false;
  /** Connected, and the world compared with Asterisk since. */
  private isReconciled = false;
  private doubtedSince: Instant;
  private readonly overdue = new Map<string, Due>();

  /** `isOnPaper`: it is not in Asterisk yet, as what is decided cannot be carried out. */
  constructor(
    private readonly clock: Clock,
    private readonly isOnPaper: (due: Due) => boolean,
    private readonly onDue: (due: Due) => void,
  ) {
    this.doubtedSince = clock.now();
  }

  /** Since when it is not known; null: it is. */
  get unknownSince(): Instant | null {
    return this.isReconciled ? null : this.doubtedSince;
  }

  /** Why it is not known, for an operator; null: it is. */
  get obstacle(): Text | null {
    if (this.isReconciled) return null;
    return this.isConnected ? COMPARING : ASTERISK_AWAY;
  }

  connected(): void {
    this.isConnected = true;
  }

  disconnected(): void {
    this.isConnected = false;
    this.inDoubt();
  }

  inDoubt(): void {
    if (this.isReconciled) this.doubtedSince = this.clock.now();
    this.isReconciled = false;
  }

  reconciled(): void {
    this.isReconciled = this.isConnected;
    this.catchUp();
  }

  /** With what was held back, as far as it need not be any longer. */
  catchUp(): void {
    const overdue = [...this.overdue.values()];
    this.overdue.clear();
    for (const due of overdue) this.due(due);
  }

  /**
   * Whether a phone has rung for too long or a caller waited, is judged when it is known what happened meanwhile: it may
   * have been answered, and else the queue would go from phone to phone and none would ring. The rule looks again.
   */
  due(due: Due): void {
    const isUnknown = !this.isReconciled && LIVES_IN_ASTERISK.has(due.kind);
    if (isUnknown || this.isOnPaper(due)) this.overdue.set(`${due.kind} ${due.id}`, due);
    else this.onDue(due);
  }
}
