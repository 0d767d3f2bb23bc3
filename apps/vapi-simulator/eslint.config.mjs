import base, { mayReadEnvironment, mayUseConsole } from '../../eslint.config.mjs';

export default [...base, mayReadEnvironment('src/simulator.config.ts'), mayUseConsole];
