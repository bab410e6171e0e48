import { z } from 'zod';
import type { Condition } from '../../domain/queue/condition';
import { EXAMPLE, id } from './example-values';

type ConditionJson = z.infer<typeof CONDITION>;

export const CONDITION = z
  .object({
    id,
    where: z.string().meta({ examples: [EXAMPLE.where] }),
    sort: z
      .string()
      .meta({ examples: [EXAMPLE.sort] })
      .nullable(),
    priority: z.int().meta({ examples: [10] }),
    queue_timeout: z.int().meta({ description: 'how long a call waits on it, in seconds', examples: [60] }),
    fetch_timeout: z.int().meta({ description: "how long an agent's phone rings, in seconds", examples: [45] }),
    remark: z
      .string()
      .meta({ examples: [EXAMPLE.remark] })
      .nullable(),
  })
  .meta({ id: 'Condition' });

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
