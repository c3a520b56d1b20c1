import base from './jest.config.mjs';

/** What needs Python 3.11 or later beside Node: implementations that others wrote, asked the same. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/second-opinion/**/*.test.ts'],
  testPathIgnorePatterns: [],
  reporters: ['default'],
  maxWorkers: 1, // There is one server, which tests empty.
  globalSetup: '<rootDir>/test/second-opinion/aws/set-up.ts',
  globalTeardown: '<rootDir>/test/second-opinion/aws/tear-down.ts',
  testTimeout: 60_000,
};
