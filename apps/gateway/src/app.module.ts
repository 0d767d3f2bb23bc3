import { Inject, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { MessagingConnection, MessagingModule } from '@interject/messaging';
import { Log } from '@interject/observability';
import { Clock, Readiness, ServiceConfig } from '@interject/runtime';
import { AdmissionControl } from './admission/admission-control.service.js';
import { installAdmissionHooks } from './admission/admission-hooks.js';
import { AdmissionMetrics } from './admission/admission-metrics.js';
import { BoundedPublisher } from './admission/bounded-publisher.service.js';
import { BrokerLoad } from './admission/broker-load.service.js';
import { StoreWatch } from './admission/store-watch.service.js';
import { AnnouncementsController } from './announcements/announcements.controller.js';
import { Announcements } from './announcements/announcements.service.js';
import { installApiHooks } from './api/api-access.js';
import { measureApi } from './api/measure-api.js';
import { ToolsController } from './api/tools.controller.js';
import { installCallbackHooks } from './callbacks/callback-hooks.js';
import { CallbacksController } from './callbacks/callbacks.controller.js';
import { Callbacks } from './callbacks/callbacks.service.js';
import { CallerToolAnswers } from './caller-tools/caller-tools.service.js';
import { CancelClaims } from './caller-tools/cancel-claims.service.js';
import { CallQuery } from './calls/call-query.service.js';
import { Cancellations } from './calls/cancellations.service.js';
import { CallsController } from './calls/calls.controller.js';
import { ControlUrls } from './calls/control-urls.service.js';
import { TaskMetrics } from './calls/task-metrics.js';
import { DuplicateGuard } from './duplicates/duplicate-guard.service.js';
import { StoredToolCalls } from './duplicates/stored-tool-calls.service.js';
import { GatewayConfig } from './gateway.config.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { FullLedger } from './grace/full-ledger.service.js';
import { GraceWindows } from './grace/grace-windows.service.js';
import { Ledger } from './grace/ledger.service.js';
import { RegistryMetrics } from './registry/registry-metrics.js';
import { ToolRegistry } from './registry/tool-registry.service.js';
import { ToolCallIntake } from './webhook/tool-call-intake.service.js';
import { WebhookAuthentication } from './webhook/webhook-authentication.service.js';
import { installWebhookHooks } from './webhook/webhook-hooks.js';
import { WebhookController } from './webhook/webhook.controller.js';
import { WebhookService } from './webhook/webhook.service.js';

/** The edge: Vapi's webhooks and backend services' requests come in here, and become events. */
@Module({
  imports: [
    MessagingModule.forRootAsync({
      inject: [ServiceConfig],
      useFactory: ({ natsUrl: url, access, service, streams }: ServiceConfig) => ({
        url,
        access,
        service,
        ...streams,
      }),
    }),
  ],
  controllers: [WebhookController, ToolsController, CallsController, AnnouncementsController, CallbacksController],
  providers: [
    GatewayMetrics,
    TaskMetrics,
    RegistryMetrics,
    AdmissionMetrics,
    BrokerLoad,
    AdmissionControl,
    BoundedPublisher,
    StoreWatch,
    ToolRegistry,
    Ledger,
    FullLedger,
    GraceWindows,
    StoredToolCalls,
    DuplicateGuard,
    ToolCallIntake,
    ControlUrls,
    WebhookAuthentication,
    WebhookService,
    CallQuery,
    Cancellations,
    CancelClaims,
    CallerToolAnswers,
    Callbacks,
    Announcements,
  ],
})
export class AppModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(WebhookAuthentication) private readonly authentication: WebhookAuthentication,
    @Inject(AdmissionControl) private readonly admission: AdmissionControl,
    @Inject(GraceWindows) private readonly grace: GraceWindows,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Inject(TaskMetrics) private readonly taskMetrics: TaskMetrics,
    @Inject(Callbacks) private readonly callbacks: Callbacks,
    @Inject(MessagingConnection) private readonly connection: MessagingConnection,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    const server = this.http.httpAdapter.getInstance<FastifyInstance>();
    this.authentication.installHooks(server);
    installWebhookHooks(server, this.metrics);
    installApiHooks(server, this.config);
    measureApi(server, this.metrics);
    const { config, taskMetrics: metrics, callbacks, clock } = this;
    installCallbackHooks(server, { config, metrics, callbacks, clock });
    // Behind those that keep strangers out.
    installAdmissionHooks(server, this.admission);
    if (this.config.publicUrl !== undefined && this.config.callbackSecret === undefined) {
      this.log.info('backends cannot call back: GATEWAY_PUBLIC_URL is set and CALLBACK_SECRET is not');
    }
    // Before the server waits for its requests in flight.
    server.addHook('preClose', async () => {
      this.grace.endAll();
    });
    this.readiness.register('nats', async () => {
      await this.connection.check();
      return { status: 'up' };
    });
  }
}
