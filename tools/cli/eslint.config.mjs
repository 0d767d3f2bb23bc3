import base, { mayUseConsole } from '../../eslint.config.mjs';

export default [...base, mayUseConsole];
