import { toolCallKey } from '@interject/contracts';
import type { SpeechPlan, ToolCallRequested } from '@interject/contracts';
import type { Log } from '@interject/observability';
import type { Callback, ToolCallContext, ToolLog } from '../tool.types.js';
import type { RunningAttempt } from './attempt.js';
import type { ProgressReporter } from './progress-reporter.js';

export interface HandlerContextOptions {
  readonly request: ToolCallRequested;
  readonly attempt: number;
  readonly deadlineAt: number;
  readonly running: RunningAttempt;
  readonly log: Log;
  readonly progress: ProgressReporter;
  readonly callback: () => Promise<Callback>;
  /** Undefined while tracing is off. */
  readonly traceparent: string | undefined;
}

/** What the handler of one attempt gets. */
export class HandlerContext implements ToolCallContext {
  readonly callId: string;
  readonly toolCallId: string;
  readonly tool: string;
  readonly attempt: number;
  readonly requestedAt: number;
  readonly deadlineAt: number;
  private child: ToolLog | undefined;

  constructor(private readonly options: HandlerContextOptions) {
    this.callId = options.request.callId;
    this.toolCallId = options.request.toolCallId;
    this.tool = options.request.tool;
    this.requestedAt = options.request.requestedAt;
    this.attempt = options.attempt;
    this.deadlineAt = options.deadlineAt;
  }

  get signal(): AbortSignal {
    return this.options.running.signal;
  }

  get traceparent(): string | undefined {
    return this.options.traceparent;
  }

  get idempotencyKey(): string {
    return toolCallKey(this.callId, this.toolCallId);
  }

  /** Made when first asked for: most handlers log nothing. */
  get log(): ToolLog {
    const { tool, callId, toolCallId, attempt } = this;
    this.child ??= this.options.log.child({ tool, callId, toolCallId, attempt });
    return this.child;
  }

  /** Bound, so that a handler may take it out of the context. */
  readonly progress = async (text: string, speech?: SpeechPlan): Promise<void> => {
    await this.options.progress.report(!this.options.running.isDecided, text, speech);
  };

  readonly callback = async (): Promise<Callback> => this.options.callback();
}
