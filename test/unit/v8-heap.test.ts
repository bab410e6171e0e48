import { execFileSync } from 'node:child_process';
import { NO_PRETENURING } from '../../src/adapters/system/v8-heap';

test('the V8 of this Node knows the option, and says nothing against it', () => {
  const set = `require('node:v8').setFlagsFromString('${NO_PRETENURING}')`;
  expect(execFileSync(process.execPath, ['-e', `${set}; console.log('set')`], { stdio: 'pipe' }).toString()).toBe(
    'set\n',
  );
  expect(execFileSync(process.execPath, [NO_PRETENURING, '-p', '1']).toString()).toBe('1\n'); // One that it does not know ends it.
});
