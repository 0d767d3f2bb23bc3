import 'reflect-metadata';
import { bootstrap } from '@interject/runtime';
import { TOOL_CALL_STRATEGY } from '@interject/worker-sdk';
import { AppModule } from './app.module.js';

await bootstrap({
  service: 'bench-worker',
  defaultManagementPort: 9130,
  configs: [],
  module: AppModule,
  strategies: [TOOL_CALL_STRATEGY],
});
