import type {
  EventFactory,
  OutgoingEvent,
  StreamName,
  ToolCallCalledBack,
  ToolCallOutcome,
  ToolCallRequested,
} from '@interject/contracts';
import type { Clock, Log, Tracer } from '@interject/observability';
import type { WaitReason } from '../limits/wait-reasons.js';
import type { BrokerTime } from '../registration/broker-time.js';
import type { CallbackOptions } from '../worker.types.js';
import type { JobSignal } from './job-signal.js';

/** What the execution knows of a delivery; a `DeliveryContext` of @interject/messaging fits. */
export interface JobDelivery {
  /** 1 for the first delivery. */
  readonly deliveryCount: number;
  readonly headers: Readonly<Record<string, string>>;
  /** When the tool call was stored, ms since the epoch, the broker's clock. */
  readonly storedAt?: number;
  /** Aborted when this process stops and will not wait any longer, or when the lease is not extended any more. */
  readonly signal: AbortSignal;
  /** Aborted as soon as this process stops: a job that has not begun is given back then. */
  readonly draining?: AbortSignal;
  /** Gives the place of this delivery to another one while it waits; false when that cannot be. */
  standAside?(): boolean;
  /** The end of that. Idempotent. */
  comeBack?(): void;
  /** Keeps the tool call for operators when its execution has ended, for a reason in a word. */
  keepAsDeadLetter?(reason: string): void;
  /** The lease is extended no longer than `ms` from now. */
  holdFor?(ms: number): void;
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
   * @param askedAt when the tool call was asked for, by this process's clock
   * @param key of the tool call
   * @returns ends the watch
   */
  watch(request: ToolCallRequested, job: JobSignal, askedAt: number, key: string): Promise<() => void>;
}

/** Hears what backends call back with. */
export interface CallbackAnswers {
  /**
   * Settles with the callback of a tool call, whether it came before or is still to come.
   *
   * @throws `signal.reason` when that is aborted; ContractError when the callback cannot be read
   */
  answer(request: ToolCallRequested, signal: AbortSignal): Promise<ToolCallCalledBack>;
  /**
   * What is stored by now; asked for until that is known.
   *
   * @throws as {@link answer}
   */
  stored(request: ToolCallRequested, signal: AbortSignal): Promise<ToolCallCalledBack | undefined>;
}

/** What handlers need to wait for callbacks. */
export interface CallbackPorts extends CallbackOptions {
  readonly answers: CallbackAnswers;
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
  /** A handler could not start at once. */
  delayed?(tool: string, reason: WaitReason): void;
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
  /** Without it `call.callback()` refuses. */
  readonly callbacks?: CallbackPorts | undefined;
  /** How many replicas of a tool live, for its rate limit; without it this is the only one. */
  readonly replicas?: { of(tool: string): number } | undefined;
  /** The broker's clock; without it the gateway's has to be taken for ours. */
  readonly brokerTime?: Pick<BrokerTime, 'ageOf' | 'known'> | undefined;
  /** Default: tracing is off. */
  readonly tracer?: Tracer | undefined;
}
