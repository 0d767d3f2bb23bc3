import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier/flat';
import tseslint from 'typescript-eslint';

/** Import rules of the layout: which library or app may import which. */
const depConstraints = [
  { sourceTag: 'scope:contracts', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'scope:observability', onlyDependOnLibsWithTags: ['scope:contracts', 'scope:testing'] },
  { sourceTag: 'scope:testing', onlyDependOnLibsWithTags: ['scope:contracts'] },
  { sourceTag: 'scope:runtime', onlyDependOnLibsWithTags: ['scope:observability', 'scope:testing'] },
  {
    sourceTag: 'scope:messaging',
    onlyDependOnLibsWithTags: ['scope:contracts', 'scope:observability', 'scope:testing'],
  },
  { sourceTag: 'scope:vapi', onlyDependOnLibsWithTags: ['scope:contracts', 'scope:observability', 'scope:testing'] },
  { sourceTag: 'scope:speech', onlyDependOnLibsWithTags: ['scope:contracts', 'scope:testing'] },
  {
    sourceTag: 'scope:worker-sdk',
    onlyDependOnLibsWithTags: ['scope:contracts', 'scope:messaging', 'scope:observability', 'scope:testing'],
  },
  ...[
    ['scope:gateway', []],
    ['scope:notifier', ['scope:speech']],
  ].map(([sourceTag, more]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: [
      'scope:contracts',
      'scope:messaging',
      'scope:vapi',
      'scope:runtime',
      'scope:observability',
      'scope:testing',
      ...more,
    ],
  })),
  {
    sourceTag: 'scope:worker',
    onlyDependOnLibsWithTags: [
      'scope:contracts',
      'scope:worker-sdk',
      'scope:runtime',
      'scope:observability',
      'scope:testing',
    ],
  },
  { sourceTag: 'scope:simulator', onlyDependOnLibsWithTags: [] },
  {
    sourceTag: 'scope:tools',
    onlyDependOnLibsWithTags: [
      'scope:contracts',
      'scope:messaging',
      'scope:vapi',
      'scope:runtime',
      'scope:observability',
      'scope:speech',
      'scope:testing',
    ],
  },
  {
    // It brings a worker of its own, and starts nats-servers.
    sourceTag: 'scope:bench',
    onlyDependOnLibsWithTags: [
      'scope:contracts',
      'scope:messaging',
      'scope:vapi',
      'scope:runtime',
      'scope:observability',
      'scope:speech',
      'scope:worker-sdk',
      'scope:testing',
    ],
  },
  { sourceTag: 'scope:e2e', onlyDependOnLibsWithTags: ['scope:contracts', 'scope:testing'] },
];

const noNats = {
  name: 'nats',
  message: 'Only libs/messaging and libs/testing know the NATS client: use what @interject/messaging offers.',
};
const noTesting = {
  name: '@interject/testing',
  message: 'The test kit is for specs and e2e only.',
};

/** A message of the log says what happened, never to whom: that is a field, and private fields are redacted. */
const LOG_CALL = ['callee.object.name=/^log$/i', 'callee.object.property.name=/^log$/i'].map(
  (object) => `CallExpression[${object}][callee.property.name=/^(fatal|error|warn|info|debug|trace)$/]`,
);
const MADE_UP = [
  "[arguments.0.type='TemplateLiteral'][arguments.0.expressions.length>0]",
  "[arguments.0.type='BinaryExpression']",
];
const staticMessages = LOG_CALL.flatMap((call) => MADE_UP.map((message) => `${call}${message}`)).map((selector) => ({
  selector,
  message: 'A log message is static text; whatever varies is a field.',
}));

const here = import.meta.dirname;
/** Specs, and the './testing' entries of libraries. */
const SPECS = ['**/*.spec.ts', '**/*.e2e-spec.ts', '**/src/testing/**/*.ts', '**/src/harness/**/*.ts'];

// Exceptions that a project's own eslint.config.mjs takes, so that each is seen where it holds.

/** libs/messaging and libs/testing: the NATS client lives there. */
export const mayUseNats = {
  files: ['**/*.ts'],
  ignores: SPECS,
  rules: { 'no-restricted-imports': ['error', { paths: [noTesting] }] },
};

/** tools/bench: the test kit starts its nats-servers. */
export const mayUseTesting = (files) => ({ files, rules: { 'no-restricted-imports': ['error', { paths: [noNats] }] } });

/** tools/bench: three hops by hand, to compare with, need the bare client. */
export const mayUseBareNats = (files) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { paths: [noTesting] }] },
});

/** The one place of a service's environment (libs/runtime), and the simulator's own: it imports nothing of ours. */
export const mayReadEnvironment = (file) => ({ files: [file], rules: { 'no-restricted-properties': 'off' } });

/** Programs that talk to a person at a terminal. */
export const mayUseConsole = { files: ['**/*.ts'], rules: { 'no-console': 'off' } };

export default tseslint.config(
  { ignores: ['**/dist', '**/out-tsc', '**/coverage', '**/tmp', '**/node_modules'] },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, ...tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: here } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: true, banTransitiveDependencies: true, allow: [], depConstraints },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true, IIFEs: true }],
      'no-console': 'error',
      'no-restricted-imports': ['error', { paths: [noNats, noTesting] }],
      'no-restricted-syntax': ['error', ...staticMessages],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'The environment is read in libs/runtime only: inject configuration.',
        },
      ],
    },
  },
  {
    files: SPECS,
    rules: {
      'no-restricted-imports': 'off',
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  prettier,
);
