import { createLogger, format, transports } from 'winston';
import type { Logger } from '../../ports/system';
import { logOutput } from './log-output';

export const LOG_LEVELS = ['error', 'warn', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One JSON object a line on standard output, errors with their stack. */
export function winstonLogger(level: LogLevel, output = logOutput()): Logger {
  const logger = createLogger({
    level,
    format: asItIs(),
    transports: [new transports.Stream({ stream: output, eol: '\n' })],
  });
  // With its text, as one object: winston's own formats, and its looking for places to fill in the message, cost three times as much.
  const write = (of: LogLevel): Logger[LogLevel] =>
    logger.isLevelEnabled(of) // Else winston would take the line, and not write it.
      ? (message, fields) => void logger.log({ level: of, message, [MESSAGE]: lineOf(of, message, fields) })
      : () => undefined;
  return { error: write('error'), warn: write('warn'), info: write('info') };
}

/** Where winston expects the text. */
const MESSAGE = Symbol.for('message');

const asItIs = format((info) => info);
const withObjects = format.json({ replacer: withErrors });

/** In most there is no object, and nothing has to be looked into. */
function lineOf(level: LogLevel, message: string, fields: Parameters<Logger[LogLevel]>[1]): string {
  // Not spread, which would take longer than all the rest.
  const line = Object.assign({}, fields, { level, message, timestamp: new Date().toISOString() });
  if (!Object.values(line).some((value) => typeof value === 'object')) return JSON.stringify(line);
  return (withObjects.transform(line, withObjects.options) as Record<symbol, string>)[MESSAGE]!;
}

/** An Error has no enumerable fields: without this it would be logged as `{}`. */
function withErrors(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)];
  return value;
}
