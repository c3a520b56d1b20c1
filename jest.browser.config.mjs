import base from './jest.config.mjs';

/** What needs Chromium beside Node: Debian's package `chromium`, or CHROMIUM=/path/to/it. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
  testPathIgnorePatterns: [],
  reporters: ['default'],
};
