import type { ServiceOptions } from '@interject/runtime';
import { NotifierConfig } from './notifier.config.js';
import { NotifierModule } from './notifier.module.js';

/** What `bootstrap` needs to run the notifier. */
export const notifierOptions: ServiceOptions = {
  service: 'notifier',
  defaultManagementPort: 9101,
  configs: [NotifierConfig],
  module: NotifierModule,
};
