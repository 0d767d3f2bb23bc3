// Jest in ESM mode: Nest 12 is ESM only. Run with NODE_OPTIONS=--experimental-vm-modules (docs/adr/0002).
module.exports = {
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  // Suites that take long run with `npm run test:slow` only.
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.TEST_SLOW === '1' ? [] : [String.raw`\.slow\.`])],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        module: { type: 'es6' },
        sourceMaps: 'inline',
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
      },
    ],
  },
  // Sources import './x.js' as Node wants it; under Jest the file is './x.ts'.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Libraries are tested from their sources, without a build. Do not add 'import': it breaks CommonJS dependencies.
  testEnvironmentOptions: { customExportConditions: ['@interject/source', 'node', 'node-addons'] },
};
