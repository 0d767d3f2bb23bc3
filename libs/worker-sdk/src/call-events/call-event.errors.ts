const CALL_EVENT_RETRY = Symbol.for('interject.call-event-retry');

/** An event was not dealt with and comes again; what the handler threw is the cause. */
export class CallEventRetryError extends Error {
  readonly [CALL_EVENT_RETRY] = true;
  readonly retryable = true;

  constructor(
    readonly code: 'handler-failed' | 'deadline-exceeded' | 'shutdown' | 'unknown-version',
    readonly retryAfterMs: number,
    options?: ErrorOptions,
  ) {
    super('A call event was not handled and comes again.', options);
    this.name = 'CallEventRetryError';
  }
}

/** True for a {@link CallEventRetryError}, also one from another copy of this package. */
export function isCallEventRetryError(value: unknown): value is CallEventRetryError {
  return typeof value === 'object' && value !== null && CALL_EVENT_RETRY in value;
}
