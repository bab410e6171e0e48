/**
 * Two projects, so that each can be run alone: `fast` needs nothing but Node, `asterisk` starts
 * real Asterisk processes and runs one file at a time.
 */
const common = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }] },
};

module.exports = {
  projects: [
    {
      ...common,
      displayName: 'fast',
      testMatch: ['<rootDir>/test/{unit,architecture,http,contract,simulation}/**/*.test.ts'],
    },
    { ...common, displayName: 'asterisk', testMatch: ['<rootDir>/test/{asterisk,e2e}/**/*.test.ts'] },
  ],
};
