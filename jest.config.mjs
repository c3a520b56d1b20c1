export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // They need more than Node; each has a configuration of its own.
  testPathIgnorePatterns: ['<rootDir>/test/browser/', '<rootDir>/test/second-opinion/', '<rootDir>/test/real/'],
  reporters: ['default', '<rootDir>/test/left-out.mjs'],
  globalSetup: '<rootDir>/test/own-directory/set-up.ts',
  globalTeardown: '<rootDir>/test/own-directory/tear-down.ts',
  testTimeout: 60_000, // A guard, for a machine that is busy with other things too.
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
};
