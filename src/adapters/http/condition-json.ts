import { z } from 'zod';
import type { Condition } from '../../domain/queue/condition';

export type ConditionJson = z.infer<typeof CONDITION>;

export const CONDITION = z.object({
  id: z.string(),
  where: z.string(),
  sort: z.string().nullable(),
  priority: z.int(),
  queue_timeout: z.int().describe('how long a call waits on it, in seconds'),
  fetch_timeout: z.int().describe("how long an agent's phone rings, in seconds"),
  remark: z.string().nullable(),
});

/** Expressions as they were written. */
export function conditionJson(condition: Condition): ConditionJson {
  return {
    id: condition.id,
    where: condition.where.text,
    sort: condition.sort?.text ?? null,
    priority: condition.priority,
    queue_timeout: condition.queueTimeoutSeconds,
    fetch_timeout: condition.fetchTimeoutSeconds,
    remark: condition.remark,
  };
}
