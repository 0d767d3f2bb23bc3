import { Inject, Injectable, Optional } from '@nestjs/common';
import { Streams, Subjects, workerDurable } from '@interject/contracts';
import { EventPublisher, JetStreamStrategy, StreamReader } from '@interject/messaging';
import type { DeliveryContext } from '@interject/messaging';
import { Clock, Log, Tracer } from '@interject/observability';
import { CalledBackWatch } from '../callbacks/called-back-watch.js';
import { definitionWarnings } from '../definition/definition-warnings.js';
import { ToolCallExecution } from '../execution/tool-call-execution.js';
import { JobMetrics } from '../job-metrics.js';
import { LiveReplicas } from '../registration/live-replicas.js';
import type { CompiledTool } from '../tool-source.types.js';
import { CallEventsWatch } from '../watch/call-events-watch.js';
import { WORKER_OPTIONS } from '../worker.constants.js';
import type { WorkerOptions } from '../worker.types.js';

/** What a tool needs to be run: one durable consumer each, and the watch over calls and callbacks. */
@Injectable()
export class ToolRegistrar {
  private readonly callEnds: CallEventsWatch;
  private readonly calledBack: CalledBackWatch;
  private tools: readonly CompiledTool[] = [];

  constructor(
    @Inject(WORKER_OPTIONS) private readonly options: WorkerOptions,
    @Inject(JetStreamStrategy) private readonly strategy: JetStreamStrategy,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(StreamReader) private readonly reader: StreamReader,
    @Inject(JobMetrics) private readonly metrics: JobMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
    @Inject(LiveReplicas) private readonly replicas: LiveReplicas,
    @Optional() @Inject(Tracer) private readonly tracer?: Tracer,
  ) {
    this.callEnds = new CallEventsWatch({ source: reader, events: publisher.events, clock, log });
    this.calledBack = new CalledBackWatch({ source: reader, events: publisher.events, clock, log });
  }

  /** Before the strategy listens. */
  addHandlers(tools: readonly CompiledTool[]): void {
    this.tools = tools;
    for (const tool of tools) this.addHandler(tool);
  }

  /** Begins to hear of calls, without being waited for. */
  start(): void {
    // Who only follows calls has no job that could be cancelled.
    if (this.tools.length === 0) return;
    const hearsEnds = this.tools.some(({ definition }) => definition.onCallEnded === 'cancel');
    void this.callEnds.start(hearsEnds);
  }

  /** After the drain: no job runs any more. */
  async stop(): Promise<void> {
    await Promise.all([this.callEnds.stop(), this.calledBack.stop()]);
  }

  private addHandler(tool: CompiledTool): void {
    const { name } = tool.definition;
    const { callbacks } = this.options;
    for (const warning of definitionWarnings(tool.definition)) {
      this.log.warn('a tool may not be meant as it is', { tool: name, warning });
    }
    const execution = new ToolCallExecution(tool, {
      clock: this.clock,
      sink: this.publisher,
      results: this.reader,
      callEnds: this.callEnds,
      observer: this.metrics,
      log: this.log,
      random: Math.random,
      callbacks: callbacks && { ...callbacks, answers: this.calledBack },
      replicas: this.replicas,
      brokerTime: this.replicas.brokerTime,
      tracer: this.tracer,
    });
    this.metrics.show(name, () => execution);
    const callback = async (data: unknown, context: DeliveryContext): Promise<void> => {
      await execution.handle(data, context);
    };
    this.strategy.addHandler(Subjects.toolCallsOfTool(name), callback as never, true, {
      durable: workerDurable(name),
      stream: Streams.ToolCalls,
      concurrency: tool.concurrency,
      onLeaseCeiling: () => {
        this.metrics.leaseCeiling(name);
      },
      onLetterLost: () => {
        this.metrics.letterLost(name);
      },
    });
  }
}
