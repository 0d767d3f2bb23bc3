const TOOL_ERROR = Symbol.for('interject.tool-error');
const TOOL_CALL_ABORTED = Symbol.for('interject.tool-call-aborted');

/** What may be said about an error that a handler throws on purpose. */
export interface ToolErrorOptions extends ErrorOptions {
  /** Said to the caller instead of the tool's `sayOnFailure`, if this was the last attempt. */
  readonly say?: string;
  /** Word for operators and metrics of the result, e.g. `unknown-order`: lower case, digits, hyphens. */
  readonly code?: string;
  /** Wait at least this long before the next attempt (ms); bounded by what the tool call's watchdog leaves. */
  readonly retryAfterMs?: number;
}

/**
 * An error that says what the runtime shall do next. Any other error is retryable too; this one carries more.
 * Its message is for your own logs: it never enters the result event.
 */
export class ToolError extends Error {
  readonly [TOOL_ERROR] = true;
  /** The text comes from the author of a handler, who may quote what a caller said: the runtime does not log it. */
  readonly privateMessage = true;
  readonly retryable: boolean;
  readonly say: string | undefined;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ToolErrorOptions & { readonly retryable: boolean }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ToolError';
    this.retryable = options.retryable;
    this.say = options.say;
    this.code = options.code;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** The job may succeed when tried again. */
  static retryable(message: string, options: ToolErrorOptions = {}): ToolError {
    return new ToolError(message, { ...options, retryable: true });
  }

  /** No further attempt can help: the result is `failed` at once. */
  static nonRetryable(message: string, options: ToolErrorOptions = {}): NonRetryableError {
    return new NonRetryableError(message, options);
  }
}

/** Thrown by a handler when no further attempt can help. */
export class NonRetryableError extends ToolError {
  constructor(message: string, options: ToolErrorOptions = {}) {
    super(message, { ...options, retryable: false });
    this.name = 'NonRetryableError';
  }
}

/** True for a {@link ToolError}, also one from another copy of this package. */
export function isToolError(value: unknown): value is ToolError {
  return typeof value === 'object' && value !== null && TOOL_ERROR in value;
}

/** Why a handler's signal was aborted. */
export const AbortCodes = {
  /** The attempt ran longer than the tool's `timeoutMs`. */
  Deadline: 'deadline',
  /** The call ended, and the tool is marked `onCallEnded: 'cancel'`. */
  CallEnded: 'call-ended',
  /** Somebody asked for this tool call to stop. */
  Cancelled: 'cancelled',
  /** This process goes down; another replica runs the job again. */
  Shutdown: 'shutdown',
} as const;
export type AbortCode = (typeof AbortCodes)[keyof typeof AbortCodes];

const ABORT_TEXTS: Readonly<Record<AbortCode, string>> = {
  deadline: 'The attempt ran longer than the timeout of the tool.',
  'call-ended': 'The call ended.',
  cancelled: 'The tool call was cancelled.',
  shutdown: 'The worker shuts down; another replica runs the job again.',
};

/** `signal.reason` of a tool call. */
export class ToolCallAborted extends Error {
  readonly [TOOL_CALL_ABORTED] = true;

  constructor(readonly code: AbortCode) {
    super(ABORT_TEXTS[code]);
    this.name = 'ToolCallAborted';
  }
}

/** True for a {@link ToolCallAborted}, also one from another copy of this package. */
export function isToolCallAborted(value: unknown): value is ToolCallAborted {
  return typeof value === 'object' && value !== null && TOOL_CALL_ABORTED in value;
}
