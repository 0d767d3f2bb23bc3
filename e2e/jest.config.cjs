const slow = process.env.E2E_SLOW === '1';

module.exports = {
  displayName: 'e2e',
  preset: '../jest.preset.cjs',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/src/**/*.e2e-spec.ts'],
  // Suites that take minutes run with `npm test -- --slow` only.
  testPathIgnorePatterns: ['/node_modules/', ...(slow ? [] : ['\\.slow\\.e2e-spec\\.ts$'])],
  testTimeout: 60_000,
};
