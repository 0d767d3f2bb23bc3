const preset = require('../jest.preset.cjs');

// Scenes whose outcome hangs on fractions of a second are played with the machine to themselves.
const part = process.env.E2E_PART;
const TIMED = String.raw`\.timed\.(slow\.)?e2e-spec\.ts$`;

const ignored = {
  timed: [String.raw`/(?!.*\.timed\.)[^/]*\.(e2e-)?spec\.ts$`],
  others: [TIMED],
};

module.exports = {
  displayName: 'e2e',
  preset: '../jest.preset.cjs',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/src/**/*.e2e-spec.ts'],
  testPathIgnorePatterns: [...preset.testPathIgnorePatterns, ...(part === undefined ? [] : ignored[part])],
  testTimeout: 60_000,
};
