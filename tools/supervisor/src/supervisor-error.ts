const SUPERVISOR_ERROR = Symbol.for('interject.supervisor-error');

export type SupervisorErrorCode = 'configuration' | 'port-taken' | 'already-running' | 'not-built' | 'broker-failed';

/** What keeps the supervisor from starting. The message says what to do and may be printed as it is. */
export class SupervisorError extends Error {
  readonly [SUPERVISOR_ERROR] = true;
  override readonly name = 'SupervisorError';
  /** Starting again without a change ends the same way. */
  readonly retryable = false;

  constructor(
    readonly code: SupervisorErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** True for a {@link SupervisorError}, also one from another copy of this package. */
export function isSupervisorError(value: unknown): value is SupervisorError {
  return typeof value === 'object' && value !== null && SUPERVISOR_ERROR in value;
}
