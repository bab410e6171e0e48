import { Writable } from 'node:stream';
import { type LogLevel, winstonLogger } from '../../src/adapters/system/winston-logger';
import type { Logger } from '../../src/ports/system';

/** What comes of it, line by line. */
function logged(log: (logger: Logger) => void, level: LogLevel = 'info'): readonly unknown[] {
  let text = '';
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  log(winstonLogger(level, output));
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

test('each line is a JSON object with its level, message and time, whatever the text', () => {
  const lines = logged((logger) => {
    logger.info('request', { path: '/a\n"b"', status: 200, why: undefined });
    logger.warn('no fields');
  });

  expect(lines).toEqual([
    { level: 'info', message: 'request', timestamp, path: '/a\n"b"', status: 200 },
    { level: 'warn', message: 'no fields', timestamp },
  ]);
});

test('an error is told with its stack, also inside of another object, and what was collected is told in full', () => {
  const error = new TypeError('no such thing');
  const [line] = logged((logger) =>
    logger.error('failed', {
      error,
      about: { error, list: new Set([1, 2]), map: new Map([['a', null]]) },
      none: null,
    }),
  );

  const told = { name: 'TypeError', message: 'no such thing', stack: error.stack };
  const about = { error: told, list: [1, 2], map: [['a', null]] };
  expect(line).toEqual({ level: 'error', message: 'failed', timestamp, error: told, about, none: null });
});

test('a circle of objects is written, and ends nobody', () => {
  const circle: Record<string, unknown> = {};
  circle['itself'] = circle;

  expect(logged((logger) => logger.info('circle', { circle }))).toHaveLength(1);
});

test('what is below the level is not written', () => {
  const lines = logged((logger) => {
    logger.info('one');
    logger.warn('two');
  }, 'warn');

  expect(lines).toEqual([{ level: 'warn', message: 'two', timestamp }]);
});
