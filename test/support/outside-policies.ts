import type { AppId, Instant } from '../../src/domain/ids';
import type { OutsidePolicy, OutsideRules, ReadNumber } from '../../src/domain/outside/outside-rules';

const DAY_MS = 86_400_000;

/** Days of 24 hours since the epoch, written so that they sort. */
export const dayOf = (at: Instant): string => String(Math.floor(at / DAY_MS)).padStart(8, '0');

/** Numbers with a plus are foreign, those with a 9 in front cost much, and three digits are unknown. */
export function readPlainly(number: string): ReadNumber {
  if (number.length === 3) return { classes: [], forms: [], bare: [] };
  if (number.startsWith('+')) return { classes: ['international'], forms: [], bare: [] };
  return { classes: [number.startsWith('9') ? 'premium' : 'national'], forms: [`+86${number}`], bare: [] };
}

/** Nobody has rules. */
export const UNRESTRICTED: OutsidePolicy = { rulesOf: () => null, read: readPlainly, dayOf };

export function someRules(given: Partial<OutsideRules> = {}): OutsideRules {
  return {
    auditOnly: false,
    country: 'CN',
    prefixes: [],
    allow: ['national'],
    deny: [],
    from: null,
    callsAtOnce: null,
    callsPerSecond: null,
    minutesPerDay: null,
    ...given,
  };
}

/** Everybody has these, or each application its own. */
export function policyOf(rules: OutsideRules | ((app: AppId) => OutsideRules | null)): OutsidePolicy {
  return { ...UNRESTRICTED, rulesOf: typeof rules === 'function' ? rules : () => rules };
}
