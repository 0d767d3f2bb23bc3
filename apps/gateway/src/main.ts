import { bootstrap } from '@interject/runtime';
import { gatewayOptions } from './gateway.options.js';

await bootstrap(gatewayOptions);
