import type { CallEndPolicy, DuplicateScope, SpeechPlan, ToolCallMode, ToolCallOutcome } from '@interject/contracts';

/** What a handler or the runtime logs with: static text and fields. Fits the `Log` of @interject/observability. */
export interface ToolLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Words for the caller, with wishes about how they are said. A plain string has no wishes. */
export interface SpokenText {
  readonly text: string;
  readonly speech?: SpeechPlan;
}

/** Why there is no result, as told to {@link Tool.sayFailure}. */
export interface ToolFailure {
  readonly outcome: Exclude<ToolCallOutcome, 'succeeded'>;
  /** As in the result event, e.g. `handler-failed`, `deadline-exceeded`, `queue-expired`. */
  readonly code: string;
  /** How often the handler was tried; 0 when it never ran. */
  readonly attempts: number;
  /** What the last attempt threw. Private: do not say or log its text. */
  readonly error?: unknown;
}

/** What came by a callback. */
export interface CallbackAnswer {
  readonly outcome: 'succeeded' | 'failed';
  /** The JSON body. */
  readonly data?: unknown;
}

/** For a backend that takes a job and answers later: the URL it shall call, and the wait for that. */
export interface Callback {
  /** Unguessable, for this tool call alone. A POST to it is the answer, one to `<url>/failure` says that the job failed. */
  readonly url: string;
  /**
   * The backend has the job from an attempt before this one, here or on a replica that was lost: it was handed over, or the
   * backend has called back. Do not ask again, {@link answer} brings it.
   */
  readonly wasHandedOver: boolean;
  /**
   * Call it once the backend has taken the job (HTTP 202). Settles when that is stored, may be called again. From then on
   * the deadline of the attempt is that of the job: another attempt would only wait once more.
   *
   * @throws `signal.reason` when the attempt is aborted before it is stored
   */
  handedOver(): Promise<void>;
  /**
   * What the backend called back with, whether it came before or is still to come.
   *
   * @throws `signal.reason` when the attempt is aborted; an error that no retry heals when the callback cannot be read
   */
  answer(): Promise<CallbackAnswer>;
  /**
   * What the backend has called back with by now; does not wait for more. For a request that ended otherwise: its answer may
   * be lost although the job is done.
   *
   * @throws as {@link answer}
   */
  peek(): Promise<CallbackAnswer | undefined>;
}

/** What a handler may know and do while it runs. Nothing of Vapi, nothing of the broker. */
export interface ToolCallContext {
  readonly callId: string;
  readonly toolCallId: string;
  readonly tool: string;
  /** 1 for the first attempt of this delivery. */
  readonly attempt: number;
  /** The same for every attempt, delivery and replica: give it to backends that can recognise a repeat. */
  readonly idempotencyKey: string;
  /** Aborted when the attempt is no longer wanted; `signal.reason` is a `ToolCallAborted` that says why. */
  readonly signal: AbortSignal;
  /** When the assistant asked (ms since the epoch). */
  readonly requestedAt: number;
  /** When this attempt runs out of time (ms since the epoch). */
  readonly deadlineAt: number;
  /**
   * W3C trace context of the job, while tracing is on: give it to backends as the header `traceparent`, and what they trace
   * shows up in the trace of the tool call.
   */
  readonly traceparent?: string | undefined;
  /** Carries tool, callId, toolCallId and attempt on every line. */
  readonly log: ToolLog;
  /**
   * Reports that the job moves on; may be said to the caller, may be dropped. Report as often as is handy: four a second
   * are passed on at most, the last one always, and 100 for a tool call. Never throws: a report that cannot be stored is
   * counted and lost.
   */
  readonly progress: (text: string, speech?: SpeechPlan) => Promise<void>;
  /**
   * Prepares a callback, for backends that answer later.
   *
   * @throws NonRetryableError when this worker is not set up for callbacks: see `WorkerOptions.callbacks`
   */
  readonly callback: () => Promise<Callback>;
}

/** What a `@ToolHandler` class implements. `A`: its arguments DTO, `R`: what it returns (JSON). */
export interface Tool<A extends object = object, R = unknown> {
  /** Does the job. May run more than once: use `call.idempotencyKey` where that matters. */
  run(args: A, call: ToolCallContext): Promise<R> | R;
  /** Words the result. Without this method a short string result is said as it is; `undefined` says nothing. */
  say?(result: R, args: A): string | SpokenText | undefined;
  /** Words a failure; goes before `sayOnFailure`. `undefined` leaves it to that, or to a neutral apology. */
  sayFailure?(failure: ToolFailure): string | SpokenText | undefined;
}

/** A class that describes a tool's arguments by class-validator decorators. */
export type ArgumentsClass<A extends object = object> = new () => A;

/** Wishes about retries; what is left out comes from `TOOL_DEFAULTS`. */
export interface RetryOptions {
  /** How often the handler is tried in all, 1 to 20. */
  readonly attempts?: number;
  /** Longest wait before the second attempt (ms), doubling after that. */
  readonly backoffMs?: number;
}

/** At most `limit` starts of a handler within `perMs`, over all replicas: each takes an even share. */
export interface RateLimit {
  /** 1 to 10,000. */
  readonly limit: number;
  /** 1 to 3,600,000 ms. */
  readonly perMs: number;
}

/** Wishes about fillers; what is left out comes from `FILLER_DEFAULTS`. */
export interface FillerOptions {
  /** Said in turn, as they are. */
  readonly texts: readonly string[];
  /** Silence after which the first one is said (ms). */
  readonly afterMs?: number;
  /** Silence after which each further one is said (ms). */
  readonly everyMs?: number;
  /** Most that are said for one tool call. */
  readonly max?: number;
  /** Said beyond that when silence is about to end the call. */
  readonly onSilenceLimit?: string;
  /** Said when the call is about to reach its longest duration. */
  readonly onDurationLimit?: string;
}

/** When a second tool call of the same kind in one call is refused; what is left out comes from `DUPLICATE_DEFAULTS`. */
export interface DuplicateOptions {
  /** What makes two tool calls the same: the tool alone, or the tool and its arguments. Default `arguments`. */
  readonly by?: DuplicateScope;
  /** How long a success stands in the way of the next one (ms), 0: only while it runs. Default 10 minutes. */
  readonly afterSuccessMs?: number;
}

/** Options of `@ToolHandler`; what is left out comes from `TOOL_DEFAULTS`. */
export interface ToolHandlerOptions<A extends object = object> {
  /** The name of the Vapi tool: letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  /** Tells the model what the tool does. */
  readonly description: string;
  /** DTO with class-validator decorators; `NoArguments` for a tool without any. */
  readonly arguments: ArgumentsClass<A>;
  /** Longest time of one attempt (ms). */
  readonly timeoutMs?: number;
  readonly retry?: RetryOptions;
  /** How a caller would call the job, e.g. `the sales report`, for lists of what is running. Default: made of the name. */
  readonly title?: string;
  /**
   * How the tool is set up in Vapi: `async` (default), whose result is spoken when it is there, or `sync`, whose webhook is
   * answered with the result if that comes within {@link graceMs}, and spoken if it comes later.
   */
  readonly mode?: ToolCallMode;
  /** Vapi says it when the tool is called. Nothing has happened yet: it must not sound like success. */
  readonly sayOnStart?: string;
  /** What becomes of a tool call that repeats another one of the call: `allow` (default) runs it, `reject` refuses it. */
  readonly duplicates?: 'allow' | 'reject' | DuplicateOptions;
  /**
   * Sync tools: how long the webhook's answer may wait for the result, up to 15,000 ms. Such an answer is said by Vapi, not
   * by Interject: with `speech.endCallAfter` there is no window, because nobody would end the call after it.
   */
  readonly graceMs?: number;
  /** A job that waited longer in the queue is not started (ms). */
  readonly queueExpiryMs?: number;
  /** What becomes of a running job when its call ends. */
  readonly onCallEnded?: CallEndPolicy;
  /** How the result is said. */
  readonly speech?: SpeechPlan;
  /** Said when the tool call fails, times out or expires. */
  readonly sayOnFailure?: string;
  /** Words that keep the caller company while the job runs and nobody talks. */
  readonly fillers?: FillerOptions;
  /** How many jobs of this tool one replica runs at a time. */
  readonly concurrency?: number;
  /** How many of them may belong to one call: the jobs of others do not wait behind them. Default 10. */
  readonly concurrencyPerCall?: number;
  /** What the backend behind the tool allows. Each attempt counts. Default: no limit. */
  readonly rateLimit?: RateLimit;
}
