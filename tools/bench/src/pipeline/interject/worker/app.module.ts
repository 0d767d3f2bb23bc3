import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Readiness, ServiceConfig } from '@interject/runtime';
import { WorkerHealth, WorkerModule } from '@interject/worker-sdk';
import { BuildReport } from './build-report.tool.js';

/** A worker app as any team would write it. */
@Module({
  imports: [
    WorkerModule.forRootAsync({
      inject: [ServiceConfig],
      useFactory: ({ natsUrl, service }: ServiceConfig) => ({ natsUrl, service }),
    }),
  ],
  providers: [BuildReport],
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
