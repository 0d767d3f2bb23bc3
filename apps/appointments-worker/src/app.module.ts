import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Readiness, ServiceConfig } from '@interject/runtime';
import { WorkerHealth, WorkerModule } from '@interject/worker-sdk';
import { ToolsModule } from './tools/tools.module.js';

@Module({
  imports: [
    WorkerModule.forRootAsync({
      inject: [ServiceConfig],
      useFactory: ({ natsUrl, access, service, streams }: ServiceConfig) => ({ natsUrl, access, service, streams }),
    }),
    ToolsModule,
  ],
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
