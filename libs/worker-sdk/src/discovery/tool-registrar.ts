import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { Buckets, Streams, Subjects, workerDurable } from '@interject/contracts';
import { EventPublisher, JetStreamStrategy, KvStore, MessagingConnection, StreamReader } from '@interject/messaging';
import type { DeliveryContext } from '@interject/messaging';
import { Clock, Log } from '@interject/observability';
import { compileTools } from '../definition/compile-tools.js';
import { ToolCallExecution } from '../execution/tool-call-execution.js';
import { JobMetrics } from '../job-metrics.js';
import { RegisteredTools } from '../registration/registered-tools.js';
import { ToolPublication } from '../registration/tool-publication.js';
import type { CompiledTool } from '../tool-source.types.js';
import { CallEventsWatch } from '../watch/call-events-watch.js';
import { WORKER_OPTIONS } from '../worker.constants.js';
import { WorkerStartError } from '../worker-start.errors.js';
import type { WorkerOptions } from '../worker.types.js';
import { ToolExplorer } from './tool-explorer.js';

/** Starts what the explorer found: one durable consumer for each tool, its definition in KV, the watch over calls. */
@Injectable()
export class ToolRegistrar implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly publication: ToolPublication;
  private readonly callEnds: CallEventsWatch;
  private tools: readonly CompiledTool[] = [];
  private removeReconnectListener: (() => void) | undefined;

  constructor(
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
    @Inject(ToolExplorer) private readonly explorer: ToolExplorer,
    @Inject(JetStreamStrategy) private readonly strategy: JetStreamStrategy,
    @Inject(MessagingConnection) private readonly connection: MessagingConnection,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(StreamReader) private readonly reader: StreamReader,
    @Inject(KvStore) kv: KvStore,
    @Inject(RegisteredTools) registered: RegisteredTools,
    @Inject(JobMetrics) private readonly metrics: JobMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {
    this.publication = new ToolPublication({ bucket: kv.bucket(Buckets.Tools), clock, log, registered });
    this.callEnds = new CallEventsWatch({ source: reader, events: publisher.events, clock, log });
  }

  /** @throws WorkerStartError with all that is wrong with the tools */
  onModuleInit(): void {
    const found = this.explorer.explore();
    const compiled = compileTools(found.registrations, this.options.service);
    const problems = [...found.problems, ...compiled.problems];
    if (problems.length > 0) throw new WorkerStartError(problems);
    this.tools = compiled.tools;
    for (const tool of this.tools) this.addHandler(tool);
  }

  onApplicationBootstrap(): void {
    this.publication.start(this.tools);
    this.removeReconnectListener = this.connection.onReconnected(() => {
      this.publication.refresh();
    });
    const hearsEnds = this.tools.some(({ definition }) => definition.onCallEnded === 'cancel');
    void this.callEnds.start(hearsEnds);
  }

  /** After the drain: no job runs any more. */
  async beforeApplicationShutdown(): Promise<void> {
    this.removeReconnectListener?.();
    await Promise.all([this.publication.stop(), this.callEnds.stop()]);
  }

  private addHandler(tool: CompiledTool): void {
    const { name } = tool.definition;
    const execution = new ToolCallExecution(tool, {
      clock: this.clock,
      sink: this.publisher,
      results: this.reader,
      callEnds: this.callEnds,
      observer: this.metrics,
      log: this.log,
      random: Math.random,
    });
    this.metrics.showRunning(name, () => execution.running);
    const callback = async (data: unknown, context: DeliveryContext): Promise<void> => {
      await execution.handle(data, context);
    };
    this.strategy.addHandler(Subjects.toolCallsOfTool(name), callback as never, true, {
      durable: workerDurable(name),
      stream: Streams.ToolCalls,
      concurrency: tool.concurrency,
    });
  }
}
