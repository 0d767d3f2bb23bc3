import base from '../../eslint.config.mjs';

export default [
  ...base,
  {
    // Helpers of specs, compiled and linted with them.
    files: ['**/*.spec-kit.ts'],
    rules: { 'no-restricted-imports': 'off', 'max-lines-per-function': 'off' },
  },
];
