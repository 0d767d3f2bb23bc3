import base, { mayReadEnvironment } from '../eslint.config.mjs';

// The harness starts processes and gives them an environment.
export default [...base, mayReadEnvironment('src/harness/environment.ts')];
