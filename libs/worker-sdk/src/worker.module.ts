import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Buckets, Streams } from '@interject/contracts';
import { MessagingModule } from '@interject/messaging';
import { CallEventExplorer } from './call-events/call-event-explorer.js';
import { CallEventMetrics } from './call-events/call-event-metrics.js';
import { CallEventRegistrar } from './call-events/call-event-registrar.js';
import { ToolExplorer } from './discovery/tool-explorer.js';
import { ToolMetadataAccessor } from './discovery/tool-metadata.accessor.js';
import { ToolRegistrar } from './discovery/tool-registrar.js';
import { JobMetrics } from './job-metrics.js';
import { LiveReplicas } from './registration/live-replicas.js';
import { RegisteredTools } from './registration/registered-tools.js';
import { WorkerPresence } from './registration/worker-presence.js';
import { WorkerHealth } from './worker-health.js';
import { WorkerRegistrar } from './worker-registrar.js';
import { WORKER_OPTIONS } from './worker.constants.js';
import type { WorkerModuleAsyncOptions, WorkerOptions } from './worker.types.js';

/** What workers work with, and all that they may see of NATS. */
const WORKER_STORES = [
  Streams.ToolCalls,
  Streams.CallEvents,
  Streams.DeadLetters,
  Buckets.Tools,
  Buckets.Workers,
  Buckets.Settings,
] as const;

const providers: Provider[] = [
  ToolMetadataAccessor,
  ToolExplorer,
  RegisteredTools,
  LiveReplicas,
  WorkerPresence,
  JobMetrics,
  ToolRegistrar,
  CallEventExplorer,
  CallEventMetrics,
  CallEventRegistrar,
  WorkerRegistrar,
  WorkerHealth,
];

/** All that a worker app needs beside its own providers. Expects `Log`, `Metrics` and `Clock` in the app, as the runtime gives them. */
@Module({})
export class WorkerModule {
  /**
   * @example
   * WorkerModule.forRootAsync({
   *   inject: [ServiceConfig],
   *   useFactory: ({ natsUrl, access, service, streams }: ServiceConfig) => ({ natsUrl, access, service, streams }),
   * })
   */
  static forRootAsync(options: WorkerModuleAsyncOptions): DynamicModule {
    const imports = options.imports ?? [];
    const inject = options.inject ?? [];
    const make = async (...injected: never[]): Promise<WorkerOptions> => options.useFactory(...injected);
    const messaging = MessagingModule.forRootAsync({
      imports,
      inject,
      useFactory: async (...injected) => {
        const { natsUrl: url, access, service, streams } = await make(...injected);
        // Who has a user of its own may not make streams: the gateway and the notifier do.
        return { url, access, service, ...streams, stores: WORKER_STORES, makesStreams: access === undefined };
      },
    });
    return {
      module: WorkerModule,
      imports: [...imports, DiscoveryModule, messaging],
      providers: [{ provide: WORKER_OPTIONS, inject, useFactory: make as never }, ...providers],
      exports: [RegisteredTools, WorkerHealth],
    };
  }
}
