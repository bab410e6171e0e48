import type { Notification } from '../domain/notification';
import type { Logger } from '../ports/system';

/** The log tells what has happened, and not `userData`: that is the clients' own, and may say anything of anybody. */
export function logEvents(logger: Logger, notifications: readonly Notification[]): void {
  for (const { event, ...told } of notifications) {
    logger.info(event, Object.fromEntries(Object.entries(told).filter(([name]) => name !== 'userData')));
  }
}
