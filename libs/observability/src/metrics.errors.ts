const METRICS_ERROR = Symbol.for('interject.metrics-error');

/** A metric is declared wrongly: a fault of the program, seen at start. */
export class MetricsError extends Error {
  readonly [METRICS_ERROR] = true;
  readonly code = 'metric-declaration';
  readonly retryable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MetricsError';
  }
}

/** True for a {@link MetricsError}, also one from another copy of this package. */
export function isMetricsError(value: unknown): value is MetricsError {
  return typeof value === 'object' && value !== null && METRICS_ERROR in value;
}
