module.exports = {
  displayName: 'workspace',
  preset: '../../jest.preset.cjs',
  testMatch: ['<rootDir>/src/**/*.spec.mjs'],
};
