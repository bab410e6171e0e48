import type { Text } from './text';

/** Public code of every refusal. Codes are part of the API: never reuse or renumber one. */
export const REFUSAL_CODES = {
  'parameter-illegal': '000001',
  'phone-system-failed': '000003',
  busy: '000004',
  'idempotency-key-used': '000006',
  'call-not-found': '020000',
  'number-not-allowed': '020001',
  'no-line': '020002',
  'extension-user-exists': '040101',
  'extension-bound': '040102',
  'extension-not-found': '040103',
  'extension-unavailable': '040104',
  'agent-logged-in': '040201',
  'agent-not-found': '040202',
  'agent-busy': '040203',
  'agent-expired': '040204',
  'condition-not-found': '040401',
  'expression-invalid': '040402',
  'conversation-not-found': '040501',
  'conversation-full': '040502',
  'not-a-member': '040503',
  'queue-task-not-found': '040601',
  // Ours.
  'plan-not-found': '040701',
  'plan-in-file': '040702',
  'sound-not-found': '040801',
  'event-not-found': '040901',
} as const;

export type RefusalReason = keyof typeof REFUSAL_CODES;

/** The parameter or the object at fault by name, and in words, where they tell more than the code, what is wrong. */
export type RefusalDetails = Readonly<Record<string, string | number | Text>> & {
  readonly parameter?: string;
  readonly problem?: Text;
};

/**
 * A request that cannot be granted, for a reason its sender can act on.
 * Only commands are refused. Anything else that is thrown is a fault of ours.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly reason: RefusalReason,
    readonly details: RefusalDetails = {},
  ) {
    super(`refused: ${reason}`);
  }

  get code(): string {
    return REFUSAL_CODES[this.reason];
  }
}
