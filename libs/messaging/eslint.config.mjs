import base, { mayUseNats } from '../../eslint.config.mjs';

export default [...base, mayUseNats];
