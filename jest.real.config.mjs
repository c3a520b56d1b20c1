import base from './jest.config.mjs';

/** What needs Go, Python and root beside Node: the real Kubernetes, Velero and an S3 of others', asked the same as the twin. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/real/**/*.test.ts'],
  testPathIgnorePatterns: [],
  reporters: ['default'],
  globalSetup: '<rootDir>/test/real/set-up.ts',
  testSequencer: '<rootDir>/jest.real-sequencer.config.mjs',
  maxWorkers: 2, // What really runs waits more than it works; three wanted more than two cores have.
  testTimeout: 120_000,
  forceExit: true, // What a test that failed leaves behind ends with this process, by its own guard.
};
