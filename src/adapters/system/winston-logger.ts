import { createLogger, format, transports } from 'winston';
import type { Logger } from '../../ports/system';
import { logOutput } from './log-output';

export const LOG_LEVELS = ['error', 'warn', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One JSON object a line on standard output, errors with their stack. */
export function winstonLogger(level: LogLevel, output = logOutput()): Logger {
  const logger = createLogger({
    level,
    format: jsonLine(),
    transports: [new transports.Stream({ stream: output, eol: '\n' })],
  });
  // As one object: given apart, winston would look for places to fill in the message, and make this object itself.
  const write = (of: LogLevel): Logger[LogLevel] =>
    logger.isLevelEnabled(of) // Else winston would make the line, and not write it.
      ? (message, fields) =>
          void logger.log({ ...fields, level: of, message, timestamp: new Date().toISOString() })
      : () => undefined;
  return { error: write('error'), warn: write('warn'), info: write('info') };
}

const withObjects = format.json({ replacer: withErrors });

/** As winston's own, in half the time where there is no object in the line, as in nearly all: nothing has to be looked into. */
const jsonLine = format((info) => {
  if (Object.values(info).some((value) => typeof value === 'object'))
    return withObjects.transform(info, withObjects.options);
  info[MESSAGE] = JSON.stringify(info);
  return info;
});

/** Where winston expects the text. */
const MESSAGE = Symbol.for('message');

/** An Error has no enumerable fields: without this it would be logged as `{}`. */
function withErrors(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)];
  return value;
}
