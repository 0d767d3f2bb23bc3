const slow = process.env.E2E_SLOW === '1';
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
  testPathIgnorePatterns: [
    '/node_modules/',
    // Suites that take minutes run with `npm run test:slow` only.
    ...(slow ? [] : [String.raw`\.slow\.e2e-spec\.ts$`]),
    ...(part === undefined ? [] : ignored[part]),
  ],
  testTimeout: 60_000,
};
