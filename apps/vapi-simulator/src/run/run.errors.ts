const RUN_ERROR = Symbol.for('interject.simulator-run-error');

/** A scenario cannot be run at all; the message says what to do. */
export class RunError extends Error {
  readonly [RUN_ERROR] = true;

  constructor(
    readonly code:
      'gateway-unreachable' | 'public-key-missing' | 'port-taken' | 'aborted' | 'assistant-unknown' | 'tool-unknown',
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RunError';
  }
}

/** True for a {@link RunError}, also one from another copy of this module. */
export function isRunError(value: unknown): value is RunError {
  return typeof value === 'object' && value !== null && RUN_ERROR in value;
}
