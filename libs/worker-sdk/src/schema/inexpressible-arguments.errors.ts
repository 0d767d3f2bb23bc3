const INEXPRESSIBLE_ARGUMENTS = Symbol.for('interject.inexpressible-arguments');

/** A DTO gives no JSON Schema; each problem names class and property, and says what to change. */
export class InexpressibleArgumentsError extends Error {
  readonly [INEXPRESSIBLE_ARGUMENTS] = true;
  readonly code = 'inexpressible-arguments';
  readonly retryable = false;

  constructor(
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(problems.join('; '), options);
    this.name = 'InexpressibleArgumentsError';
  }
}

/** True for an {@link InexpressibleArgumentsError}, also one from another copy of this package. */
export function isInexpressibleArgumentsError(value: unknown): value is InexpressibleArgumentsError {
  return typeof value === 'object' && value !== null && INEXPRESSIBLE_ARGUMENTS in value;
}
