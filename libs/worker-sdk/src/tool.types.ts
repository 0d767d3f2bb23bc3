import type { CallEndPolicy, SpeechPlan, ToolCallOutcome } from '@interject/contracts';

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
  /** Carries tool, callId, toolCallId and attempt on every line. */
  readonly log: ToolLog;
  /**
   * Reports that the job moves on; may be said to the caller, may be dropped. Report as often as is handy: four a second
   * are passed on at most, the last one always, and 100 for a tool call. Never throws: a report that cannot be stored is
   * counted and lost.
   */
  readonly progress: (text: string, speech?: SpeechPlan) => Promise<void>;
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
  /** Sync tools: how long the webhook's answer may wait for the result (ms). */
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
}
