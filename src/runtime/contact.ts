import type { Text } from '../domain/text';
import type { DueKind } from '../domain/world';
import { ASTERISK_AWAY, COMPARING } from '../ports/call-center';

const LIVES_IN_ASTERISK: ReadonlySet<DueKind> = new Set(['calls', 'conversations', 'queueTasks']);

/** Whether it is known what happens in Asterisk, and what has come to its time while it is not. */
export class Contact {
  private isConnected = false;
  /** Connected, and the world compared with Asterisk since. */
  private isReconciled = false;
  private readonly overdue = new Map<string, () => void>();

  constructor(private readonly onDue: (kind: DueKind, id: string) => void) {}

  /** Why it is not known, for an operator; null: it is. */
  get obstacle(): Text | null {
    if (this.isReconciled) return null;
    return this.isConnected ? COMPARING : ASTERISK_AWAY;
  }

  connected(): void {
    this.isConnected = true;
  }

  disconnected(): void {
    this.isConnected = this.isReconciled = false;
  }

  inDoubt(): void {
    this.isReconciled = false;
  }

  reconciled(): void {
    this.isReconciled = this.isConnected;
    const overdue = [...this.overdue.values()];
    this.overdue.clear();
    for (const act of overdue) act();
  }

  /**
   * Whether a phone has rung for too long or a caller waited, is judged when it is known what happened meanwhile: it may
   * have been answered, and else the queue would go from phone to phone and none would ring. The rule looks again.
   */
  due(kind: DueKind, id: string): void {
    if (this.isReconciled || !LIVES_IN_ASTERISK.has(kind)) return this.onDue(kind, id);
    this.overdue.set(`${kind} ${id}`, () => this.onDue(kind, id));
  }
}
