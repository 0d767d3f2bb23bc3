import 'reflect-metadata';
import { bootstrap } from '@interject/runtime';
import { TOOL_CALL_STRATEGY } from '@interject/worker-sdk';
import { AppModule } from './app.module.js';
import { HttpWorkerConfig } from './http-worker.config.js';

await bootstrap({
  service: 'http-worker',
  defaultManagementPort: 9110,
  configs: [HttpWorkerConfig],
  module: AppModule,
  strategies: [TOOL_CALL_STRATEGY],
});
