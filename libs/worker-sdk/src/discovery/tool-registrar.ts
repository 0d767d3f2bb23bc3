import { Inject, Injectable } from '@nestjs/common';
import { Buckets, Streams, Subjects, workerDurable } from '@interject/contracts';
import { EventPublisher, JetStreamStrategy, KvStore, MessagingConnection, StreamReader } from '@interject/messaging';
import type { DeliveryContext } from '@interject/messaging';
import { Clock, Log } from '@interject/observability';
import { ToolCallExecution } from '../execution/tool-call-execution.js';
import { JobMetrics } from '../job-metrics.js';
import { RegisteredTools } from '../registration/registered-tools.js';
import { ToolPublication } from '../registration/tool-publication.js';
import type { CompiledTool } from '../tool-source.types.js';
import { CallEventsWatch } from '../watch/call-events-watch.js';

/** What a tool needs to be called: one durable consumer each, its definition in KV, the watch over calls. */
@Injectable()
export class ToolRegistrar {
  private readonly publication: ToolPublication;
  private readonly callEnds: CallEventsWatch;
  private tools: readonly CompiledTool[] = [];
  private removeReconnectListener: (() => void) | undefined;

  constructor(
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

  /** Before the strategy listens. */
  addHandlers(tools: readonly CompiledTool[]): void {
    this.tools = tools;
    for (const tool of tools) this.addHandler(tool);
  }

  /** Registers the tools and looks after them, without being waited for. */
  start(): void {
    this.publication.start(this.tools);
    // Who only follows calls has no job that could be cancelled.
    if (this.tools.length === 0) return;
    this.removeReconnectListener = this.connection.onReconnected(() => {
      this.publication.refresh();
    });
    const hearsEnds = this.tools.some(({ definition }) => definition.onCallEnded === 'cancel');
    void this.callEnds.start(hearsEnds);
  }

  /** After the drain: no job runs any more. */
  async stop(): Promise<void> {
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
