import type { Instant } from '../domain/ids';
import type { Notification } from '../domain/notification';
import type { Change } from '../domain/world';

/** One input that was handled: the world is already as `changes` say, and what comes next has not happened yet. */
export type Handled = {
  readonly at: Instant;
  readonly changes: readonly Change[];
  readonly notifications: readonly Notification[];
};
