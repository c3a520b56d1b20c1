import base from './jest.config.mjs';

/** What needs Go beside Node: the real Kubernetes, built once, asked the same as the twin. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/real/**/*.test.ts'],
  testPathIgnorePatterns: [],
  reporters: ['default'],
  globalSetup: '<rootDir>/test/real/set-up.ts',
  testTimeout: 120_000,
};
