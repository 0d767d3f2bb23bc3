import base, { mayReadEnvironment } from '../eslint.config.mjs';

// The harness starts processes and gives them an environment. The fault suite is a test, though not one of Jest's.
export default [
  ...base,
  mayReadEnvironment('src/harness/environment.ts'),
  { files: ['src/faults/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
];
