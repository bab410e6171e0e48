import { createLogger, format, transports } from 'winston';
import type { Logger } from '../../ports/system';
import { logOutput } from './log-output';

export const LOG_LEVELS = ['error', 'warn', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One JSON object a line on standard output, errors with their stack. */
export function winstonLogger(level: LogLevel): Logger {
  return createLogger({
    level,
    format: format.combine(format.timestamp(), format.json({ replacer: withErrors })),
    transports: [new transports.Stream({ stream: logOutput(), eol: '\n' })],
  });
}

/** An Error has no enumerable fields: without this it would be logged as `{}`. */
function withErrors(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)];
  return value;
}
