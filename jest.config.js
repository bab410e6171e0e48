const { availableParallelism } = require('node:os');

/**
 * Three projects, so that each can be run alone: `fast` needs nothing but Node, `asterisk` starts real Asterisk and
 * PostgreSQL processes, which mostly wait: ring times, tones, timers, so that
 * `npm run test:e2e` runs more of their files at once than there may be cores. `audio` does too, and judges sound by the millisecond, which a busy
 * neighbour would spoil: one file at a time and nothing beside it.
 */
const common = {
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // Tests run in a context of their own, in which to look up a global name is slow: the simulations take half the time with these.
  sandboxInjectedGlobals: [
    'Array',
    'BigInt',
    'Buffer',
    'Error',
    'JSON',
    'Map',
    'Math',
    'Number',
    'Object',
    'Promise',
    'RegExp',
    'Set',
    'String',
    'Symbol',
    'WeakMap',
  ],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }] },
};
const onAsterisk = '<rootDir>/test/{asterisk,postgres,e2e}/**';

module.exports = {
  // All cores; Jest would leave one idle. Above eight, files that start Asterisk would run out of ports.
  maxWorkers: Math.min(availableParallelism(), 8),
  // No test is about how long it takes: the limit is for what hangs, on a machine that others use, too.
  testTimeout: 30_000,
  testSequencer: '<rootDir>/test/longest-first.js',
  projects: [
    {
      ...common,
      displayName: 'fast',
      testMatch: ['<rootDir>/test/{unit,architecture,http,contract,simulation}/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'asterisk',
      testMatch: [`${onAsterisk}/*.test.ts`, '!**/*.audio.test.ts'],
    },
    { ...common, displayName: 'audio', testMatch: [`${onAsterisk}/*.audio.test.ts`] },
  ],
};
