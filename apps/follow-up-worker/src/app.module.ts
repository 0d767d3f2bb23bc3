import { Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Readiness, ServiceConfig } from '@interject/runtime';
import { WorkerHealth, WorkerModule } from '@interject/worker-sdk';
import { FollowUpMetrics } from './follow-up-metrics.js';
import { SendFollowUp } from './send-follow-up.handler.js';
import { WebhookClient } from './webhook/webhook.client.js';

@Module({
  imports: [
    WorkerModule.forRootAsync({
      inject: [ServiceConfig],
      useFactory: ({ natsUrl, access, service, streams }: ServiceConfig) => ({ natsUrl, access, service, streams }),
    }),
  ],
  providers: [WebhookClient, FollowUpMetrics, SendFollowUp],
})
export class AppModule implements OnModuleInit {
  constructor(
    private readonly readiness: Readiness,
    private readonly health: WorkerHealth,
  ) {}

  onModuleInit(): void {
    this.readiness.register('nats', () => this.health.nats());
  }
}
