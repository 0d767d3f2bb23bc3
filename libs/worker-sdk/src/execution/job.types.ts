import type { EventFactory, OutgoingEvent, StreamName, ToolCallOutcome, ToolCallRequested } from '@interject/contracts';
import type { Clock, Log } from '@interject/observability';
import type { JobSignal } from './job-signal.js';

/** What the execution knows of a delivery; a `DeliveryContext` of @interject/messaging fits. */
export interface JobDelivery {
  /** 1 for the first delivery. */
  readonly deliveryCount: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when this process stops and will not wait any longer. */
  readonly signal: AbortSignal;
}

/** Stores events; the `EventPublisher` of @interject/messaging fits. */
export interface EventSink {
  readonly events: EventFactory;
  publish(event: OutgoingEvent, options?: { readonly traceparent?: string }): Promise<{ readonly repeated: boolean }>;
}

/** Looks up the last message of a subject; the `StreamReader` of @interject/messaging fits. */
export interface LastMessageSource {
  last(stream: StreamName, subject: string): Promise<object | undefined>;
}

/** Tells running jobs that their call ended or that they were cancelled. */
export interface CallEndWatch {
  /**
   * Stops `job` if that happened already, or when it happens.
   *
   * @returns ends the watch
   */
  watch(request: ToolCallRequested, job: JobSignal): Promise<() => void>;
}

/** Things that went wrong beside the result: counted, so that they are seen. */
export const JobFaults = {
  /** `say` or `sayFailure` threw, or gave something that is not text. */
  Wording: 'wording',
  /** The handler asked for a speech plan that does not fit the contract. */
  SpeechPlan: 'speech-plan',
  /** A progress report could not be stored. */
  ProgressLost: 'progress-lost',
  /** A progress report came after the attempt had been decided, had no text, or was one too many for a tool call. */
  ProgressDropped: 'progress-dropped',
  /** A progress report that waited for its turn gave way to a newer one. */
  ProgressReplaced: 'progress-replaced',
  /** A handler came to an end after its attempt had been decided without it. */
  LateHandler: 'late-handler',
  /** Storing a result had to be tried again. */
  PublishRetried: 'publish-retried',
  /** Somebody else's result was first. */
  ResultRepeated: 'result-repeated',
} as const;
export type JobFault = (typeof JobFaults)[keyof typeof JobFaults];

/** Hears what becomes of jobs; made into metrics. */
export interface JobObserver {
  /** @param queuedMs from the request to the start of the job */
  started(tool: string, queuedMs: number): void;
  attempted(tool: string): void;
  /** @param durationMs from the start of the job to its decision */
  finished(tool: string, outcome: ToolCallOutcome, durationMs: number): void;
  fault(tool: string, fault: JobFault): void;
}

/** The edges of the execution. */
export interface ExecutionPorts {
  readonly clock: Clock;
  readonly sink: EventSink;
  readonly results: LastMessageSource;
  readonly callEnds: CallEndWatch;
  readonly observer: JobObserver;
  readonly log: Log;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}
