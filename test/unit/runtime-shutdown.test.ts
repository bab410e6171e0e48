import { Shutdown } from '../../src/runtime/shutdown';
import { silent, standingClock } from '../support/fakes';

test('shutdown closes in reverse, once, whatever fails or hangs', async () => {
  const log: string[] = [];
  const shutdown = new Shutdown(standingClock, silent, 20);
  shutdown.register('a', async () => void log.push('a'));
  shutdown.register('b', async () => {
    log.push('b');
    throw new Error('b');
  });
  shutdown.register('c', () => {
    log.push('c');
    return new Promise(() => undefined);
  });
  await Promise.all([shutdown.run('x'), shutdown.run('y')]);
  expect(log).toEqual(['c', 'b', 'a']);
});
