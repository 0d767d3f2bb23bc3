const DEAD_LETTER_ERROR = Symbol.for('interject.dead-letter-error');

/** Thrown by a handler: never deliver this message again, keep it for operators. */
export class DeadLetterError extends Error {
  readonly [DEAD_LETTER_ERROR] = true;
  readonly retryable = false;
  readonly code: string;

  /** @param reason a short constant, lower case with dashes: it becomes part of a subject */
  constructor(reason: string, options?: ErrorOptions) {
    super(`Dead letter: ${reason}`, options);
    this.name = 'DeadLetterError';
    this.code = reason;
  }
}

/** True for a {@link DeadLetterError}, also one from another copy of this package. */
export function isDeadLetterError(value: unknown): value is DeadLetterError {
  return typeof value === 'object' && value !== null && DEAD_LETTER_ERROR in value;
}
