import 'reflect-metadata';
import { bootstrap } from '@interject/runtime';
import { TOOL_CALL_STRATEGY } from '@interject/worker-sdk';
import { AppModule } from './app.module.js';
import { AppointmentsConfig } from './appointments/appointments.config.js';
import { DatabaseConfig } from './database/database.config.js';

await bootstrap({
  service: 'appointments-worker',
  defaultManagementPort: 9111,
  configs: [AppointmentsConfig, DatabaseConfig],
  module: AppModule,
  strategies: [TOOL_CALL_STRATEGY],
});
