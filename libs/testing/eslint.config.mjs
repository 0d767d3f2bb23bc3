import base, { mayReadEnvironment, mayUseNats } from '../../eslint.config.mjs';

export default [...base, mayUseNats, mayReadEnvironment('src/nats-process.ts')];
