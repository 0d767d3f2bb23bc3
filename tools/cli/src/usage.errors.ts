const USAGE_ERROR = Symbol.for('interject.usage-error');

/** What was typed cannot be done; the text says what to type instead. Exit code 2. */
export class UsageError extends Error {
  readonly [USAGE_ERROR] = true;
  readonly code = 'usage';
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}

/** True for a {@link UsageError}. */
export function isUsageError(value: unknown): value is UsageError {
  return typeof value === 'object' && value !== null && USAGE_ERROR in value;
}
