import base, { mayReadEnvironment } from '../../eslint.config.mjs';

export default [...base, mayReadEnvironment('src/environment.ts')];
