import base, { mayUseBareNats, mayUseConsole, mayUseTesting } from '../../eslint.config.mjs';

export default [
  ...base,
  mayUseConsole,
  mayUseTesting(['src/pipeline/**/*.ts']),
  mayUseBareNats(['src/pipeline/floor/**/*.ts']),
];
