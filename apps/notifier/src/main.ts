import { bootstrap } from '@interject/runtime';
import { notifierOptions } from './notifier.options.js';

await bootstrap(notifierOptions);
