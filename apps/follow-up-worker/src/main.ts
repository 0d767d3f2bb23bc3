import 'reflect-metadata';
import { bootstrap } from '@interject/runtime';
import { TOOL_CALL_STRATEGY } from '@interject/worker-sdk';
import { AppModule } from './app.module.js';
import { FollowUpConfig } from './follow-up.config.js';

await bootstrap({
  service: 'follow-up-worker',
  defaultManagementPort: 9112,
  configs: [FollowUpConfig],
  module: AppModule,
  strategies: [TOOL_CALL_STRATEGY],
});
