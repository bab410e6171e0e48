import type { Expression } from '../expression/expression';
import type { AppId, ConditionId, Instant } from '../ids';

/** A named rule for choosing agents. */
export type Condition = ConditionRule & {
  readonly id: ConditionId;
  readonly app: AppId;
  readonly createdAt: Instant;
};

/** What a client says of it. */
export type ConditionRule = {
  /** Which agents it chooses. */
  readonly where: Expression<'boolean'>;
  /** Which of them before others: the higher the sooner; null: all equal. */
  readonly sort: Expression<'number'> | null;
  /** 0-99. */
  readonly priority: number;
  /** 1-1000. */
  readonly queueTimeoutSeconds: number;
  /** 1-60. */
  readonly fetchTimeoutSeconds: number;
  readonly remark: string | null;
};
