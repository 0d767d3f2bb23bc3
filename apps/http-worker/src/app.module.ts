import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Readiness, ServiceConfig } from '@interject/runtime';
import { WorkerHealth, WorkerModule } from '@interject/worker-sdk';
import { BackendMetrics } from './backend/backend-metrics.js';
import { HttpBackend } from './backend/http-backend.js';
import { HttpToolsSource } from './http-tools.source.js';
import { HttpWorkerConfig } from './http-worker.config.js';

@Module({
  imports: [
    WorkerModule.forRootAsync({
      inject: [ServiceConfig, HttpWorkerConfig],
      useFactory: ({ natsUrl, access, service, streams }: ServiceConfig, { callbacks }: HttpWorkerConfig) => ({
        natsUrl,
        access,
        service,
        streams,
        callbacks,
      }),
    }),
  ],
  providers: [BackendMetrics, HttpBackend, HttpToolsSource],
})
export class AppModule implements OnModuleInit {
  constructor(
    private readonly readiness: Readiness,
    private readonly health: WorkerHealth,
  ) {}

  onModuleInit(): void {
    this.readiness.register('nats', () => this.health.nats());
    this.readiness.register('tools', () => this.health.tools());
  }
}
